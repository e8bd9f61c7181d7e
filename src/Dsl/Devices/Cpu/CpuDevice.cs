using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MageDsl.Devices.Cpu;

/// <summary>The processor and its memory. Everything is done when the call returns.</summary>
public sealed unsafe class CpuDevice : Device
{
    private const int Chunk = 1 << 20;

    private CpuDevice()
        : base("cpu", isHost: true, HostMemory.Pool)
    {
    }

    /// <summary>The only one.</summary>
    public static CpuDevice Shared { get; } = new();

    /// <summary>Makes it known before anything asks for a device, so that devices in general need not know of this one.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Kernels are registered in the same way.")]
    internal static void Register() => Register(new DeviceKind("cpu", "cpu", Find));

    /// <inheritdoc/>
    public override string Description
        => $"{Environment.ProcessorCount} cores, {Simd.Width}-bit vectors, {WorkerPool.Shared.Threads} threads, "
            + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):0.0} GiB of memory";

    /// <inheritdoc/>
    public override void Copy(DeviceMemory source, DeviceMemory destination) => Read(source, (void*)destination.Address);

    /// <inheritdoc/>
    public override void Read(DeviceMemory source, void* destination) => NativeMemory.Copy((void*)source.Address, destination, source.Bytes);

    /// <inheritdoc/>
    public override void Write(void* source, DeviceMemory destination) => NativeMemory.Copy(source, (void*)destination.Address, destination.Bytes);

    /// <inheritdoc/>
    public override void Fill(DeviceMemory memory, ElementType type, double value)
    {
        if (BitConverter.DoubleToInt64Bits(value) == 0)
        {
            NativeMemory.Clear((void*)memory.Address, memory.Bytes);
            return;
        }

        switch (type)
        {
            case ElementType.Float32: Fill(memory, (float)value); break;
            case ElementType.Float64: Fill(memory, value); break;
            default: Fill(memory, checked((int)value)); break;
        }
    }

    /// <inheritdoc/>
    public override void Convert(DeviceMemory source, ElementType from, DeviceMemory destination, ElementType to)
    {
        switch (from, to)
        {
            case (ElementType.Float32, ElementType.Float64): Convert<float, double>(source, destination); break;
            case (ElementType.Float32, ElementType.Int32): Convert<float, int>(source, destination); break;
            case (ElementType.Float64, ElementType.Float32): Convert<double, float>(source, destination); break;
            case (ElementType.Float64, ElementType.Int32): Convert<double, int>(source, destination); break;
            case (ElementType.Int32, ElementType.Float32): Convert<int, float>(source, destination); break;
            case (ElementType.Int32, ElementType.Float64): Convert<int, double>(source, destination); break;
            default: Copy(source, destination); break;
        }
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    private static CpuDevice Find(int index)
        => index == 0 ? Shared : throw new DeviceException($"there is no cpu:{index}; of its kind there is only 'cpu'");

    // A block may be longer than a span can be.
    private static void Fill<T>(DeviceMemory memory, T value)
        where T : unmanaged
    {
        var at = (T*)memory.Address;
        var count = (long)memory.Bytes / sizeof(T);
        for (var start = 0L; start < count; start += Chunk)
        {
            new Span<T>(at + start, (int)Math.Min(Chunk, count - start)).Fill(value);
        }
    }

    private static void Convert<TFrom, TTo>(DeviceMemory source, DeviceMemory destination)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        var from = (TFrom*)source.Address;
        var to = (TTo*)destination.Address;
        var count = (long)source.Bytes / sizeof(TFrom);
        for (var start = 0L; start < count; start += Chunk)
        {
            var length = (int)Math.Min(Chunk, count - start);
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>(from + start, length), new Span<TTo>(to + start, length));
        }
    }
}
