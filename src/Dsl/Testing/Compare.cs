namespace MageDsl.Testing;

/// <summary>Comparing arrays of numbers.</summary>
internal static class Compare
{
    /// <summary>
    /// The largest difference relative to the max-norm of what is expected (or to <paramref name="floor"/>, if that is more),
    /// where it is, and what was found there. Equal infinities and NaN for NaN are no difference.
    /// </summary>
    public static (double Error, int At, double Found) Worst(double[] found, double[] expected, double floor)
    {
        var norm = Math.Max(Norm(expected), floor);
        var (worst, at) = (0.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Error(found[i], expected[i], norm);
            if (error <= worst) continue;
            (worst, at) = (error, i);
        }
        return (worst, at, found.Length == 0 ? 0 : found[at]);
    }

    /// <summary>The largest finite magnitude.</summary>
    public static double Norm(double[] values) => values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();

    /// <summary>The difference relative to a norm; infinite if only one of them is a number.</summary>
    public static double Error(double found, double expected, double norm)
    {
        if (found.Equals(expected)) return 0;
        var error = Math.Abs(found - expected) / norm;
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }
}
