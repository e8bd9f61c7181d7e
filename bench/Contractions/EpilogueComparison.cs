using Bench.Kernels;
using Bench.Quick;
using MageDsl;
using MageDsl.Devices.Cpu;

namespace Bench.Contractions;

/// <summary>
/// What bias and GELU add to a compiled product when they are its epilogue: the two kernels take turns, and the ratio is the median over the
/// turns.
/// </summary>
internal static class EpilogueComparison
{
    private const int Rounds = 41;
    private static readonly (int M, int N, int K)[] Shapes = [(2048, 3072, 768), (2048, 768, 768), (1028, 3072, 768), (4112, 1024, 256)];

    public static int Run()
    {
        Console.WriteLine($"vectors of {Simd.Width} bits, {WorkerPool.Shared.Threads} threads, medians of {Rounds} turns");
        Console.WriteLine("""

            | product | bare, ms | with bias and GELU, ms | ratio |
            |---|--:|--:|--:|
            """);
        foreach (var (m, n, k) in Shapes)
        {
            using var scope = new TensorScope();
            var initializer = new Initializer(1);
            var (x, weight, bias) = (initializer.Normal(1, m, k), initializer.Normal(0.05, n, k), initializer.Normal(1, n));
            void Bare() => Once(() => BenchKernels.Product(x, weight));
            void Fused() => Once(() => BenchKernels.ProductBiasGelu(x, weight, bias));
            for (var i = 0; i < 3; i++)
                _ = (Statistics.Time(Bare), Statistics.Time(Fused));
            var turns = new (double Bare, double Fused)[Rounds];
            for (var i = 0; i < Rounds; i++)
                turns[i] = (Statistics.Time(Bare), Statistics.Time(Fused));
            var (bare, fused) = (Statistics.Median(turns.Select(t => t.Bare)), Statistics.Median(turns.Select(t => t.Fused)));
            Console.WriteLine($"| {m}×{n}×{k} | {bare * 1e3:F2} | {fused * 1e3:F2} | {Statistics.Median(turns.Select(t => t.Fused / t.Bare)):F3} |");
        }
        return 0;
    }

    /// <summary>One launch, whose result goes back to the pool.</summary>
    private static void Once(Func<Tensor> launch)
    {
        using var scope = new TensorScope();
        launch();
    }
}
