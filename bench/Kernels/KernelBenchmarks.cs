using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Bench.Kernels;

/// <summary>The forms of a <see cref="KernelCase"/> as benchmarks. Forward, the ratio is to op by op; with backward, to the unfused kernel.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public abstract class KernelBenchmarks
{
    private KernelCase? subject;

    [GlobalSetup]
    public void Setup() => subject = Create();

    [GlobalCleanup]
    public void Cleanup() => subject!.Dispose();

    [Benchmark(Baseline = true), BenchmarkCategory("forward")]
    public void OpByOp() => subject!.OpByOp();

    [Benchmark, BenchmarkCategory("forward")]
    public void OpByOpOnThreads() => subject!.OpByOpOnThreads();

    [Benchmark, BenchmarkCategory("forward")]
    public void Unfused() => subject!.Forward(fused: false);

    [Benchmark, BenchmarkCategory("forward")]
    public void Fused() => subject!.Forward(fused: true);

    [Benchmark(Baseline = true), BenchmarkCategory("forward and backward")]
    public void UnfusedForwardBackward() => subject!.ForwardBackward(fused: false);

    [Benchmark, BenchmarkCategory("forward and backward")]
    public void FusedForwardBackward() => subject!.ForwardBackward(fused: true);

    private protected abstract KernelCase Create();
}
