using System.Diagnostics;
using Bench.Quick;
using MageDsl.Devices.Cpu;

namespace Bench.WholeModel;

/// <summary>
/// Whole training steps and decoding iterations: this build, the same sources compiled without fusion, and PyTorch, each in a process of its
/// own. They take turns, so that what else happens on the machine hits all of them; ratios are medians of the ratios within a turn.
/// </summary>
internal static class StepComparison
{
    private const int LeastTurns = 3;

    /// <summary>
    /// Options: names of models, to run only those; <c>--profile</c>: the cost of each stage, of this build alone;
    /// <c>--seconds S</c>: for each model; <c>--alone</c>: no other contestants.
    /// </summary>
    /// <param name="what"><c>step</c> or <c>decode</c>.</param>
    /// <param name="options">See above.</param>
    /// <returns>Exit code.</returns>
    public static int Run(string what, string[] options)
    {
        var seconds = options.SkipWhile(o => o != "--seconds").Skip(1).Select(double.Parse).FirstOrDefault(25);
        var named = ModelSize.All.Where(size => options.Contains(size.Key)).ToArray();
        var sizes = named.Length > 0 ? named : ModelSize.All;
        Console.WriteLine($"vectors of {Simd.Width} bits, {WorkerPool.Shared.Threads} threads");
        if (options.Contains("--profile"))
        {
            foreach (var size in sizes)
                Profile(size, what);
            return 0;
        }
        var rows = new List<string>();
        foreach (var size in sizes)
            rows.AddRange(Compare(size, what, seconds, alone: options.Contains("--alone")));
        Console.WriteLine($"""

            Milliseconds per image, clip + AdamW per step: median (least) of the turns. Ratios: the other's time by ours.

            | {what} | fused | unfused | PyTorch | unfused / fused | PyTorch / fused | turns |
            |---|--:|--:|--:|--:|--:|--:|
            {string.Join('\n', rows)}
            """);
        return 0;
    }

    private static void Profile(ModelSize size, string what)
    {
        using var own = new OwnModel(size);
        var first = Stopwatch.StartNew();
        own.Do(what);
        Console.WriteLine($"\n{size.Name}: first {what} after {first.Elapsed.TotalMilliseconds:F0} ms");
        own.Do(what);
        LaunchReport.Print($"{size.Name}, one {what}", size.Key == "base" ? 3 : 10, () => own.Do(what));
    }

    private static IEnumerable<string> Compare(ModelSize size, string what, double seconds, bool alone)
    {
        using var own = new OwnModel(size);
        var others = alone ? [null, null] : new[] { Peers.Unfused(size.Key), Peers.Torch(size.Key) };
        var all = others.Prepend(own).ToArray();
        try
        {
            foreach (var contestant in all)
                contestant?.Do(what);
            var turns = new List<double[]?[]>();
            var clock = Stopwatch.StartNew();
            while (turns.Count < LeastTurns || clock.Elapsed.TotalSeconds < seconds)
                turns.Add(Array.ConvertAll(all, contestant => contestant?.Do(what)));
            var rows = what == "step"
                ? new List<string>
                {
                    Row("forward + backward", t => t[0], size.Batch), Row("clip + AdamW", t => t[1], 1), Row("whole step", t => t[0] + t[1], size.Batch),
                }
                : [Row("decoding iteration", t => t[0], size.Batch)];
            if (what == "step")
                rows.Add(Memory());
            return rows;

            string Row(string name, Func<double[], double> time, int per)
            {
                var times = turns.Select(turn => Array.ConvertAll(turn, t => t is null ? double.NaN : time(t) / per * 1e3)).ToArray();
                return $"| {size.Name}: {name} | {Cell(times, 0)} | {Cell(times, 1)} | {Cell(times, 2)} | {Ratio(times, 1)} | {Ratio(times, 2)} | {turns.Count} |";
            }

            string Memory()
            {
                var (fused, unfused) = (own.Do("memory"), all[1]?.Do("memory"));
                var ratio = unfused is null ? "" : $"{unfused[0] / fused[0]:F2}";
                return $"| {size.Name}: activations at the peak, MB (gradients of parameters: {fused[1] / 1e6:F0} more) | {fused[0] / 1e6:F0} | {unfused?[0] / 1e6:F0} | | {ratio} | | |";
            }
        }
        finally
        {
            foreach (var contestant in others)
                contestant?.Dispose();
        }
    }

    private static string Cell(double[][] times, int of)
        => double.IsNaN(times[0][of]) ? "" : $"{Statistics.Median(times, of):F1} ({times.Min(t => t[of]):F1})";

    private static string Ratio(double[][] times, int of)
        => double.IsNaN(times[0][of]) ? "" : $"{Statistics.Median(times.Select(t => t[of] / t[0])):F2}";
}
