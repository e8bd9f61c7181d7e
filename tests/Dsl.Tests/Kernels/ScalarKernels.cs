using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Scalars of C# in every type and combination, each times a tensor. Where it is one, a result is the scalar itself, so that bits can
/// be compared. All take the same parameters.
/// </summary>
public static partial class ScalarKernels
{
    private const float Third = 1f / 3;

    [Kernel]
    [return: Dims("", "", "", "", "", "", "", "")]
    public static (Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr) Floats([Dims("")] Expr one, float a, float b, double p, double q, int i, int j) =>
        (
            one * (a + b * a), one * (1 - a), one * (a / b), one * (1f / i), one * (a * 0.1f - Third),
                one * (-a % b), one * ((a + b) * (a - b)), one * (i * a + j));

    [Kernel]
    [return: Dims("", "", "", "", "", "", "", "")]
    public static (Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr) Doubles([Dims("")] Expr one, float a, float b, double p, double q, int i, int j) =>
        (
            one * (p + q * p), one * (1 - p), one * (p / q), one * (a * p), one * (a * 0.1),
                one * (p % q), one * ((double)a * b), one * (float)(p * q));

    [Kernel]
    [return: Dims("", "", "", "", "", "", "", "", "", "")]
    public static (Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr) Ints(
        [Dims("")] Expr one, float a, float b, double p, double q, int i, int j) => (
        one * (i * i), one * (i + j), one * (i - j * 1_000_003), one * -i,
        one * (i % 7), one * (i << 3 ^ j >> 1), one * (i >>> 28), one * (~i & j | 5),
        one * (i * 2L), one * ((uint)i + 1u));

    [Kernel]
    [return: Dims("", "", "", "", "", "", "", "")]
    public static (Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr) Casts([Dims("")] Expr one, float a, float b, double p, double q, int i, int j) => (
        one * (int)(a * 10), one * (byte)i, one * (sbyte)(i * 3), one * (float)i, one * (int)p,
            one * ((long)i * i), one * (ushort)(i + j), one * (float)((long)(p * 1e6) % 1000));

    [Kernel]
    [return: Dims("", "", "", "", "", "", "", "", "", "")]
    public static (Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr) Functions(
        [Dims("")] Expr one, float a, float b, double p, double q, int i, int j) => (
        one * MathF.Pow(a, i), one / (1 - MathF.Pow(0.9f, 3 + j * 0)),
        one * MathF.Log(10000f + a), one * MathF.Exp(-b), one * Math.Pow(p, q), one * Math.Sqrt(a),
        one * (Math.Max(i, j) + Math.Clamp(i, -5, 5)), one * float.Sqrt(Math.Abs(a)), one * MathF.Log(b, 2), one * Math.Round(p, 1));

    [Kernel]
    [return: Dims("", "", "", "", "", "")]
    public static (Expr, Expr, Expr, Expr, Expr, Expr) Choices([Dims("")] Expr one, float a, float b, double p, double q, int i, int j)
    {
        var larger = a > b ? a : b;
        var guarded = i == 0 ? -1 : 7 % i;
        var both = a < p && i != 0 && 100 % i > 1 || j >= 3 && !(a == b);
        var steps = 1;
        if (i > 0)
        {
            steps += i;
            steps *= 3;
        }
        byte small = 250;
        small += 10;
        if (j != 0) one *= 1 + checked(j % 1000 * (j % 1000) % j);
        return (one * larger, one * guarded, Select(both, one, -one), one * steps, one * small, i <= j ? one * a : one * p);
    }

    [Kernel]
    [return: Dims("n", "n", "n", "")]
    public static (Expr, Expr, Expr, Expr) Sizes([Dims("n (h e)")] Expr ones, [Size("h")] int heads, float rate = 0.1f)
    {
        var mean = Mean(ones, over: "h e");
        var (twice, none) = (heads * 2, ones.SizeOf("n") - ones.SizeOf("n"));
        return (mean * (1f / heads), mean * (ones.SizeOf("n") * rate + none),
            mean / twice, Halved(Mean(mean, over: "n"), heads - 0.7f, ones.SizeOf("e")));
    }

    /// <summary>What a caller gives is converted to the parameter's type, be it a constant or not.</summary>
    [Kernel]
    [return: Dims("", "", "")]
    public static (Expr, Expr, Expr) Calls([Dims("")] Expr one, float a, float b, double p, double q, int i, int j) => (
        Halved(one, i, j), Halved(one, 0.1f, 16777217), Halved(one, a + i, 3));

    [Kernel]
    [return: Dims("", "", "")]
    public static (Expr, Expr, Expr) Seeds([Dims("")] Expr one, float a, float b, double p, double q, int i, int j) => (
        one * one.Random(i + 1), one * one.Random(i * 1_000_003 ^ j, stream: 1), one * one.Random(i > j ? i : (int)a, stream: 2));

    [Kernel]
    [return: Dims("...")]
    public static Expr Halved([Dims("...")] Expr x, float scale, double divisor) => x * (scale / 2 + (scale - 0.1f) / divisor);

    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr Checked([Dims("")] Expr one, int i) => one * checked(i * i) * (100 % i);
}
