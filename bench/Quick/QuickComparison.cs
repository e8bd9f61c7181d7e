using System.Diagnostics;
using System.Runtime.InteropServices;
using Bench.Kernels;
using MageDsl.Devices.Cpu;

namespace Bench.Quick;

/// <summary>
/// All kernel cases in this process in under two minutes. The forms of a kernel take turns, so that what else happens on the machine hits
/// all of them; times are medians of the turns, ratios medians of the ratios within a turn. Prints tables in markdown.
/// </summary>
internal static class QuickComparison
{
    private const double WarmUpSeconds = 2;
    private const double SecondsPerCase = 11;
    private const int LeastRounds = 3;
    private const int MostRounds = 25;

    private static readonly (string Name, Func<KernelCase> Create)[] Cases =
    [
        ("LayerNorm", () => new LayerNormCase()), ("Softmax", () => new SoftmaxCase()),
        ("CrossEntropy", () => new CrossEntropyCase()), ("BiasGelu", () => new BiasGeluCase()),
        ("Mlp", () => new MlpCase()), ("DropoutResidual", () => new DropoutResidualCase()), ("SelfAttention", () => new SelfAttentionCase()),
    ];

    /// <summary>Options: parts of names of cases, to run only those; exits with 1 if a result is wrong, or no case is named so.</summary>
    public static int Run(string[] options)
    {
        var cases = Cases.Where(c => options.Length == 0 || options.Any(o => c.Name.Contains(o, StringComparison.OrdinalIgnoreCase))).ToArray();
        if (cases.Length == 0)
        {
            Console.Error.WriteLine($"no case is named so; there are {string.Join(", ", Cases.Select(c => c.Name))}");
            return 1;
        }
        var threads = WorkerPool.Shared.Threads;
        Console.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, vectors of {Simd.Width} bits, {threads} threads");
        Console.WriteLine($"products op by op: {Products.Name}");
        using var copy = new CopyBandwidth();

        var results = new List<(KernelCase Case, double[][] Turns)>();
        var wrong = 0;
        foreach (var (_, create) in cases)
        {
            using var subject = create();
            wrong += IsRight(subject) ? 0 : 1;
            var turns = Measure(subject, copy);
            results.Add((subject, turns));
            Console.Error.WriteLine($"{subject.Name}: {string.Join(", ", Enumerable.Range(0, turns[0].Length).Select(form => Cell(turns, form)))} " +
                $"ms in {turns.Length} turns");
        }
        Print(results, threads);
        return wrong == 0 ? 0 : 1;
    }

    private static bool IsRight(KernelCase subject)
    {
        subject.OpByOp();
        var difference = Math.Max(subject.Difference(fused: true), subject.Difference(fused: false));
        subject.OpByOpOnThreads();
        difference = Math.Max(difference, subject.Difference(fused: true));
        if (difference <= subject.Tolerance)
            return true;
        Console.Error.WriteLine($"{subject.Name}: results differ by {difference}");
        return false;
    }

    /// <summary>Seconds of every form, by turn.</summary>
    private static double[][] Measure(KernelCase subject, CopyBandwidth copy)
    {
        Action[] forms =
        [
            subject.OpByOp, subject.OpByOpOnThreads, () => subject.Forward(fused: false), () => subject.Forward(fused: true),
            () => subject.ForwardBackward(fused: false), () => subject.ForwardBackward(fused: true), copy.OnOneThread, copy.OnThreads,
        ];
        var start = Stopwatch.StartNew();
        do
            Array.ForEach(forms, form => form());
        while (start.Elapsed.TotalSeconds < WarmUpSeconds);

        var turns = new List<double[]>();
        start.Restart();
        while (turns.Count < LeastRounds || (turns.Count < MostRounds && start.Elapsed.TotalSeconds < SecondsPerCase))
            turns.Add(Array.ConvertAll(forms, Statistics.Time));
        return [.. turns];
    }

    private static void Print(List<(KernelCase Case, double[][] Turns)> results, int threads)
    {
        Console.WriteLine($"""

            Forward; milliseconds, median (least) of the turns. The last column is the least traffic by the fused time, as a share of the copy bandwidth on {threads} threads.

            | kernel | op by op | op by op, {threads} threads | unfused | fused | op by op / fused | {threads} threads / fused | unfused / fused | turns | of copy |
            |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            """);
        foreach (var (subject, turns) in results)
        {
            var share = Statistics.Median(turns.Select(t => subject.LeastBytes / t[3] / (CopyBandwidth.Traffic / t[7])));
            Console.WriteLine(
                $"| {subject.Name} | {Cell(turns, 0)} | {Cell(turns, 1)} | {Cell(turns, 2)} | {Cell(turns, 3)} | {Ratio(turns, 0, 3)} " +
                $"| {Ratio(turns, 1, 3)} | {Ratio(turns, 2, 3)} | {turns.Length} | {share:P0} |");
        }
        var all = results.SelectMany(r => r.Turns).ToArray();
        Console.WriteLine($"""

            A copy of 96 MiB in the same turns, bytes read and written: {CopyBandwidth.Traffic / Statistics.Median(all, 6) / 1e9:F1} GB/s on 1 thread, {CopyBandwidth.Traffic / Statistics.Median(all, 7) / 1e9:F1} GB/s on {threads}.

            Forward and backward, the gradients of all inputs; the last column is of the difference to the forward pass alone:

            | kernel | unfused | fused | unfused / fused | backward of copy |
            |---|--:|--:|--:|--:|
            """);
        foreach (var (subject, turns) in results)
        {
            var share = Statistics.Median(turns.Select(t => subject.BackwardBytes / (t[5] - t[3]) / (CopyBandwidth.Traffic / t[7])));
            Console.WriteLine(
                $"| {subject.Name} | {Cell(turns, 4)} | {Cell(turns, 5)} | {Ratio(turns, 4, 5)} | {(share > 0 ? $"{share:P0}" : "")} |");
        }
    }

    private static string Cell(double[][] turns, int form) => $"{Statistics.Median(turns, form) * 1e3:F1} ({turns.Min(t => t[form]) * 1e3:F1})";

    private static string Ratio(double[][] turns, int form, int by) => $"{Statistics.Median(turns.Select(t => t[form] / t[by])):F2}";
}
