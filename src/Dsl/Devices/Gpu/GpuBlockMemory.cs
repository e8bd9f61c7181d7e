using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Where the scratch of a row block lies. Each is a kernel of its own: a pointer is to one kind of memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuBlockMemory<T>
    where T : unmanaged
{
    /// <summary>Whether it is memory of the group, and not the device's.</summary>
    static abstract bool IsOfGroup { get; }

    /// <summary>The scratch of a group.</summary>
    /// <param name="slice">What the group has of the device's memory for it, if it is to lie there.</param>
    static abstract ArrayView<T> Scratch(ArrayView<T> slice);
}

/// <summary>In the memory that the threads of a group share, of which the launch says how much it is.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct SharedByLaunch<T> : IGpuBlockMemory<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static bool IsOfGroup => true;

    /// <inheritdoc/>
    // By fours, so that it is known to begin at one.
    public static ArrayView<T> Scratch(ArrayView<T> slice) => SharedMemory.GetDynamic<Quad<T>>().Cast<T>();
}

/// <summary>The same where launches cannot say so, for elements of 4 bytes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct SharedFloats<T> : IGpuBlockMemory<T>
    where T : unmanaged
{
    /// <summary>So many.</summary>
    public const int Elements = 40 << 8;

    /// <inheritdoc/>
    public static bool IsOfGroup => true;

    /// <inheritdoc/>
    public static ArrayView<T> Scratch(ArrayView<T> slice) => SharedMemory.Allocate<T>(Elements);
}

/// <summary>The same for elements of 8 bytes: with tiles and all, both are within 48 KiB.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct SharedDoubles<T> : IGpuBlockMemory<T>
    where T : unmanaged
{
    /// <summary>So many.</summary>
    public const int Elements = 36 << 7;

    /// <inheritdoc/>
    public static bool IsOfGroup => true;

    /// <inheritdoc/>
    public static ArrayView<T> Scratch(ArrayView<T> slice) => SharedMemory.Allocate<T>(Elements);
}

/// <summary>In the memory of the device, where not even one row fits into the other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GlobalSlices<T> : IGpuBlockMemory<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static bool IsOfGroup => false;

    /// <inheritdoc/>
    public static ArrayView<T> Scratch(ArrayView<T> slice) => slice;
}
