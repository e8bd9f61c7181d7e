using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Reductions over every side of a value, alone, several at once, and one after the other.</summary>
public static partial class ReductionKernels
{
    [Kernel]
    [return: Dims("a b")]
    public static Expr MaxLast([Dims("a b c")] Expr x) => Max(x, over: "c");

    [Kernel]
    [return: Dims("b c")]
    public static Expr MaxFirst([Dims("a b c")] Expr x) => Max(x, over: "a");

    [Kernel]
    [return: Dims("a c")]
    public static Expr MinMiddle([Dims("a b c")] Expr x) => Min(x, over: "b");

    [Kernel]
    [return: Dims("b")]
    public static Expr MaxOuter([Dims("a b c")] Expr x) => Max(x, over: "a c");

    [Kernel]
    [return: Dims("")]
    public static Expr MinAll([Dims("a b c")] Expr x) => Min(x, over: "a b c");

    /// <summary>What is compared in the backward pass must be computed there as it was.</summary>
    [Kernel]
    [return: Dims("a")]
    public static Expr MaxOfProductSum([Dims("a c")] Expr x, [Dims("c")] Expr y, [Dims("a c")] Expr z) => Max(x * y + z, over: "c");

    [Kernel]
    [return: Dims("a", "a c")]
    public static (Expr, Expr) MaxBesideItsArgument([Dims("a c")] Expr x, [Dims("c")] Expr y, [Dims("a c")] Expr z)
    {
        var product = x * y;
        return (Max(product + z, over: "c"), product * z);
    }

    [Kernel]
    [return: Ids("a b")]
    public static Expr ArgMaxLast([Dims("a b c")] Expr x) => ArgMax(x, over: "c");

    [Kernel]
    [return: Ids("b c")]
    public static Expr ArgMaxFirst([Dims("a b c")] Expr x) => ArgMax(x, over: "a");

    [Kernel]
    [return: Ids("a c")]
    public static Expr ArgMinMiddle([Dims("a b c")] Expr x) => ArgMin(x, over: "b");

    [Kernel]
    [return: Ids("")]
    public static Expr ArgMinOnly([Dims("c")] Expr x) => ArgMin(x * x, over: "c");

    /// <summary>Whole numbers have ties: the first wins.</summary>
    [Kernel]
    [return: Ids("a", "a")]
    public static (Expr, Expr) ArgOfTies([Ids("a c")] Expr k) => (ArgMax(k, over: "c"), ArgMin(k, over: "c"));

    [Kernel]
    [return: Dims("a b")]
    public static Expr SumLast([Dims("a b c")] Expr x) => Sum(x, over: "c");

    [Kernel]
    [return: Dims("b c")]
    public static Expr SumFirst([Dims("a b c")] Expr x) => Sum(Exp(x), over: "a");

    [Kernel]
    [return: Dims("a c")]
    public static Expr SumMiddle([Dims("a b c")] Expr x) => Sum(x * x, over: "b");

    [Kernel]
    [return: Dims("b")]
    public static Expr MeanOuter([Dims("a b c")] Expr x) => Mean(Exp(x), over: "a c");

    [Kernel]
    [return: Dims("c")]
    public static Expr MeanOfTwo([Dims("a b c")] Expr x) => Mean(x * x * x, over: "b a");

    [Kernel]
    [return: Dims("")]
    public static Expr SumAll([Dims("a b c")] Expr x) => Sum(Sin(x), over: "a b c");

    [Kernel]
    [return: Dims("a b c")]
    public static Expr SoftmaxFirst([Dims("a b c")] Expr x)
    {
        var e = Exp(x - StopGradient(Max(x, over: "a")));
        return e / Sum(e, over: "a");
    }

    [Kernel]
    [return: Dims("a b c")]
    public static Expr SoftmaxMiddle([Dims("a b c")] Expr x)
    {
        var e = Exp(x - StopGradient(Max(x, over: "b")));
        return e / Sum(e, over: "b");
    }

    [Kernel]
    [return: Dims("b")]
    public static Expr LogSumExp([Dims("a b c")] Expr x)
    {
        var largest = Max(x, over: "a c");
        return Log(Sum(Exp(x - largest), over: "a c")) + largest;
    }

    [Kernel]
    [return: Dims("a c")]
    public static Expr NormFirst([Dims("a c")] Expr x, [Dims("c")] Expr w)
    {
        var centered = x - Mean(x, over: "a");
        return centered * Rsqrt(Mean(centered * centered, over: "a") + 0.5f) * w;
    }

    [Kernel]
    [return: Dims("a c")]
    public static Expr BothWays([Dims("a c")] Expr x) => x * Sum(x, over: "a") - Sum(x * x, over: "c") + Max(x, over: "c");

    [Kernel]
    [return: Dims("a c")]
    public static Expr Normalised([Dims("a c")] Expr x) => x * Rsqrt(Sum(x * x, over: "a c") + 1);

    [Kernel]
    [return: Dims("a (g c) h")]
    public static Expr Grouped([Dims("a (g c) h")] Expr x, [Dims("(g c)")] Expr w, [Size("g")] int groups = 2) =>
        x / (1 + Sum(x * x * w, over: "c h")) + w;

    [Kernel]
    [return: Dims("n")]
    public static Expr FixedAxes([Dims("n (r=2 s=3)")] Expr x, [Dims("s")] Expr w) => Sum(Max(x, over: "r") * w, over: "s");

    [Kernel]
    [return: Dims("h")]
    public static Expr HeadsOfGroups([Dims("n (h e)")] Expr x, [Size("h")] int heads = 3) => Sum(Exp(Mean(x, over: "e")), over: "n");

    /// <summary>Sums over axes that a term does not vary along are products with their sizes.</summary>
    [Kernel]
    [return: Dims("")]
    public static Expr SumOfBroadcast([Dims("n")] Expr x, [Dims("d")] Expr y) => Sum(x + y * y, over: "n d") * Mean(x - y, over: "d n");

    [Kernel]
    [return: Dims("n")]
    public static Expr SumOfStop([Dims("n d")] Expr x, [Dims("d")] Expr y) => Sum(x * StopGradient(x) * y + y, over: "d");

    [Kernel]
    [return: Dims("a b")]
    public static Expr ReductionOfReduction([Dims("a b c")] Expr x) =>
        Exp(x - x).Size("c") * Max(x, over: "c") / (2 + Max(Abs(Sum(x, over: "c")), over: "b"));

    [Kernel]
    [return: Dims("a")]
    public static Expr SelectedSum([Dims("a c")] Expr x, [Dims("a")] Expr y) =>
        Sum(Select(y > 0, x * y, 0), over: "c") + Sum(Select(x > 0, y, x), over: "c");

    [Kernel]
    [return: Dims("a")]
    public static Expr Variance([Dims("a c")] Expr x) => Mean(x * x, over: "c") - Mean(x, over: "c") * Mean(x, over: "c");

    [Kernel]
    [return: Dims("c")]
    public static Expr ColumnsOfRows([Dims("a c")] Expr x) => Sum(x * Exp(Mean(x, over: "c")), over: "a");

    /// <summary>What functions give may differ in the last bit where it is computed again.</summary>
    [Kernel]
    [return: Dims("a")]
    public static Expr MaxOfFunctions([Dims("a c")] Expr x, [Dims("c")] Expr y) => Max(Cos(x * 3) * Sin(y * 3), over: "c");

    [Kernel]
    [return: Dims("c")]
    public static Expr MinOfFunctions([Dims("a c")] Expr x, [Dims("c")] Expr y) => Min(Exp(x) / (2 + Cos(y)), over: "a");
}
