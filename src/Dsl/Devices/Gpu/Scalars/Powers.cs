namespace MageDsl.Devices.Gpu;

/// <summary>
/// a to the b, with the special values of <see cref="Math.Pow"/>: the exponential of b log a, which has to be known to ten bits more than a
/// double has.
/// </summary>
internal static class Powers
{
    private const long Upper = -1L << 27;

    /// <summary>a to the b.</summary>
    public static double Pow(double a, double b)
    {
        if (b == 0 || a == 1) return 1;
        if (double.IsNaN(a) || double.IsNaN(b)) return double.NaN;
        var size = Math.Abs(a);
        var isWhole = Float64.Floor(b) == b;
        if (a < 0 && !isWhole && size <= double.MaxValue) return double.NaN;
        var y = OfSize(size, b);
        return BitConverter.DoubleToInt64Bits(a) < 0 && isWhole && Float64.Floor(0.5 * b) != 0.5 * b ? -y : y;
    }

    /// <summary>The same for a not below zero, b not zero.</summary>
    private static double OfSize(double a, double b)
    {
        if (a == 1) return 1;
        if (a == 0 || a > double.MaxValue || Math.Abs(b) > double.MaxValue) return a > 1 == b > 0 ? double.PositiveInfinity : 0;

        var log = Log(a, out var rest);
        if (b * log > 720) return double.PositiveInfinity;
        if (b * log < -760) return 0;

        // The product in two parts, of which halves of the bits multiply exactly.
        var (logHigh, bHigh) = (High(log), High(b));
        var (logLow, bLow) = (log - logHigh, b - bHigh);
        var product = bHigh * logHigh;
        rest = bHigh * logLow + bLow * logHigh + (bLow * logLow + b * rest);
        var sum = product + rest;
        rest = product - sum + rest;
        var y = DoubleFunctions.Exp(sum);
        return y > double.MaxValue ? y : y + y * rest;
    }

    /// <summary>The logarithm of a positive number in two parts.</summary>
    private static double Log(double a, out double rest)
    {
        var x = DoubleFunctions.Split(a, out var exponent);

        // s = f / g in two parts, where f is exact and g is in halves of the bits.
        var f = x - 1;
        var g = x + 1;
        var s = f / g;
        var (sHigh, gHigh) = (High(s), High(g));
        var gLow = x - (gHigh - 1);
        var sLow = (f - sHigh * gHigh - sHigh * gLow) / g;

        // log x = 2 s + s * tail, and the powers of two.
        var tail = s * DoubleFunctions.Tail(s * s) + exponent * 1.90821492927058770002e-10;
        var powers = exponent * 6.93147180369123816490e-01;
        var twice = 2 * sHigh;
        var high = powers + twice;
        var low = powers - high + twice + (2 * sLow + tail);
        var sum = high + low;
        rest = high - sum + low;
        return sum;
    }

    private static double High(double a) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) & Upper);
}
