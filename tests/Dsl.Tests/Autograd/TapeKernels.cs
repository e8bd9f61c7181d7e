using static MageDsl.Ops;

namespace MageDsl.Tests.Autograd;

/// <summary>Kernels whose backward passes read different things.</summary>
public static partial class TapeKernels
{
    /// <summary>The gradient of each reads the other.</summary>
    [Kernel]
    [return: Dims("")]
    public static Expr Dot([Dims("n")] Expr x, [Dims("n")] Expr y) => Sum(x * y, over: "n");

    /// <summary>The gradient reads nothing.</summary>
    [Kernel]
    [return: Dims("")]
    public static Expr Total([Dims("n")] Expr x) => Sum(x, over: "n");

    /// <summary>No gradient reads anything.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Shift([Dims("n")] Expr x, [Dims("n")] Expr y) => x + 2 * y;

    /// <summary>The gradient reads the result.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Exponential([Dims("n")] Expr x) => Exp(x);

    /// <summary>The gradient reads x, the result, and a sum that is kept for it.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Unit([Dims("n")] Expr x) => x / Sqrt(Sum(x * x, over: "n"));

    /// <summary>The gradient reads the ids.</summary>
    [Kernel]
    [return: Dims("k")]
    public static Expr Pick([Dims("n")] Expr x, [Ids("k")] Expr ids) => Gather(x, "n", ids);

    /// <summary>No gradient comes to x.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Blocked([Dims("n")] Expr x, [Dims("n")] Expr y) => StopGradient(x) + y;

    /// <summary>Changes w in place.</summary>
    [Kernel(Differentiable = false)]
    [return: Dims("n"), Into("w")]
    public static Expr Step([Dims("n")] Expr w, [Dims("n")] Expr g) => w - 0.1f * g;
}

/// <summary>The same with one launch per primitive.</summary>
[Recompile(typeof(TapeKernels), Fusion = false)]
public static partial class UnfusedTapeKernels;
