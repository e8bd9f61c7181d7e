using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Sums of products in every arrangement of axes, with what goes before and after them.</summary>
public static partial class ContractionKernels
{
    [Kernel]
    [return: Dims("n m")]
    public static Expr RowsByRows([Dims("n k")] Expr a, [Dims("m k")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr RowsByColumns([Dims("n k")] Expr a, [Dims("k m")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr ColumnsByRows([Dims("k n")] Expr a, [Dims("m k")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("m n")]
    public static Expr ColumnsByColumns([Dims("k n")] Expr a, [Dims("k m")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("b n m")]
    public static Expr Batched([Dims("b n k")] Expr a, [Dims("b k m")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("n b m")]
    public static Expr BatchInside([Dims("n b k")] Expr a, [Dims("k b m")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("n m b")]
    public static Expr BatchLast([Dims("n k b")] Expr a, [Dims("m k b")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("p n q m")]
    public static Expr SeveralAxes([Dims("p n k l")] Expr a, [Dims("q m k l")] Expr b) => Sum(a * b, over: "k l");

    [Kernel]
    [return: Dims("n q p m")]
    public static Expr SeveralAxesMixed([Dims("k p l n")] Expr a, [Dims("l q k m")] Expr b) => Sum(a * b, over: "l k");

    [Kernel]
    [return: Dims("b t (h e)")]
    public static Expr ToHeads([Dims("b t d")] Expr x, [Dims("(h e) d")] Expr w, [Size("h")] int heads = 2) => Sum(x * w, over: "d");

    [Kernel]
    [return: Dims("h b t e")]
    public static Expr ToOuterHeads([Dims("b t d")] Expr x, [Dims("(h e) d")] Expr w, [Size("h")] int heads = 2) => Sum(x * w, over: "d");

    [Kernel]
    [return: Dims("n m")]
    public static Expr ThreeFactors([Dims("n k")] Expr a, [Dims("m k")] Expr b, [Dims("k")] Expr w) => Sum(a * b * w, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr MaskedOutside([Dims("n k")] Expr a, [Dims("m k")] Expr b, [Dims("n m")] Expr mask) => Sum(a * mask * b, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr ThreeWide([Dims("n k")] Expr a, [Dims("m k")] Expr b, [Dims("n m k")] Expr c) => Sum(a * b * c, over: "k");

    [Kernel]
    [return: Dims("n o")]
    public static Expr Chain([Dims("n k")] Expr a, [Dims("k m")] Expr b, [Dims("m o")] Expr c) => Sum(Sum(a * b, over: "k") * c, over: "m");

    [Kernel]
    [return: Dims("n o")]
    public static Expr Bilinear([Dims("n k")] Expr a, [Dims("o k m")] Expr w, [Dims("n m")] Expr b) => Sum(a * w * b, over: "k m");

    [Kernel]
    [return: Dims("n m")]
    public static Expr Gram([Dims("n k")] Expr a) => Sum(a * a.Rename("n", "m"), over: "k");

    [Kernel]
    [return: Dims("n")]
    public static Expr DotProducts([Dims("n k")] Expr a, [Dims("n k")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("")]
    public static Expr DotProduct([Dims("k")] Expr a, [Dims("k")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("n")]
    public static Expr MatrixVector([Dims("n k")] Expr a, [Dims("k")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("k")]
    public static Expr VectorMatrix([Dims("n k")] Expr a, [Dims("n")] Expr b) => Sum(a * b, over: "n");

    [Kernel]
    [return: Dims("n m")]
    public static Expr OuterProduct([Dims("n")] Expr a, [Dims("m")] Expr b) => a * b;

    [Kernel]
    [return: Dims("n m")]
    public static Expr SumOfOuterProducts([Dims("b n")] Expr a, [Dims("b m")] Expr b) => Sum(a * b, over: "b");

    [Kernel]
    [return: Dims("n m")]
    public static Expr Prologue([Dims("n k")] Expr a, [Dims("k")] Expr s, [Dims("m k")] Expr b) => Sum((a * s + 1) * (b - s), over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr ExpensivePrologue([Dims("n k")] Expr a, [Dims("m k")] Expr b) => Sum(Exp(a) * Tanh(b), over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr Epilogue(
        [Dims("n k")] Expr a, [Dims("m k")] Expr b, [Dims("m")] Expr bias, [Dims("n")] Expr scale, [Dims("m n")] Expr residual) =>
        residual + Tanh(Sum(a * b, over: "k") * scale + bias);

    [Kernel]
    [return: Dims("n m")]
    public static Expr SoftmaxAfter([Dims("n k")] Expr a, [Dims("m k")] Expr b)
    {
        var e = Exp(Sum(a * b, over: "k"));
        return e / Sum(e, over: "m");
    }

    [Kernel]
    [return: Dims("n m")]
    public static Expr TwoAdded([Dims("n k")] Expr a, [Dims("m k")] Expr b, [Dims("n l")] Expr c, [Dims("m l")] Expr d) =>
        Sum(a * b, over: "k") * Sigmoid(Sum(c * d, over: "l"));

    [Kernel]
    [return: Dims("n m", "n")]
    public static (Expr, Expr) UsedTwice([Dims("n k")] Expr a, [Dims("m k")] Expr b)
    {
        var product = Sum(a * b, over: "k");
        return (Exp(product) - product, Mean(product * product, over: "m"));
    }

    [Kernel]
    [return: Dims("n m")]
    public static Expr SharedOperand([Dims("n k")] Expr a, [Dims("k m")] Expr b, [Dims("k m")] Expr c) =>
        Sum(a * b, over: "k") * Sum(a * c, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr SquaredDistances([Dims("n k")] Expr a, [Dims("m k")] Expr b) => Sum((a - b) * (a - b), over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr WithIds([Dims("n k")] Expr a, [Ids("m k")] Expr b) => Sum(a * b, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr CausalAverage([Dims("n k")] Expr a, [Dims("k m")] Expr b) => Sum(Select(a.Index("n") >= a.Index("k"), a, 0) * b, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr Negated([Dims("n k")] Expr a, [Dims("k m")] Expr b) => -Sum(-a * b, over: "k") - Sum(a / 3 * b, over: "k");

    [Kernel]
    [return: Dims("n m")]
    public static Expr DroppedAfter([Dims("n k")] Expr a, [Dims("m k")] Expr b, [Dims("n m")] Expr residual, int seed)
    {
        var product = Sum(a * b, over: "k");
        return residual + Select(product.Random(seed, 1) < 0.25f, 0, product * product);
    }

    [Kernel]
    [return: Dims("b t d")]
    public static Expr LinearAttention([Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u d")] Expr v) =>
        Sum(Sigmoid(q) * Sum(Exp(k) * v, over: "u"), over: "e");

    [Kernel]
    [return: Dims("")]
    public static Expr QuadraticForm([Dims("n")] Expr x, [Dims("n m")] Expr a) => Sum(x * a * x.Rename("n", "m"), over: "n m");

    [Kernel]
    [return: Dims("n m")]
    public static Expr NormalisedRows([Dims("n k")] Expr a, [Dims("m k")] Expr b)
    {
        var unit = a * Rsqrt(Sum(a * a, over: "k") + 0.5f);
        return Sum(unit * b, over: "k");
    }

    [Kernel]
    [return: Dims("... m")]
    public static Expr OfLeading([Dims("... k")] Expr a, [Dims("m k")] Expr b, [Dims("...")] Expr s) => Sum(a * b, over: "k") * s;
}
