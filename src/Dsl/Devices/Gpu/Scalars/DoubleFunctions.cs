using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Functions of one double, which OpenCL has and CUDA has not: exact to a few ulp, and the same on all. Sine, cosine, angle and logarithm are
/// after fdlibm.
/// </summary>
internal static class DoubleFunctions
{
    private const int MantissaBits = 52;
    private const long Mantissa = (1L << MantissaBits) - 1;

    // Below this, multiples of the first two parts of a quarter turn are exact.
    private const double MostInParts = 1 << 19;

    // ln 2, the first part short enough for a thousand times it to be exact.
    private const double FirstOfLn2 = 6.93147180369123816490e-01;
    private const double RestOfLn2 = 1.90821492927058770002e-10;

    /// <summary>e^a = 2^n e^r with |r| at most half of ln 2.</summary>
    public static double Exp(double a)
    {
        // Beyond these the result is 0 or infinite. NaN passes.
        a = Comparisons.IsLess(a, -750) ? -750 : Comparisons.IsLess(710, a) ? 710 : a;
        var n = Float64.Round(a * 1.4426950408889634);
        var r = a - n * FirstOfLn2 - n * RestOfLn2;
        var p = 1 / 87178291200.0;
        p = p * r + 1 / 6227020800.0;
        p = p * r + 1 / 479001600.0;
        p = p * r + 1 / 39916800.0;
        p = p * r + 1 / 3628800.0;
        p = p * r + 1 / 362880.0;
        p = p * r + 1 / 40320.0;
        p = p * r + 1 / 5040.0;
        p = p * r + 1 / 720.0;
        p = p * r + 1 / 120.0;
        p = p * r + 1 / 24.0;
        p = p * r + 1 / 6.0;
        p = p * r + 0.5;
        return Scale(1 + (r + r * r * p), (int)n);
    }

    /// <summary>Natural logarithm: of the power of two, and of what is within a root of two of one.</summary>
    public static double Log(double a)
    {
        if (!Comparisons.IsLess(0, a)) return a == 0 ? double.NegativeInfinity : double.NaN;
        if (a > double.MaxValue) return a;
        var f = Split(a, out var exponent) - 1;
        var half = 0.5 * f * f;
        var s = f / (2 + f);
        var rest = s * (half + Tail(s * s));
        return exponent * FirstOfLn2 - (half - (rest + exponent * RestOfLn2) - f);
    }

    /// <summary>Sine of an angle and so many quarter turns.</summary>
    public static double Sin(double a, int more)
    {
        var r = Rest(a, out var low, out var quarters);
        quarters += more;
        var y = (quarters & 1) == 0 ? Sine(r, low) : Cosine(r, low);
        return (quarters & 2) == 0 ? y : -y;
    }

    /// <summary>The angle whose tangent is a, which is from 0 to 1.</summary>
    public static double Atan(double a)
    {
        if (a < 0.4375) return a - a * Bend(a);
        // From the angle with tangent one half, or one.
        var isMiddle = a < 0.6875;
        var x = isMiddle ? (2 * a - 1) / (2 + a) : (a - 1) / (a + 1);
        var first = isMiddle ? 4.63647609000806093515e-01 : 7.85398163397448278999e-01;
        var rest = isMiddle ? 2.26987774529616870924e-17 : 3.06161699786838301793e-17;
        return first - (x * Bend(x) - rest - x);
    }

    /// <summary>The number in [√½, √2) that is a, positive and finite, over a power of two.</summary>
    internal static double Split(double a, out int exponent)
    {
        // A subnormal has its exponent in the bits that are zero.
        var isSmall = a < 2.2250738585072014e-308;
        var bits = BitConverter.DoubleToInt64Bits(isSmall ? a * (1L << MantissaBits) : a);
        exponent = (int)(bits >> MantissaBits) - 1023 - (isSmall ? MantissaBits : 0);
        var x = BitConverter.Int64BitsToDouble((bits & Mantissa) | 0x3FF0000000000000);
        if (x < 1.4142135623730951) return x;
        exponent++;
        return 0.5 * x;
    }

    /// <summary>log((1 + s) / (1 - s)) / s - 2, of the square of s.</summary>
    internal static double Tail(double z)
    {
        var p = 1.479819860511658591e-01;
        p = p * z + 1.531383769920937332e-01;
        p = p * z + 1.818357216161805012e-01;
        p = p * z + 2.222219843214978396e-01;
        p = p * z + 2.857142874366239149e-01;
        p = p * z + 3.999999999940941908e-01;
        p = p * z + 6.666666666666735130e-01;
        return p * z;
    }

    /// <summary>a * 2^n, rounded once: in two steps, each a normal power of two, so that results may be subnormal or overflow.</summary>
    internal static double Scale(double a, int n)
    {
        var half = n >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << MantissaBits);

    /// <summary>What the angle is beyond the nearest number of quarter turns, in two parts.</summary>
    private static double Rest(double a, out double low, out int quarters)
    {
        var size = Math.Abs(a);
        low = 0;
        quarters = 0;
        if (Comparisons.IsLess(size, MostInParts))
        {
            var n = Float64.Round(a * 6.36619772367581382433e-01);
            quarters = (int)n;
            // π/2 in 33 bits, 33 more, and the rest.
            var r = a - n * 1.57079632673412561417e+00;
            var part = n * 6.07710050630396597660e-11;
            var next = r - part;
            part = n * 2.02226624879595063154e-21 - (r - next - part);
            var high = next - part;
            low = next - high - part;
            return high;
        }
        if (!Comparisons.IsAtMost(size, double.MaxValue)) return double.NaN;
        var bits = BitConverter.DoubleToInt64Bits(size);
        var mantissa = (ulong)((bits & Mantissa) | (1L << MantissaBits));
        var turns = QuarterTurns.Of(mantissa, (int)(bits >> MantissaBits) - 1023 - MantissaBits, out var first, out var second);
        var rest = (first * QuarterTurns.Unit + second * QuarterTurns.Unit * QuarterTurns.Unit) * 1.57079632679489661923;
        quarters = a < 0 ? -turns : turns;
        return a < 0 ? -rest : rest;
    }

    private static double Sine(double r, double low)
    {
        var z = r * r;
        var p = 1.58969099521155010221e-10;
        p = p * z - 2.50507602534068634195e-08;
        p = p * z + 2.75573137070700676789e-06;
        p = p * z - 1.98412698298579493134e-04;
        p = p * z + 8.33333333332248946124e-03;
        var cube = z * r;
        return r - (z * (0.5 * low - cube * p) - low - cube * -1.66666666666666324348e-01);
    }

    private static double Cosine(double r, double low)
    {
        var z = r * r;
        var p = -1.13596475577881948265e-11;
        p = p * z + 2.08757232129817482790e-09;
        p = p * z - 2.75573143513906633035e-07;
        p = p * z + 2.48015872894767294178e-05;
        p = p * z - 1.38888888888741095749e-03;
        p = p * z + 4.16666666666666019037e-02;
        var half = 0.5 * z;
        var w = 1 - half;
        return w + (1 - w - half + (z * z * p - r * low));
    }

    /// <summary>1 - atan(a) / a.</summary>
    private static double Bend(double a)
    {
        var z = a * a;
        var p = 1.62858201153657823623e-02;
        p = p * z - 3.65315727442169155270e-02;
        p = p * z + 4.97687799461593236017e-02;
        p = p * z - 5.83357013379057348645e-02;
        p = p * z + 6.66107313738753120669e-02;
        p = p * z - 7.69187620504482999495e-02;
        p = p * z + 9.09088713343650656196e-02;
        p = p * z - 1.11111104054623557880e-01;
        p = p * z + 1.42857142725034663711e-01;
        p = p * z - 1.99999999998764832476e-01;
        p = p * z + 3.33333333333329318027e-01;
        return p * z;
    }
}
