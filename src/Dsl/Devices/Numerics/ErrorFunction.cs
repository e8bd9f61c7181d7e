namespace MageDsl.Devices;

/// <summary>The error function in float64, for the reference evaluator: accuracy first, speed not at all.</summary>
internal static class ErrorFunction
{
    private const double SqrtPi = 1.7724538509055160273;

    // Below this, the series of positive terms; above, the continued fraction of 1 - erf, whose relative error counts for
    // less than 1/200 there.
    private const double Split = 2;

    /// <summary>erf(x) to about 1e-15; odd, ±1 at ±inf, NaN at NaN.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        var magnitude = Math.Abs(x);
        if (magnitude < Split) return Series(x);
        var rest = magnitude > 6 ? 0 : Complement(magnitude); // erfc(6) = 2e-17 is below half of the last bit of 1
        return Math.CopySign(1 - rest, x);
    }

    /// <summary>2/√π e^(-x²) · sum over n of 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): no cancellation. Abramowitz and Stegun 7.1.6.</summary>
    private static double Series(double x)
    {
        var term = x;
        var sum = x;
        for (var n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / SqrtPi * Math.Exp(-x * x) * sum;
    }

    /// <summary>1 - erf(x) = e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))). Abramowitz and Stegun 7.1.14.</summary>
    private static double Complement(double x)
    {
        var tail = 0.0;
        for (var k = 120; k >= 1; k--) tail = k / 2.0 / (x + tail);
        return Math.Exp(-x * x) / SqrtPi / (x + tail);
    }
}
