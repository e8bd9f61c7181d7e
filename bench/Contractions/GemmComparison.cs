using MageDsl.Devices.Cpu;

namespace Bench.Contractions;

/// <summary>
/// Contractions against OpenBLAS in one process, the two taking turns so that what else happens on the machine hits both.
/// Prints medians and, as the ratio, the median over the turns of OpenBLAS's time by ours: above 1 we are faster.
/// </summary>
internal static class GemmComparison
{
    private const int Rounds = 11;
    private const double SecondsPerTurn = 0.04;
    private const double Tolerance = 1e-3;
    private const int MillisecondsToFallAsleep = 20;

    private static readonly (int Batch, int M, int N, int K)[] Shapes =
    [
        (1, 512, 512, 512), (1, 1024, 1024, 1024), (1, 2048, 768, 768), (1, 2048, 3072, 768), (1, 2048, 768, 3072),
        (1, 4112, 2304, 768), (1, 64, 256, 256), (48, 257, 257, 64), (48, 257, 64, 257),
    ];

    /// <summary>Options: part of a case's name to run only those; exits with 1 if a result is wrong.</summary>
    public static int Run(string[] options)
    {
        var blas = OpenBlas.Find();
        if (blas is null)
        {
            Console.WriteLine("libopenblas.so.0 is not installed (Debian: libopenblas0-openmp); there is nothing to compare with.");
            return 0;
        }
        Console.WriteLine($"vectors of {Simd.Width} bits; {blas.Config}");
        Console.WriteLine($"{"case",-24} {"threads",7} {"ours",9} {"OpenBLAS",9} {"ratio",6}   GFLOP/s, medians of {Rounds} turns");
        var wrong = 0;
        foreach (var threads in new[] { 1, 2 })
        {
            blas.SetThreads(threads);
            WorkerPool.Shared = new WorkerPool(threads);
            foreach (var (batch, m, n, k) in Shapes)
            {
                foreach (var layout in batch > 1 ? [k < n ? "NT" : "NN"] : new[] { "NN", "NT", "TN" })
                {
                    using var test = new GemmCase(layout, batch, m, n, k);
                    if (options.Length == 0 || options.Any(test.Name.Contains))
                        wrong += Compare(test, blas, threads) ? 0 : 1;
                }
            }
        }
        return wrong == 0 ? 0 : 1;
    }

    private static bool Compare(GemmCase test, OpenBlas blas, int threads)
    {
        test.RunBlas(blas);
        test.RunOurs();
        if (test.Difference() is var difference and > Tolerance)
        {
            Console.WriteLine($"{test.Name,-24} differs from OpenBLAS by {difference}");
            return false;
        }
        var alone = threads == 1;
        var repeats = Math.Max(1, (int)(SecondsPerTurn / Time(() => test.RunBlas(blas), 2, alone)));
        var turns = new (double Ours, double Blas)[Rounds];
        for (var round = 0; round < Rounds; round++)
            turns[round] = (Time(test.RunOurs, repeats, alone), Time(() => test.RunBlas(blas), repeats, alone));
        var ours = Median(turns.Select(t => t.Ours));
        var theirs = Median(turns.Select(t => t.Blas));
        var ratio = Median(turns.Select(t => t.Blas / t.Ours));
        Console.WriteLine($"{test.Name,-24} {threads,7} {test.Flops / ours / 1e9,9:F1} {test.Flops / theirs / 1e9,9:F1} {ratio,6:F2}");
        return true;
    }

    /// <summary>
    /// Seconds of a call. The other's threads wait in a loop for some milliseconds after their last call, and would take turns with ours; so they
    /// are given time to fall asleep, and a first call wakes those that are wanted.
    /// </summary>
    private static double Time(Action run, int repeats, bool alone)
    {
        Thread.Sleep(MillisecondsToFallAsleep);
        run();
        var start = CpuClock.Seconds(alone);
        for (var i = 0; i < repeats; i++)
            run();
        return (CpuClock.Seconds(alone) - start) / repeats;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
