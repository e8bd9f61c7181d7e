using System.Diagnostics;

namespace Bench.Quick;

/// <summary>Times and their medians.</summary>
internal static class Statistics
{
    /// <summary>Seconds on the wall.</summary>
    public static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static double Median(double[][] turns, int form) => Median(turns.Select(t => t[form]));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
