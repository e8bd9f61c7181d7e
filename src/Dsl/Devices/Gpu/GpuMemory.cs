using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The memory of a device. OpenCL has no addresses, so those of its pool are made up, for every device: the number of a buffer, from 1 on, and
/// below it the place in the buffer.
/// </summary>
internal sealed class GpuMemory
{
    /// <summary>Where blocks begin: ILGPU takes it for granted, for loads of several elements at once.</summary>
    public const int Alignment = 256;

    private const int PlaceBits = 40;

    private readonly string name;
    private readonly Accelerator accelerator;
    private readonly AcceleratorStream stream;
    private readonly Lock gate = new();

    // Replaced as a whole, so that looking a buffer up needs no lock.
    private volatile MemoryBuffer1D<byte, Stride1D.Dense>?[] buffers = [];

    /// <summary>The memory of a device that is called so, whose work goes by this stream.</summary>
    public GpuMemory(string name, Accelerator accelerator, AcceleratorStream stream)
    {
        (this.name, this.accelerator, this.stream) = (name, accelerator, stream);
        Pool = new MemoryPool(Reserve, Release, Alignment);
    }

    /// <summary>Who gives it out.</summary>
    public MemoryPool Pool { get; }

    /// <summary>Bytes as people read them.</summary>
    public static string Text(long bytes) => bytes < 1 << 30 ? $"{bytes / (double)(1 << 20):0.0} MiB" : $"{bytes / (double)(1 << 30):0.0} GiB";

    /// <summary>The elements of a block.</summary>
    public ArrayView<T> View<T>(DeviceMemory memory)
        where T : unmanaged
    {
        if (memory.Bytes == 0) return ArrayView<T>.Empty;
        ArrayView<byte> buffer = buffers[(int)(memory.Address >> PlaceBits) - 1]!.View;
        var place = memory.Address & ((1L << PlaceBits) - 1);

        // Cast before the part is taken, because OpenCL is told in 32 bits where a view begins: so they count elements, not bytes.
        return buffer.Cast<T>().SubView(place / ArrayView<T>.ElementSize, (long)memory.Bytes / ArrayView<T>.ElementSize);
    }

    private nint Reserve(nuint bytes)
    {
        var buffer = Allocate((long)bytes);
        lock (gate)
        {
            var number = Array.IndexOf(buffers, null);
            if (number < 0) number = buffers.Length;
            var next = new MemoryBuffer1D<byte, Stride1D.Dense>?[Math.Max(buffers.Length, number + 1)];
            buffers.CopyTo(next, 0);
            next[number] = buffer;
            buffers = next;
            return (nint)(number + 1) << PlaceBits;
        }
    }

    private void Release(nint start)
    {
        stream.Synchronize();
        lock (gate)
        {
            var number = (int)(start >> PlaceBits) - 1;
            MemoryBuffer1D<byte, Stride1D.Dense>?[] next = [.. buffers];
            next[number]!.Dispose();
            next[number] = null;
            buffers = next;
        }
    }

    private MemoryBuffer1D<byte, Stride1D.Dense> Allocate(long bytes)
    {
        try
        {
            return accelerator.Allocate1D<byte>(bytes);
        }
        catch (Exception error) when (IsShortage(error))
        {
            var used = $"{Text(Pool.InUseBytes)} are in use by this process";
            throw new OutOfMemoryException($"{name} has no {Text(bytes)} of memory left: {Left()}{used}; a smaller batch needs less", error);
        }
    }

    /// <summary>What the device says of its memory.</summary>
    private string Left() => accelerator switch
    {
        CudaAccelerator cuda => $"of its {Text(cuda.MemorySize)}, {Text(cuda.GetFreeMemory())} are free and ",
        CLAccelerator cl => $"of its {Text(cl.MemorySize)}, ",
        _ => "",
    };

    private static bool IsShortage(Exception error) => error switch
    {
        OutOfMemoryException => true,
        CudaException cuda => cuda.Error == nameof(CudaError.CUDA_ERROR_OUT_OF_MEMORY),
        CLException cl => cl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES or CLError.CL_OUT_OF_HOST_MEMORY
            or CLError.CL_INVALID_BUFFER_SIZE,
        _ => false,
    };
}
