using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Every elementwise primitive, and scalars of every type.</summary>
public static partial class ElementwiseKernels
{
    [Kernel]
    [return: Dims("n d")]
    public static Expr TanhOf([Dims("n d")] Expr x) => Tanh(x * 3);

    [Kernel]
    [return: Dims("n d")]
    public static Expr SinOf([Dims("n d")] Expr x) => Sin(x * 4);

    [Kernel]
    [return: Dims("n d")]
    public static Expr CosOf([Dims("n d")] Expr x) => Cos(x * 4);

    [Kernel]
    [return: Dims("n d")]
    public static Expr ExpOf([Dims("n d")] Expr x) => Exp(-x);

    [Kernel]
    [return: Dims("n d")]
    public static Expr LogOf([Dims("n d")] Expr positive) => Log(positive);

    [Kernel]
    [return: Dims("n d")]
    public static Expr Roots([Dims("n d")] Expr positive) => Sqrt(positive) - 2 * Rsqrt(positive);

    [Kernel]
    [return: Dims("n d")]
    public static Expr AngleOf([Dims("n d")] Expr y, [Dims("d")] Expr x) => Atan2(y, x) * 2;

    /// <summary>At the origin nothing turns.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr AngleAtTheOrigin([Dims("n d")] Expr y, [Dims("d")] Expr x) =>
        Atan2(Select(y.Index("n") == 0, 0, y), Select(x.Index("d") == 0, 0, x));

    [Kernel]
    [return: Dims("n d")]
    public static Expr ErfOf([Dims("n d")] Expr x) => Erf(2 * x);

    [Kernel]
    [return: Dims("n d")]
    public static Expr SigmoidOf([Dims("n d")] Expr x) => Sigmoid(4 * x);

    [Kernel]
    [return: Dims("n d")]
    public static Expr AbsOf([Dims("n d")] Expr x) => Abs(x) * x;

    [Kernel]
    [return: Dims("n d")]
    public static Expr PowOf([Dims("n d")] Expr positive, [Dims("d")] Expr exponent) => Pow(positive, exponent);

    [Kernel]
    [return: Dims("n d")]
    public static Expr PowConstant([Dims("n d")] Expr positive) => Pow(positive, 2.5f);

    [Kernel]
    [return: Dims("n d")]
    public static Expr PowWhole([Dims("n d")] Expr x) => Pow(x, 3) + Pow(x, 2);

    [Kernel]
    [return: Dims("n d")]
    public static Expr Divide([Dims("n d")] Expr x, [Dims("d")] Expr positive) => x / positive - 1 / (positive + 1);

    /// <summary>What is cut off at a whole number, its slope held.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr FloorHeld([Dims("n d")] Expr x) => x * StopGradient(Floor(x * 4)) - StopGradient(Floor(x));

    [Kernel]
    [return: Dims("n d")]
    public static Expr MaxOfTwo([Dims("n d")] Expr x, [Dims("d")] Expr y) => Max(x, y) * Max(x, 0.1f);

    [Kernel]
    [return: Dims("n d")]
    public static Expr MinOfTwo([Dims("n d")] Expr x, [Dims("n")] Expr y) => Min(x, y) - Min(Max(y, -0.5f), 0.5f);

    [Kernel]
    [return: Dims("n d")]
    public static Expr Conditions([Dims("n d")] Expr x, [Dims("d")] Expr y, [Dims("n")] Expr z)
    {
        var inside = (x > y) & !(x >= z) | (y < z) & (x <= 0.25f);
        return Select(inside, x * y, Select(x != y, z * z, 7)) + Select((x == z) | (z > 2), y, 0);
    }

    /// <summary>The choice that is not taken would be NaN.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr SafeLog([Dims("n d")] Expr x) => Select(x > 0.125f, Log(Max(x, 0.125f)), x);

    [Kernel]
    [return: Dims("n d")]
    public static Expr IdsAsNumbers([Dims("n d")] Expr x, [Ids("n")] Expr k, [Ids("d")] Expr j) => x * k + Select(k == j, x, -j);

    [Kernel]
    [return: Dims("n d")]
    public static Expr Scalars([Dims("n d")] Expr x, float f, double g = 0.5, int i = 3, bool negate = false)
    {
        var y = x * f + g / i;
        if (negate) y = -y;
        return y * (i - 1);
    }

    /// <summary>Products that a sum takes over, also where they are needed for themselves.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr ProductSums([Dims("n d")] Expr x, [Dims("d")] Expr y, [Dims("n d")] Expr z)
    {
        var product = x * y;
        return (product + z) * product + (x * z + product) + (z + z * y);
    }

    [Kernel]
    [return: Dims("n d")]
    public static Expr Straight([Dims("n d")] Expr x, [Dims("n d")] Expr y) => x + StopGradient(y * x - x);

    [Kernel]
    [return: Dims("n d")]
    public static Expr OuterSum([Dims("n")] Expr x, [Dims("d")] Expr y) => x + y;

    [Kernel]
    [return: Dims("n d")]
    public static Expr DifferentOrders([Dims("d n")] Expr x, [Dims("n d")] Expr y) => x * y - x;

    [Kernel]
    [return: Dims("a b c d")]
    public static Expr FourAxes([Dims("d a")] Expr x, [Dims("b c")] Expr y, [Dims("c a b")] Expr z) => x * y + Exp(z);

    [Kernel]
    [return: Dims("")]
    public static Expr RankZero([Dims("")] Expr x, [Dims("")] Expr y) => x * Exp(y) - x * x;

    [Kernel]
    [return: Dims("n")]
    public static Expr ScalarTimesVector([Dims("")] Expr x, [Dims("n")] Expr y) => x * y;

    [Kernel]
    [return: Dims("... d")]
    public static Expr Leading([Dims("... d")] Expr x, [Dims("...")] Expr y, [Dims("d")] Expr z) => x * y + z;

    [Kernel]
    [return: Dims("n d")]
    public static Expr TwoDropouts([Dims("n d")] Expr x, int seed, float rate = 0.5f)
    {
        var once = Select(x.Random(seed, 3) < rate, 0, x / (1 - rate));
        return Select(once.Random(seed, 4) < rate, 0, once * once) + once;
    }

    [Kernel]
    [return: Dims("d n")]
    public static Expr RandomOfOuter([Dims("n")] Expr x, [Dims("d")] Expr y)
    {
        var outer = y * x;
        return outer * outer.Random(7, 1) + x.Random(7, 2) * y;
    }
}
