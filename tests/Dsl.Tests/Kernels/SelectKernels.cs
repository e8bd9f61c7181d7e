using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Branches that are not chosen, with values or slopes that are not finite: they reach no gradient. Zeros come from clamped arguments, so
/// that ordinary ones hit them.
/// </summary>
public static partial class SelectKernels
{
    [Kernel]
    [return: Dims("n d")]
    public static Expr Quotient([Dims("n d")] Expr a, [Dims("n d")] Expr b)
    {
        var divisor = Max(b, 0);
        return Select(divisor == 0, 0, a / divisor);
    }

    /// <summary>The divisor is shared, and its gradient a sum of what was chosen.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr SharedDivisor([Dims("n d")] Expr a, [Dims("n")] Expr b)
    {
        var divisor = Max(b, 0);
        return Select(divisor > 0, a / divisor, a) * a;
    }

    [Kernel]
    [return: Dims("n d")]
    public static Expr Logarithm([Dims("n d")] Expr x, [Dims("d")] Expr w) => Select(x > 0, w * Log(x), w * x);

    [Kernel]
    [return: Dims("n d")]
    public static Expr Roots([Dims("n d")] Expr x, [Dims("n d")] Expr y) =>
        Select(x > 0, Sqrt(x) * y, 0) + Select(y > 0, Rsqrt(y + 0.5f) * x, Sqrt(Max(y, 0)));

    [Kernel]
    [return: Dims("n d")]
    public static Expr Powers([Dims("n d")] Expr x, [Dims("n d")] Expr y) =>
        Select(x > 0.125f, Pow(x, y), y) + Select(x < 0, 0, Pow(Max(x, 0), 2 + y));

    /// <summary>The exponential overflows in every precision where it is not chosen.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr Overflow([Dims("n d")] Expr x, [Dims("d")] Expr w)
    {
        var large = Exp(Max(x, 0) * 1e4f) * w;
        return Select(x < 0, large * large, x * w);
    }

    [Kernel]
    [return: Dims("n d")]
    public static Expr Nested([Dims("n d")] Expr x, [Dims("n d")] Expr y)
    {
        var inner = Select(y > 0, Log(y) * Sqrt(x), 1 / Max(y, -0.5f));
        return Select(x > 0, Select(y > 0.25f, inner * x, Select(y < -0.25f, inner, y)), x * y);
    }

    /// <summary>The root of a sum that may be negative.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr RootOfSum([Dims("n d")] Expr x)
    {
        var sum = Sum(x * x, over: "d") - 0.9f;
        return Select(sum > 0, Sqrt(sum), 0);
    }

    /// <summary>Rows of which nothing is chosen have a norm of zero.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr MaskedNorm([Dims("n d")] Expr x, [Dims("n")] Expr mask)
    {
        var norm = Sqrt(Sum(Select(mask > 0, x * x, 0), over: "d"));
        return Select(mask > 0, x / norm, 0);
    }

    /// <summary>As <see cref="MaskedNorm"/>, element by element.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr MaskedNormOfElements([Dims("n d")] Expr x, [Dims("n d")] Expr y, [Dims("n")] Expr shift)
    {
        var chosen = y + 2 * shift > 0.5f;
        return Select(chosen, x / Sqrt(Sum(Select(chosen, x * x, 0), over: "d")), 0);
    }

    /// <summary>One scale for all rows, most of which are not chosen.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr MaskedScale([Dims("n d")] Expr x, [Dims("d")] Expr scale, [Dims("n")] Expr mask) =>
        Select((mask > 0.25f) & (scale > 0), x / Sqrt(Max(scale, 0)), 0) * scale;

    /// <summary>The logarithm of what is not looked up is infinite.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Likelihood([Dims("n v")] Expr x, [Ids("n")] Expr target)
    {
        var weight = Max(x, 0) + Select(x.Index("v") == target, 0.5f, 0);
        return Gather(Log(weight), "v", target) - Log(Sum(weight, over: "v"));
    }

    /// <summary>A contraction over logarithms that only chosen rows have.</summary>
    [Kernel]
    [return: Dims("n h")]
    public static Expr MaskedContraction([Dims("n d")] Expr x, [Dims("d h")] Expr w, [Dims("n")] Expr mask)
    {
        var logarithm = Log(Select(mask > 0, x * x + 0.5f, -1));
        return Select(mask > 0, Sum(logarithm * w, over: "d"), 0);
    }

    /// <summary>As <see cref="MaskedContraction"/>, with every element of the product masked.</summary>
    [Kernel]
    [return: Dims("n h")]
    public static Expr MaskedProducts([Dims("n d")] Expr x, [Dims("d h")] Expr w, [Dims("n h")] Expr mask) =>
        Select(mask > 0, Sum(x * w, over: "d") / Max(mask, 0), Sum(x * w, over: "d"));

    /// <summary>Keys that are padding, in attention.</summary>
    [Kernel]
    [return: Dims("b t e")]
    public static Expr PaddedAttention([Dims("b t e")] Expr query, [Dims("b u e")] Expr key, [Dims("b u e")] Expr value, [Dims("b u")] Expr padding)
    {
        var length = Sqrt(Select(padding > 0.5f, 0, Sum(key * key, over: "e") + 1));
        var score = Select(padding > 0.5f, -1e9f, Sum(query * key, over: "e") / length);
        var weight = Exp(score - StopGradient(Max(score, over: "u")));
        return Sum(Select(padding > 0.5f, 0, weight) * value, over: "u") / (Sum(weight, over: "u") + 1);
    }

    /// <summary>The larger and the smaller are choices, too.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr Bounded([Dims("n d")] Expr x, [Dims("n d")] Expr y) =>
        Max(Log(Max(x, 0)), -2) * y + Min(1 / Max(y, 0), 3 + x) + Abs(Sqrt(Max(x, 0)));

    /// <summary>Only the largest gets a gradient; the others divide by zero.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Largest([Dims("n d")] Expr x) =>
        Select(Max(x, over: "d") > 0, Max(Log(Max(x, 0)) + x * 0.5f, over: "d"), 0) + Min(-1 / Sqrt(Max(x, 0.125f)), over: "d");

    /// <summary>What is outside the slice divides by zero.</summary>
    [Kernel]
    [return: Dims("n k")]
    public static Expr Sliced([Dims("n t")] Expr x)
    {
        var clamped = Select(x.Index("t") == 0, 0, x * x + 0.25f);
        return Log(clamped).Slice("t", into: "k", start: 1) + Sqrt(clamped)["t", 1];
    }

    /// <summary>Windows that leave gaps between them, and padding whose logarithm is infinite.</summary>
    [Kernel]
    [return: Dims("n y")]
    public static Expr Windows([Dims("n t=7")] Expr x, [Dims("i=2")] Expr w)
    {
        var clamped = Select(x.Index("t") == 2, 0, x * x + 0.25f);
        var window = Sqrt(clamped).Window("t", into: "y", by: "i", like: w, stride: 3);
        var padded = clamped.Window("t", into: "y", by: "i", like: w, stride: 3);
        return Sum(Select(padded > 0, Log(padded), 0) * w, over: "i") + Sum(window * w, over: "i");
    }

    /// <summary>Components of a fixed axis, one of which is a root of zero.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Components([Dims("n (s=3)")] Expr x)
    {
        var clamped = Select(x.Index("s") == 1, 0, x * x);
        var root = Sqrt(clamped);
        return root["s", 0] * root["s", 2];
    }

    /// <summary>Everything is dropped, and divided by zero.</summary>
    [Kernel]
    [return: Dims("n h")]
    public static Expr Dropped([Dims("n d")] Expr x, [Dims("d h")] Expr w, [Dims("h")] Expr bias, int seed, float rate = 1)
    {
        var hidden = Select(x.Random(seed) < rate, 0, x / (1 - rate));
        return Sum(hidden * w, over: "d") + bias + Select(bias.Random(seed, 1) < rate, 0, bias / (1 - rate));
    }
}

[Recompile(typeof(SelectKernels), Fusion = false)]
public static partial class UnfusedSelectKernels;
