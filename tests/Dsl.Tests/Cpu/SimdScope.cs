using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>Tests that change the process's vector width or worker pool must not run beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CpuSettings
{
    public const string Name = "CPU settings";
}

/// <summary>A vector width and a number of threads for the time of a test.</summary>
internal sealed class SimdScope : IDisposable
{
    private static readonly Dictionary<int, WorkerPool> Pools = [];

    private readonly int width = Simd.Width;
    private readonly WorkerPool pool = WorkerPool.Shared;

    public SimdScope(int width, int threads)
    {
        Simd.Width = width;
        WorkerPool.Shared = Pool(threads);
    }

    /// <summary>The widths that this machine has.</summary>
    public static IEnumerable<int> Widths => new[] { 128, 256, 512 }.Where(Simd.IsSupported);

    /// <summary>A pool of so many threads, one for all tests.</summary>
    public static WorkerPool Pool(int threads)
    {
        lock (Pools)
            return Pools.TryGetValue(threads, out var found) ? found : Pools[threads] = new WorkerPool(threads);
    }

    public void Dispose()
    {
        Simd.Width = width;
        WorkerPool.Shared = pool;
    }
}
