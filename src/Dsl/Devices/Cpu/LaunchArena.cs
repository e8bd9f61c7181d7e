using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MageDsl.Devices.Cpu;

/// <summary>The memory of a launch's temporaries: one block of the pool, in whose slots they take turns.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe ref struct LaunchArena
{
    private const nint Alignment = 64;
    private readonly byte* block;
    private readonly nuint bytes;

    /// <summary>Rents the block, unless it would be empty.</summary>
    public LaunchArena(nint bytes)
    {
        this.bytes = (nuint)bytes;
        block = bytes > 0 ? (byte*)HostMemory.Pool.Rent(this.bytes) : null;
    }

    /// <summary>What a slot takes of the block.</summary>
    public static nint Aligned(nint bytes) => checked(bytes + Alignment - 1) & -Alignment;

    /// <summary>A temporary at an offset.</summary>
    public Temporary At(nint offset, nint bytes) => new(block + offset, (nuint)bytes);

    /// <summary>Returns the block.</summary>
    public void Dispose()
    {
        if (block != null)
        {
            HostMemory.Pool.Return((nint)block, this.bytes);
        }
    }
}

/// <summary>A value that passes between the stages of a launch.</summary>
/// <param name="at">Where it lies.</param>
/// <param name="bytes">How long it is.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Temporary(void* at, nuint bytes)
{
    /// <summary>The first element.</summary>
    public T* Pointer<T>()
        where T : unmanaged => (T*)at;

    /// <summary>Sets every bit to zero.</summary>
    public void Clear() => NativeMemory.Clear(at, bytes);
}
