using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Limits;

/// <summary>
/// Each function of the language alone, for its values and slopes far out. (The positive ones are named so for the suite of all kernels.)
/// </summary>
public static partial class LimitKernels
{
    [Kernel]
    [return: Dims("n")]
    public static Expr ExpAlone([Dims("n")] Expr x) => Exp(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr LogAlone([Dims("n")] Expr positive) => Log(positive);

    [Kernel]
    [return: Dims("n")]
    public static Expr SqrtAlone([Dims("n")] Expr positive) => Sqrt(positive);

    [Kernel]
    [return: Dims("n")]
    public static Expr RsqrtAlone([Dims("n")] Expr positive) => Rsqrt(positive);

    [Kernel]
    [return: Dims("n")]
    public static Expr ErfAlone([Dims("n")] Expr x) => Erf(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr TanhAlone([Dims("n")] Expr x) => Tanh(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr SigmoidAlone([Dims("n")] Expr x) => Sigmoid(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr SinAlone([Dims("n")] Expr x) => Sin(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr CosAlone([Dims("n")] Expr x) => Cos(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr AbsAlone([Dims("n")] Expr x) => Abs(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr Relu([Dims("n")] Expr x) => Max(x, 0);

    [Kernel]
    [return: Dims("n")]
    public static Expr NotAbove([Dims("n")] Expr x) => Min(x, 0);

    [Kernel(Differentiable = false)]
    [return: Dims("n")]
    public static Expr FloorAlone([Dims("n")] Expr x) => Floor(x);

    [Kernel]
    [return: Dims("n")]
    public static Expr Larger([Dims("n")] Expr x, [Dims("n")] Expr y) => Max(x, y);

    [Kernel]
    [return: Dims("n")]
    public static Expr Smaller([Dims("n")] Expr x, [Dims("n")] Expr y) => Min(x, y);

    [Kernel]
    [return: Dims("n")]
    public static Expr DifferenceOfTwo([Dims("n")] Expr x, [Dims("n")] Expr y) => Difference(x, y);

    [Kernel]
    [return: Dims("n")]
    public static Expr GateOfTwo([Dims("n")] Expr x, [Dims("n")] Expr y) => Gate(x, y);

    /// <summary>Of so few that the maximum is written out.</summary>
    [Kernel]
    [return: Dims("n d")]
    public static Expr MaxOfPairs([Dims("n (r=2 d)")] Expr x) => Max(x, over: "r");

    /// <summary>Maxima of which only training takes the second.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr MaxInTraining([Dims("n d")] Expr x, [Dims("n k")] Expr y, bool training = false)
    {
        var largest = Max(x, over: "d");
        if (training) largest = largest + Max(y, over: "k");
        return largest;
    }
}

[Recompile(typeof(LimitKernels), Fusion = false)]
public static partial class UnfusedLimitKernels;
