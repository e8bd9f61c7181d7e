using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Results: several, shared, repeated, transposed, of ids, written in place; and names that generated code uses itself.</summary>
public static partial class ResultKernels
{
    [Kernel]
    [return: Dims("n d")]
    public static Expr Itself([Dims("n d")] Expr x) => x;

    [Kernel]
    [return: Dims("d n")]
    public static Expr Transposed([Dims("n d")] Expr x) => x;

    [Kernel]
    [return: Dims("b c (h r=2) (w s=2)")]
    public static Expr Upsampled([Dims("b c h w")] Expr image) => Exp(image);

    [Kernel]
    [return: Dims("n (d r=3)")]
    public static Expr Repeated([Dims("n d")] Expr x) => x;

    [Kernel(Differentiable = false)]
    [return: Dims("n d")]
    public static Expr Constant([Dims("n d")] Expr x) => 2 + 0 * x;

    [Kernel]
    [return: Dims("n d", "n d")]
    public static (Expr, Expr) Same([Dims("n d")] Expr x)
    {
        var y = Exp(x);
        return (y, y);
    }

    [Kernel]
    [return: Dims("n d", "d n", "n")]
    public static (Expr, Expr, Expr) Shared([Dims("n d")] Expr x, [Dims("n d")] Expr y)
    {
        var z = x * y;
        return (z, Exp(z) + z, Sum(z, over: "d"));
    }

    [Kernel]
    [return: Dims("n", "d", "")]
    public static (Expr, Expr, Expr) Sums([Dims("n d")] Expr x) => (Sum(x * x, over: "d"), Sum(Exp(x), over: "n"), Mean(x, over: "n d"));

    [Kernel]
    [return: Dims("n d", "n d")]
    public static (Expr, Expr) OneOfEach([Dims("n d")] Expr x, [Dims("n d")] Expr y) => (x * x, Tanh(y));

    [Kernel]
    [return: Dims("n d")]
    public static Expr Unused([Dims("n d")] Expr x, [Dims("n")] Expr y) => x * x + 0 * y;

    [Kernel]
    [return: Dims("n d", "n d")]
    public static (Expr, Expr) StatisticsFirst([Dims("n d")] Expr x)
    {
        var mean = Mean(x, over: "d");
        return (mean, x - mean);
    }

    /// <summary>Parameters and axes with the names that generated code likes for itself.</summary>
    [Kernel]
    [return: Dims("row inner")]
    public static Expr Names(
        [Dims("row rows")] Expr kernel, [Dims("rows inner")] Expr type, [Dims("inner")] Expr results, [Dims("row")] Expr leading,
        [Dims("row")] Expr t1, [Dims("row")] Expr saved0, [Dims("row")] Expr result0,
        [Dims("row")] Expr wanted, float stage = 2, float gradients = 3, float needed = 1)
    {
        var product = Exp(Sum(kernel * type, over: "rows") + results);
        return product / Sum(product, over: "inner") * leading * stage
            + Max(product, over: "inner") * gradients + t1 * saved0 * result0 * wanted * needed;
    }

    [Kernel]
    [return: Dims("... rows")]
    public static Expr RowsBesideLeading([Dims("... rows")] Expr x, [Dims("rows")] Expr y) => x * y;

    [Kernel]
    [return: Dims("n h w h_w")]
    public static Expr MergedName([Dims("n h w h_w")] Expr x, [Dims("n")] Expr y) => x * y;

    [Kernel(Differentiable = false)]
    [return: Dims("n d", "n d")]
    [return: Into("a", "b")]
    public static (Expr, Expr) Butterfly([Dims("n d")] Expr a, [Dims("n d")] Expr b) => (a + b, a - b);

    [Kernel(Differentiable = false)]
    [return: Dims("n d", "n d")]
    [return: Into("a", "b")]
    public static (Expr, Expr) Swap([Dims("n d")] Expr a, [Dims("n d")] Expr b) => (b * 2, a + 1);

    [Kernel(Differentiable = false)]
    [return: Dims("n d")]
    [return: Into("a")]
    public static Expr Scale([Dims("n d")] Expr a, [Dims("n")] Expr b, float by = 2) => a * by * b;

    [Kernel(Differentiable = false)]
    [return: Dims("n d", "n d", "n d")]
    [return: Into("a", "b", "c")]
    public static (Expr, Expr, Expr) Rotate([Dims("n d")] Expr a, [Dims("n d")] Expr b, [Dims("n d")] Expr c)
    {
        var mean = (a + b + c) / 3;
        return (b, c - mean, a * mean);
    }
}
