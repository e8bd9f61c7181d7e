using MageDsl;
using MageDsl.Devices.Cpu;

namespace Bench.Quick;

/// <summary>Copying memory, as a yardstick for kernels that only move data: a tensor of [8192, 3072] from the same allocator.</summary>
internal sealed unsafe class CopyBandwidth : IDisposable
{
    private const long Bytes = 96L << 20;

    private readonly Tensor source = Tensor.Zeros(ElementType.Float32, (int)(Bytes / sizeof(float)));
    private readonly Tensor target = Tensor.Zeros(ElementType.Float32, (int)(Bytes / sizeof(float)));

    /// <summary>Bytes read and written by one copy.</summary>
    public static long Traffic => 2 * Bytes;

    public void OnOneThread() => Copy(0, Bytes);

    public void OnThreads()
    {
        var parts = WorkerPool.Shared.Threads;
        Parallel.For(
            0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part => Copy(Bytes * part / parts, Bytes * (part + 1) / parts));
    }

    public void Dispose()
    {
        source.Dispose();
        target.Dispose();
    }

    private void Copy(long from, long end)
        => Buffer.MemoryCopy((byte*)source.Pointer<float>() + from, (byte*)target.Pointer<float>() + from, end - from, end - from);
}
