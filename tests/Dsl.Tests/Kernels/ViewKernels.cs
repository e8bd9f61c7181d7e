using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Windows, slices, picks, renames and indices.</summary>
public static partial class ViewKernels
{
    [Kernel]
    [return: Dims("n h")]
    public static Expr Flipped([Dims("n h")] Expr x) => x.Flip("h") * x + x.Flip("n");

    /// <summary>The operand of a contraction, along the summed axis and along its own.</summary>
    [Kernel]
    [return: Dims("n m")]
    public static Expr FlippedOperands([Dims("n k")] Expr a, [Dims("m k")] Expr b) => Sum(a.Flip("k") * Tanh(b).Flip("m"), over: "k");

    [Kernel]
    [return: Dims("n y")]
    public static Expr FlippedWindows([Dims("n h")] Expr x, [Dims("i=3")] Expr w) =>
        Sum(Flipped(x).Window("h", into: "y", by: "i", like: w, stride: 2, pad: 1).Flip("y") * w.Flip("i"), over: "i");

    [Kernel]
    [return: Dims("n k")]
    public static Expr FlippedSlice([Dims("n h")] Expr x) => Exp(x.Flip("h").Slice("h", into: "k", start: 1)) / Sum(Exp(x), over: "h");

    [Kernel]
    [return: Dims("n y")]
    public static Expr Window1([Dims("n h")] Expr x, [Dims("i=3")] Expr w) => Sum(x.Window("h", into: "y", by: "i", like: w, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("n y")]
    public static Expr Window2([Dims("n h")] Expr x, [Dims("i=2")] Expr w) =>
        Sum(x.Window("h", into: "y", by: "i", like: w, stride: 2) * w, over: "i");

    [Kernel]
    [return: Dims("n y")]
    public static Expr Window2Padded([Dims("n h")] Expr x, [Dims("i=3")] Expr w) =>
        Sum(x.Window("h", into: "y", by: "i", like: w, stride: 2, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("n y")]
    public static Expr Window3Padded([Dims("n h")] Expr x, [Dims("i=2")] Expr w) =>
        Sum(x.Window("h", into: "y", by: "i", like: w, stride: 3, pad: 1) * w, over: "i");

    /// <summary>The vector runs along an axis that is not a window's.</summary>
    [Kernel]
    [return: Dims("y d")]
    public static Expr WindowOfRows([Dims("h d")] Expr x, [Dims("i=3 d")] Expr w) =>
        Sum(x.Window("h", into: "y", by: "i", like: w, stride: 2, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("n y")]
    public static Expr WindowOfComputed([Dims("n h")] Expr x, [Dims("i=3")] Expr w) =>
        Sum(Exp(x).Window("h", into: "y", by: "i", like: w, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("n y")]
    public static Expr StridedWindowOfComputed([Dims("n h")] Expr x, [Dims("i=3")] Expr w) =>
        Max(Cos(x).Window("h", into: "y", by: "i", like: w, stride: 2, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("n y")]
    public static Expr WindowOfReduced([Dims("n h d")] Expr x, [Dims("i=3")] Expr w) =>
        Sum(Mean(x, over: "d").Window("h", into: "y", by: "i", like: w, pad: 1) * w, over: "i");

    [Kernel]
    [return: Dims("b c y x")]
    public static Expr MaxPool([Dims("b c h w")] Expr image, [Dims("i=3 j=3")] Expr like) =>
        Max(
            image.Window("h", into: "y", by: "i", like: like, stride: 2, pad: 1)
                .Window("w", into: "x", by: "j", like: like, stride: 2, pad: 1) + like,
            over: "i j");

    [Kernel]
    [return: Dims("b o y x")]
    public static Expr StridedConvolution([Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight, [Dims("o")] Expr bias) =>
        Sum(
            image.Window("h", into: "y", by: "i", like: weight, stride: 2, pad: 1)
                .Window("w", into: "x", by: "j", like: weight, stride: 2, pad: 1) * weight,
            over: "c i j") + bias;

    /// <summary>The filter's size is the caller's.</summary>
    [Kernel]
    [return: Dims("b o y")]
    public static Expr FreeFilter([Dims("b c h")] Expr signal, [Dims("o c i")] Expr weight) =>
        Sum(signal.Window("h", into: "y", by: "i", like: weight, pad: 2) * weight, over: "c i");

    [Kernel]
    [return: Dims("b (g o) y")]
    public static Expr GroupedConvolution([Dims("b (g c) h")] Expr signal, [Dims("(g o) c i=3")] Expr weight, [Size("g")] int groups = 2) =>
        Sum(signal.Window("h", into: "y", by: "i", like: weight, pad: 1) * weight, over: "c i");

    [Kernel]
    [return: Dims("b c y")]
    public static Expr DepthwiseConvolution([Dims("b c h")] Expr signal, [Dims("c i=3")] Expr weight) =>
        Sum(signal.Window("h", into: "y", by: "i", like: weight, pad: 1) * weight, over: "i");

    [Kernel]
    [return: Dims("b k d")]
    public static Expr SliceStart([Dims("b t d")] Expr x) => Exp(x.Slice("t", into: "k", start: 1));

    [Kernel]
    [return: Dims("b k")]
    public static Expr SliceVector([Dims("b t")] Expr x) => x.Slice("t", into: "k", start: 1) * 2;

    [Kernel]
    [return: Dims("b k d")]
    public static Expr SliceBoth([Dims("b t d")] Expr x) => x.Slice("t", into: "k", start: 1, trim: 1) * x.Slice("t", into: "k", trim: 2);

    [Kernel]
    [return: Dims("b k")]
    public static Expr Differences([Dims("b t")] Expr x) => Exp(x).Slice("t", into: "k", start: 1) - Exp(x).Slice("t", into: "k", trim: 1);

    [Kernel]
    [return: Dims("b k o")]
    public static Expr SliceThenProject([Dims("b t d")] Expr x, [Dims("d o")] Expr w) => Sum(x.Slice("t", into: "k", start: 1) * w, over: "d");

    [Kernel]
    [return: Dims("b k o")]
    public static Expr ProjectThenSlice([Dims("b t d")] Expr x, [Dims("d o")] Expr w) => Sum(x * w, over: "d").Slice("t", into: "k", trim: 1) * 2;

    [Kernel]
    [return: Dims("b d")]
    public static Expr PickFree([Dims("b t d")] Expr x) => x["t", 0] * 3;

    [Kernel]
    [return: Dims("b t")]
    public static Expr PickLast([Dims("b t d")] Expr x) => x["d", 1] * x["d", 0];

    [Kernel]
    [return: Dims("n d")]
    public static Expr PickFixed([Dims("n (s=2 d)")] Expr x) => x["s", 0] * Sigmoid(x["s", 1]);

    /// <summary>The fixed axis is the fastest one.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr PickInterleaved([Dims("n (d s=3)")] Expr x) => x["s", 0] * x["s", 2];

    [Kernel]
    [return: Dims("n (s=2 d)")]
    public static Expr Rotate([Dims("n (s=2 d)")] Expr x, [Dims("n d")] Expr angle, [Dims("s=2")] Expr w)
        => Select(x.Index("s") == 0, x["s", 0] * Cos(angle) - x["s", 1] * Sin(angle), x["s", 0] * Sin(angle) + x["s", 1] * Cos(angle)) * w;

    [Kernel]
    [return: Dims("b t (h e)")]
    public static Expr PlainAttention([Dims("b t (s=3 h e)")] Expr qkv, [Size("h")] int heads = 2)
    {
        var (query, key, value) = (qkv["s", 0], qkv["s", 1].Rename("t", "u"), qkv["s", 2].Rename("t", "u"));
        return Sum(Exp(Sum(query * key, over: "e")) * value, over: "u");
    }

    [Kernel]
    [return: Dims("n t u")]
    public static Expr OuterOfItself([Dims("n t")] Expr x) => x * x.Rename("t", "u") - x;

    [Kernel]
    [return: Dims("n u")]
    public static Expr RenamedResult([Dims("n t")] Expr x) => Exp(x).Rename("t", "u");

    [Kernel]
    [return: Dims("n d")]
    public static Expr Positions([Dims("n d")] Expr x) => x * x.Index("d") + x.Index("n") / x.Size("n") - Select(x.Index("n") >= x.Index("d"), x, 0);

    [Kernel]
    [return: Dims("t u")]
    public static Expr CausalScores([Dims("t e")] Expr q, [Dims("u e")] Expr k) => Select(q.Index("t") >= k.Index("u"), Sum(q * k, over: "e"), -1);

    [Kernel]
    [return: Dims("b k")]
    public static Expr SlicedPositions([Dims("b t")] Expr x) =>
        (x * x.Index("t")).Slice("t", into: "k", start: 1) + x.Index("t").Slice("t", into: "k", trim: 1);

    [Kernel]
    [return: Dims("b k")]
    public static Expr SlicedRandom([Dims("b t")] Expr x, int seed) => Select(x.Random(seed, 5) < 0.5f, 0, x).Slice("t", into: "k", start: 1) * 2;

    [Kernel]
    [return: Dims("u")]
    public static Expr SliceMeetsAnother([Dims("t")] Expr x, [Dims("u")] Expr y) => x.Slice("t", into: "u", start: 1) * y;
}
