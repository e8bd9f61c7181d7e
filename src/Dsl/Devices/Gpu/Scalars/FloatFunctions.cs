using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Functions of one float that vectors take from .NET and devices have not, or not exactly enough: those of CUDA's <c>lg2.approx</c> and
/// <c>sin.approx</c> are off by 2^-22 wherever their values are small. The polynomials are those of Cephes; each is within 3 ulp.
/// </summary>
internal static class FloatFunctions
{
    private const int MantissaBits = 23;

    // From here on numbers are whole.
    private const float Whole = 1 << MantissaBits;

    // Below this, multiples of a quarter turn are exact in three parts of a few bits each.
    private const float MostInParts = 8192;

    /// <summary>The largest integer that is not above a; a zero keeps its sign.</summary>
    public static float Floor(float a)
    {
        if (!Comparisons.IsLess(MathF.Abs(a), Whole)) return a;
        float cut = (int)a;
        return cut == a ? a : cut > a ? cut - 1 : cut;
    }

    /// <summary>The nearest integer, ties to even: where numbers are whole, adding rounds.</summary>
    public static float Round(float a)
        => !Comparisons.IsLess(MathF.Abs(a), Whole) ? a : a < 0 ? a - Whole + Whole : a + Whole - Whole;

    /// <summary>e^a = 2^n 2^r with |r| at most a half: within 3 ulp. Where 2^n would be no normal number, r takes what n cannot.</summary>
    public static float Exp(float a)
    {
        // Whatever these make of NaN, r is NaN.
        var within = IntrinsicMath.Min(IntrinsicMath.Max(a, -87.3f), 88);
        // Adding so much leaves no bits behind the point, and n in the last ones before it.
        const float Rounding = 3 << (MantissaBits - 1);
        var sum = FusedArithmetic.MultiplyAdd(within, 1.44269502f, Rounding);
        // The binary logarithm of e in two parts.
        var r = FusedArithmetic.MultiplyAdd(a, 1.44269502f, Rounding - sum);
        r = FusedArithmetic.MultiplyAdd(a, 1.92596303e-8f, r);
        return Exponentials.Exp2(r) * BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(sum) << MantissaBits) + 0x3F800000);
    }

    /// <summary>Natural logarithm: of the power of two, and of what is within a root of two of one.</summary>
    public static float Log(float a)
    {
        if (!Comparisons.IsLess(0, a)) return a == 0 ? float.NegativeInfinity : float.NaN;
        if (a > float.MaxValue) return a;

        // A subnormal has its exponent in the bits that are zero.
        var isSmall = a < 1.17549435e-38f;
        var bits = BitConverter.SingleToInt32Bits(isSmall ? a * (1 << MantissaBits) : a);
        var exponent = (bits >> MantissaBits) - 126 - (isSmall ? MantissaBits : 0);
        var x = BitConverter.Int32BitsToSingle((bits & 0x7FFFFF) | 0x3F000000);
        if (x < 0.70710678f)
        {
            x += x;
            exponent--;
        }
        x -= 1;

        var square = x * x;
        var p = 7.0376836292e-2f;
        p = p * x - 1.1514610310e-1f;
        p = p * x + 1.1676998740e-1f;
        p = p * x - 1.2420140846e-1f;
        p = p * x + 1.4249322787e-1f;
        p = p * x - 1.6668057665e-1f;
        p = p * x + 2.0000714765e-1f;
        p = p * x - 2.4999993993e-1f;
        p = p * x + 3.3333331174e-1f;
        var y = x * square * p - 2.12194440e-4f * exponent - 0.5f * square;
        return x + y + 0.693359375f * exponent;
    }

    /// <summary>Sine of an angle and so many quarter turns.</summary>
    public static float Sin(float a, int more)
    {
        var r = Rest(a, out var quarters);
        quarters += more;
        var y = (quarters & 1) == 0 ? Sine(r) : Cosine(r);
        return (quarters & 2) == 0 ? y : -y;
    }

    /// <summary>The angle whose tangent is a, which is from 0 to 1.</summary>
    public static float Atan(float a)
    {
        var isLarge = a > 0.41421356f;
        var x = isLarge ? (a - 1) / (a + 1) : a;
        var square = x * x;
        var p = 8.05374449538e-2f;
        p = p * square - 1.38776856032e-1f;
        p = p * square + 1.99777106478e-1f;
        p = p * square - 3.33329491539e-1f;
        var y = p * square * x + x;
        return isLarge ? 0.785398163f + y : y;
    }

    /// <summary>a * 2^n, rounded once: in two steps, each a normal power of two, so that results may be subnormal or overflow.</summary>
    internal static float Scale(float a, int n)
    {
        var half = n >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    private static float PowerOfTwo(int n) => BitConverter.Int32BitsToSingle((n + 127) << MantissaBits);

    /// <summary>What the angle is beyond the nearest number of quarter turns.</summary>
    private static float Rest(float a, out int quarters)
    {
        var size = MathF.Abs(a);
        if (Comparisons.IsLess(size, MostInParts))
        {
            var n = Round(a * 0.636619772f);
            quarters = (int)n;
            return a - n * 1.5703125f - n * 4.83751296997e-4f - n * 7.54978994877e-8f;
        }
        if (!Comparisons.IsAtMost(size, float.MaxValue))
        {
            quarters = 0;
            return float.NaN;
        }
        var bits = BitConverter.SingleToInt32Bits(size);
        var mantissa = (ulong)((bits & 0x7FFFFF) | 0x800000);
        var turns = QuarterTurns.Of(mantissa, (bits >> MantissaBits) - 127 - MantissaBits, out var high, out var low);
        var rest = (high * (float)QuarterTurns.Unit + low * (float)QuarterTurns.Unit * (float)QuarterTurns.Unit) * 1.57079633f;
        quarters = a < 0 ? -turns : turns;
        return a < 0 ? -rest : rest;
    }

    private static float Sine(float r)
    {
        var square = r * r;
        var p = -1.9515295891e-4f;
        p = p * square + 8.3321608736e-3f;
        p = p * square - 1.6666654611e-1f;
        return p * square * r + r;
    }

    private static float Cosine(float r)
    {
        var square = r * r;
        var p = 2.443315711809948e-5f;
        p = p * square - 1.388731625493765e-3f;
        p = p * square + 4.166664568298827e-2f;
        return p * square * square - 0.5f * square + 1;
    }
}
