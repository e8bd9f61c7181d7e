using MageDsl;
using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Axes that no tensor has: renamed and sliced ones of which only the index or the size is wanted, new ones, and one name for several sizes.
/// </summary>
public static partial class SizeKernels
{
    [Kernel]
    [return: Dims("t u")]
    public static Expr CausalMask([Dims("t")] Expr x) => Select(x.Index("t") >= x.Rename("t", into: "u").Index("u"), 1, 0);

    [Kernel]
    [return: Dims("t u")]
    public static Expr CausalScores([Dims("t")] Expr x) => Select(x.Index("t") >= Index("u", x.SizeOf("t")), x, x.Rename("t", into: "u"));

    [Kernel]
    [return: Dims("t u")]
    public static Expr SliceMask([Dims("t")] Expr x) => Select(x.Index("t") >= x.Slice("t", into: "u", start: 1).Index("u"), x, 0);

    [Kernel]
    [return: Dims("t u")]
    public static Expr SizeOnly([Dims("t")] Expr x) => x / x.Rename("t", into: "u").Size("u");

    [Kernel]
    [return: Dims("n k")]
    public static Expr AlongNew([Dims("n")] Expr x, [Size("k")] int k) => x * x;

    [Kernel]
    [return: Dims("n k")]
    public static Expr OneHot([Ids("n")] Expr id, [Size("k")] int k) => Select(id == Index("k", k), 1, 0);

    [Kernel]
    [return: Dims("n")]
    public static Expr OneHotOfConstant([Ids("n")] Expr id, [Dims("n")] Expr x) => Sum(OneHot(id, 5) * Index("k", 5), over: "k") * x;

    [Kernel]
    [return: Dims("n c")]
    public static Expr OneHotOfOwnName([Ids("n")] Expr id, [Size("c")] int classes) => OneHot(id, classes).Rename("k", into: "c");

    [Kernel]
    [return: Dims("k")]
    public static Expr Histogram([Dims("n")] Expr x, [Size("k")] int k) =>
        Sum(Select(StopGradient(Floor((x + 1) / 2 * k)) == Index("k", k), x, 0), over: "n");

    [Kernel]
    [return: Dims("n e")]
    public static Expr PaddedTo6([Dims("n h")] Expr x) => Sum(Select(Index("e", 6) == x.Index("h"), x, 0), over: "h");

    [Kernel]
    [return: Dims("t d")]
    public static Expr Attend([Dims("t d")] Expr query, [Dims("t d")] Expr memory)
    {
        var key = memory.Rename("t", into: "u");
        return Sum(Softmax(Sum(query * key, over: "d")) * key, over: "u");
    }

    [Kernel]
    [return: Dims("t d")]
    public static Expr CausalAttend([Dims("t d")] Expr x)
    {
        var key = x.Rename("t", into: "u");
        var scores = Select(x.Index("t") >= key.Index("u"), Sum(x * key, over: "d"), -1e9f);
        return Sum(Softmax(scores) * key, over: "u");
    }

    /// <summary>One helper, whose keys have three sizes.</summary>
    [Kernel]
    [return: Dims("t d")]
    public static Expr AttendThrice([Dims("t d")] Expr x, [Dims("s d")] Expr y) =>
        Attend(x, x) + Attend(x, y.Rename("s", into: "t")) + Attend(x, y.Slice("s", into: "t", start: 1));

    [Kernel]
    [return: Dims("t d", "s d")]
    public static (Expr, Expr) CausalTwice([Dims("t d")] Expr x, [Dims("s d")] Expr y) =>
        (CausalAttend(x), CausalAttend(y.Rename("s", into: "t")).Rename("t", into: "s"));

    [Kernel]
    [return: Dims("b t", "b s")]
    public static (Expr, Expr) SoftmaxOfTwoSizes([Dims("b t")] Expr x, [Dims("b s")] Expr y) =>
        (Softmax(x.Rename("t", into: "u")).Rename("u", into: "t"), Softmax(y.Rename("s", into: "u")).Rename("u", into: "s"));

    /// <summary>The helper's own axis and a parameter's happen to have one name.</summary>
    [Kernel]
    [return: Dims("t d")]
    public static Expr AttendBesideU([Dims("t d")] Expr x, [Dims("u d")] Expr weight) => Attend(x, x) * Sum(weight, over: "u");

    [Kernel]
    [return: Dims("n m")]
    public static Expr Gram([Dims("n d")] Expr x) => Sum(x * x.Rename("n", into: "m"), over: "d");

    [Kernel]
    [return: Dims("")]
    public static Expr KernelDistance([Dims("n d")] Expr x, [Dims("m d")] Expr y) =>
        Mean(Gram(x), over: "n m") + Mean(Gram(y.Rename("m", into: "n")), over: "n m") - 2 * Mean(Sum(x * y, over: "d"), over: "n m");

    /// <summary>Two parts of an axis under one name, that never meet, and two that do.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Parts([Dims("n t")] Expr x)
    {
        var longer = x.Slice("t", into: "u", start: 1);
        var shorter = x.Slice("t", into: "u", start: 2, trim: 1);
        var earlier = x.Slice("t", into: "u", trim: 1);
        return Sum(longer * earlier, over: "u") * Max(Exp(shorter), over: "u") + longer.Size("u") - shorter.Size("u");
    }

    [Kernel]
    [return: Dims("n y")]
    public static Expr Smooth([Dims("n h")] Expr x, [Dims("i")] Expr w) => Sum(x.Window("h", into: "y", by: "i", like: w, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("n")]
    public static Expr SmoothTwice([Dims("n h")] Expr x, [Dims("i=2")] Expr w, [Dims("j=3")] Expr v) =>
        Sum(Smooth(x, w), over: "y") + Max(Smooth(Smooth(x, v.Rename("j", into: "i")).Rename("y", into: "h"), w), over: "y");
}
