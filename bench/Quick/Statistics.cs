namespace Bench.Quick;

/// <summary>Medians.</summary>
internal static class Statistics
{
    public static double Median(double[][] turns, int form) => Median(turns.Select(t => t[form]));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
