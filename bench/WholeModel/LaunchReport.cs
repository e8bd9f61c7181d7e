using System.Diagnostics;
using MageDsl;
using MageDsl.Devices;

namespace Bench.WholeModel;

/// <summary>Where one kind of work spends its time, by stage.</summary>
internal static class LaunchReport
{
    /// <summary>Runs something several times and prints what each of its stages takes for one time, the longest first.</summary>
    public static void Print(string title, int times, Func<double[]> run)
    {
        using var profile = new LaunchProfile();
        var start = Stopwatch.GetTimestamp();
        var answers = Enumerable.Range(0, times).Select(_ => run()).ToArray();
        var total = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var stages = profile.Times;
        var products = stages.Where(s => s.Operations > 0).ToArray();
        var (inProducts, inLoops) = (products.Sum(s => s.Seconds), stages.Sum(s => s.Seconds) - products.Sum(s => s.Seconds));
        var operations = products.Sum(s => s.Operations);
        Console.WriteLine($"""

            {title}: {total / times * 1e3:F1} ms ({string.Join(" + ", answers[0].Select((_, part) => $"{answers.Average(answer => answer[part]) * 1e3:F1}"))}); {inProducts / times * 1e3:F1} in contractions ({operations / times / 1e9:F1} GFLOP at {operations / inProducts / 1e9:F0} GFLOP/s), {inLoops / times * 1e3:F1} in loops, {(total - inProducts - inLoops) / times * 1e3:F1} outside of launches

            | kernel | stage | launches | ms | share | GFLOP/s | what |
            |---|---|--:|--:|--:|--:|---|
            """);
        foreach (var time in stages.Where(s => s.Seconds > 0.001 * total))
        {
            var speed = time.Operations > 0 ? $"{time.Operations / time.Seconds / 1e9:F0}" : "";
            Console.WriteLine($"| {time.Kernel} | {time.Stage} | {time.Count / (double)times:F0} | {time.Seconds / times * 1e3:F2} " +
                $"| {time.Seconds / total:P1} | {speed} | {What(time)} |");
        }
    }

    /// <summary>
    /// The stage's own words. Kernels describe the variant with all bool parameters true; a stage that it shares with another variant has
    /// the other's number, and gets none.
    /// </summary>
    private static string What(LaunchTime time)
    {
        var info = KernelRegistry.All().FirstOrDefault(kernel => time.Kernel == kernel.Name);
        var number = time.Stage.AsSpan().TrimEnd("0123456789");
        if (info is null || !int.TryParse(time.Stage.AsSpan(number.Length), out var stage))
            return "";
        var pass = number.EndsWith("Backward") ? "Backward" : number.EndsWith("Saving") ? "Saving" : "Forward";
        if (number.Length == pass.Length && info.Parameters.Any(p => p.Kind == KernelParameterKind.Bool))
            return "";
        var stages = pass == "Backward" ? info.BackwardStages : info.ForwardStages;
        return stage <= stages.Count ? stages[stage - 1].Template + ": " + stages[stage - 1].Text : "";
    }
}
