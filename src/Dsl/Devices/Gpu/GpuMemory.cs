using ILGPU;
using ILGPU.Runtime;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The memory of a device. OpenCL has no addresses, so those of its pool are made up, on every device: the number of a buffer, from 1, and below
/// it the place in the buffer.
/// </summary>
internal sealed class GpuMemory
{
    /// <summary>Where views may begin: ILGPU takes it for granted, and what reads several elements at once needs it.</summary>
    public const int Alignment = 256;

    private const int OffsetBits = 40;

    private readonly Accelerator accelerator;
    private readonly AcceleratorStream stream;
    private readonly Lock gate = new();

    // Replaced as a whole, so that looking a buffer up needs no lock.
    private volatile MemoryBuffer1D<byte, Stride1D.Dense>?[] buffers = [];

    /// <summary>The memory of an accelerator, whose work is done on a stream.</summary>
    public GpuMemory(Accelerator accelerator, AcceleratorStream stream)
    {
        (this.accelerator, this.stream) = (accelerator, stream);
        Pool = new MemoryPool(Reserve, Release, Alignment);
    }

    /// <summary>Who gives it out.</summary>
    public MemoryPool Pool { get; }

    /// <summary>The elements of a block.</summary>
    public ArrayView<T> View<T>(DeviceMemory memory)
        where T : unmanaged
    {
        if (memory.Bytes == 0) return ArrayView<T>.Empty;
        var buffer = buffers[(int)(memory.Address >> OffsetBits) - 1]!;
        var offset = memory.Address & ((1L << OffsetBits) - 1);

        // In elements before a part is taken: OpenCL is told in 32 bits where a view begins, and they count elements.
        return ((ArrayView<byte>)buffer.View).Cast<T>().SubView(offset / ArrayView<T>.ElementSize, (long)memory.Bytes / ArrayView<T>.ElementSize);
    }

    private nint Reserve(nuint bytes)
    {
        var buffer = accelerator.Allocate1D<byte>((long)bytes);
        lock (gate)
        {
            var slot = Array.IndexOf(buffers, null);
            if (slot < 0) slot = buffers.Length;
            var next = new MemoryBuffer1D<byte, Stride1D.Dense>?[Math.Max(buffers.Length, slot + 1)];
            buffers.CopyTo(next, 0);
            next[slot] = buffer;
            buffers = next;
            return (nint)(slot + 1) << OffsetBits;
        }
    }

    private void Release(nint start)
    {
        stream.Synchronize();
        lock (gate)
        {
            var slot = (int)(start >> OffsetBits) - 1;
            var next = buffers.ToArray();
            next[slot]!.Dispose();
            next[slot] = null;
            buffers = next;
        }
    }
}
