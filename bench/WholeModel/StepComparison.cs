using System.Diagnostics;
using System.Runtime;
using MageDsl.Devices.Cpu;

namespace Bench.WholeModel;

/// <summary>
/// Training steps, decoding iterations and attention by turns with others, or by themselves, stage by stage. Prints tables in markdown.
/// </summary>
internal static class StepComparison
{
    /// <summary>
    /// Options: names of models, to run only those; <c>--seconds S</c> for each; <c>--alone</c>: no other contestants;
    /// <c>--recompute</c>: this build computes blocks again on the way back; <c>--profile</c>: what each stage of this build costs instead.
    /// </summary>
    /// <param name="what"><c>step</c> or <c>decode</c>.</param>
    /// <param name="options">See above.</param>
    /// <returns>Exit code.</returns>
    public static int Run(string what, string[] options)
    {
        var named = ModelSize.All.Where(size => options.Contains(size.Key)).ToArray();
        var sizes = named.Length > 0 ? named : ModelSize.All;
        PrintMachine();
        if (options.Contains("--profile"))
        {
            foreach (var size in sizes)
                Profile(size, what);
            return 0;
        }
        Console.WriteLine($"Milliseconds per image; clip + AdamW per step. Median (least) of the turns.\n\n{Contest.Head(what)}");
        foreach (var size in sizes)
        {
            using var contest = new Contest(new OwnModel(size, options.Contains("--recompute")), size.Key, options.Contains("--alone"));
            contest.Run(what, Seconds(options));
            if (what == "step")
            {
                Console.WriteLine(contest.Row($"{size.Name}: forward + backward", t => t[0], size.Batch));
                Console.WriteLine(contest.Row($"{size.Name}: clip + AdamW", t => t[1], 1));
                Console.WriteLine(contest.Row($"{size.Name}: whole step", t => t[0] + t[1], size.Batch));
                foreach (var row in contest.MemoryRows(size.Name))
                    Console.WriteLine(row);
            }
            else
            {
                Console.WriteLine(contest.Row(size.Name, t => t[0], size.Batch));
            }
        }
        return 0;
    }

    /// <summary>Attention alone, and how its memory grows with the sequence. Options as above, without models.</summary>
    public static int RunAttention(string[] options)
    {
        PrintMachine();
        if (options.Contains("--profile"))
        {
            using var own = new OwnAttention();
            own.Do("step");
            LaunchReport.Print($"{OwnAttention.Name}: forward, then forward and backward", 5, () => own.Do("step"));
            return 0;
        }
        using (var contest = new Contest(new OwnAttention(), "attention", options.Contains("--alone")))
        {
            contest.Run("step", Seconds(options));
            Console.WriteLine($"Milliseconds, median (least) of the turns.\n\n{Contest.Head(OwnAttention.Name)}");
            Console.WriteLine(contest.Row("forward", t => t[0], 1));
            Console.WriteLine(contest.Row("forward + backward", t => t[1], 1));
        }
        Console.WriteLine("\nOne image, forward and backward: MB in use at the peak beside queries, keys, values and their gradients.\n\n" +
            "| tokens | MB |\n|--:|--:|");
        foreach (var tokens in new[] { 1024, 2048, 4096 })
            Console.WriteLine($"| {tokens} | {OwnAttention.PeakBytes(tokens) / 1e6:F1} |");
        return 0;
    }

    private static void Profile(ModelSize size, string what)
    {
        using var own = new OwnModel(size);
        var (first, compiled) = (Stopwatch.StartNew(), JitInfo.GetCompilationTime());
        own.Do(what);
        Console.WriteLine($"\n{size.Name}: the first {what} takes {first.Elapsed.TotalMilliseconds:F0} " +
            $"ms, {(JitInfo.GetCompilationTime() - compiled).TotalMilliseconds:F0} of them the JIT");
        own.Do(what);
        LaunchReport.Print($"{size.Name}, one {what}", size.Key == "base" ? 3 : 10, () => own.Do(what));
    }

    private static double Seconds(string[] options) => options.SkipWhile(o => o != "--seconds").Skip(1).Select(double.Parse).FirstOrDefault(25);

    private static void PrintMachine() => Console.WriteLine($"vectors of {Simd.Width} bits, {WorkerPool.Shared.Threads} threads\n");
}
