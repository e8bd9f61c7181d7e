using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>
/// Seeds 40030, 40151 and 40158. What a slice, or the strides of a window, leave out is reached by nothing; there exponentials and powers
/// may overflow or vanish at ordinary numbers, and 0 times infinity, or 0 divided by 0, was NaN.
/// </summary>
public static partial class Case010
{
    [Kernel]
    [return: Dims("k t")]
    public static Expr LogSumExpCut([Dims("b t u")] Expr x) =>
        Log(Sum(Exp(x * Select(x.Index("b") == 0, 1e5f, 1)), over: "u")).Slice("b", into: "k", start: 1, trim: 1);

    [Kernel]
    [return: Dims("k t")]
    public static Expr PowerCut([Dims("b t")] Expr x, [Dims("b t")] Expr exponent) =>
        Pow(Exp(x) + 1, exponent * Select(exponent.Index("b") == 0, 1e5f, 1)).Slice("b", into: "k", start: 1, trim: 1);

    [Kernel]
    [return: Dims("c y i=1")]
    public static Expr SaturatedInStrides([Dims("c a")] Expr x, [Dims("i=1")] Expr like) =>
        Tanh(Exp(x * Select(x.Index("a") == 0, 1e5f, 1))).Window("a", into: "y", by: "i", like: like, stride: 2, pad: 1);
}

[Recompile(typeof(Case010), Fusion = false)]
public static partial class UnfusedCase010;
