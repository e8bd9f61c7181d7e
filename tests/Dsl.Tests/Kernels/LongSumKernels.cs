using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Sums in every place where the compiler puts one: in registers, across rows, in a product, in a row block, by ids.</summary>
public static partial class LongSumKernels
{
    [Kernel]
    [return: Dims("")]
    public static Expr Everything([Dims("...")] Expr x) => Sum(x, over: "...");

    [Kernel]
    [return: Dims("")]
    public static Expr Weighted([Dims("...")] Expr x, [Dims("...")] Expr w) => Sum(x * w, over: "...");

    [Kernel]
    [return: Dims("")]
    public static Expr RowsOfColumns([Dims("n d")] Expr x, [Dims("d")] Expr w) => Sum(x * w, over: "n d");

    [Kernel]
    [return: Dims("r")]
    public static Expr Row([Dims("r n")] Expr x) => Sum(x, over: "n");

    /// <summary>An element takes longer to compute than to add.</summary>
    [Kernel]
    [return: Dims("r")]
    public static Expr RowOfExponentials([Dims("r n")] Expr x) => Sum(Exp(x), over: "n");

    /// <summary>Random numbers come in blocks.</summary>
    [Kernel]
    [return: Dims("r")]
    public static Expr RowWithDropout([Dims("r n")] Expr x, float rate = 0.5f, int seed = 1) =>
        Sum(Select(x.Random(seed) < rate - 1, 0, x), over: "n");

    /// <summary>Two loops within a row.</summary>
    [Kernel]
    [return: Dims("r")]
    public static Expr RowOfTwoAxes([Dims("r n d")] Expr x, [Dims("d")] Expr w) => Sum(x * w, over: "n d");

    [Kernel]
    [return: Dims("d")]
    public static Expr Columns([Dims("n d")] Expr x) => Sum(x, over: "n");

    /// <summary>The rows of one sum follow each other, those of the next come after.</summary>
    [Kernel]
    [return: Dims("a d")]
    public static Expr Middle([Dims("a n d")] Expr x) => Sum(x, over: "n");

    /// <summary>The rows of all sums take turns; each is summed along the vector, too.</summary>
    [Kernel]
    [return: Dims("c")]
    public static Expr Channels([Dims("b c h")] Expr x) => Sum(x, over: "b h");

    [Kernel]
    [return: Dims("m n")]
    public static Expr Product([Dims("m k")] Expr x, [Dims("k n")] Expr y) => Sum(x * y, over: "k");

    [Kernel]
    [return: Dims("m n")]
    public static Expr ProductWithBias([Dims("k m")] Expr x, [Dims("n k")] Expr y, [Dims("n")] Expr bias) => Sum(x * y, over: "k") + bias;

    [Kernel]
    [return: Dims("b t f")]
    public static Expr Attention([Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v, [Dims("u")] Expr bias)
    {
        var scores = Sum(q * k, over: "e") + bias;
        var exponentials = Exp(scores - Max(scores, over: "u"));
        return Sum(exponentials / Sum(exponentials, over: "u") * v, over: "u");
    }
}
