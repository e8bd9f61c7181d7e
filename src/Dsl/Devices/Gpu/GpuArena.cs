using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>The memory of a launch's temporaries: one block of the device, in whose slots they take turns.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct GpuArena
{
    private readonly GpuDevice device;
    private readonly DeviceMemory block;

    /// <summary>Takes the block, unless it would be empty.</summary>
    public GpuArena(GpuDevice device, long bytes)
    {
        this.device = device;
        block = bytes > 0 ? device.Allocate((nuint)bytes) : default;
    }

    /// <summary>What a slot takes of the block.</summary>
    public static nint Aligned(nint bytes) => checked(bytes + (nint)GpuMemory.Alignment - 1) & -(nint)GpuMemory.Alignment;

    /// <summary>A temporary at an offset.</summary>
    public GpuTemporary At(long offset, long bytes) => new(block.Slice((nuint)offset, (nuint)bytes));

    /// <summary>Gives the block back, for work that is asked for from now on.</summary>
    public void Dispose()
    {
        if (block.Bytes > 0) device.FreeUsed(block);
    }
}

/// <summary>A value that passes between the stages of a launch.</summary>
/// <param name="Memory">Where it lies.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct GpuTemporary(DeviceMemory Memory)
{
    /// <summary>Its elements.</summary>
    public ArrayView<T> GpuView<T>(GpuDevice device)
        where T : unmanaged => device.View<T>(Memory);

    /// <summary>The same of elements that may be shorter than what is computed with.</summary>
    public ArrayView<H> GpuShortView<H>(GpuDevice device)
        where H : unmanaged => device.View<H>(Memory);
}
