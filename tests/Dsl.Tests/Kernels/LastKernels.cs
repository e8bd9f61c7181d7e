using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Picks that count from the end.</summary>
public static partial class LastKernels
{
    [Kernel]
    [return: Dims("d")]
    public static Expr Last([Dims("t d")] Expr x) => x["t", -1] * x["t", -2];

    /// <summary>Along the densest axis.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr LastColumn([Dims("n d")] Expr x) => x["d", -3] + x["d", 0] * x["d", -1];

    [Kernel]
    [return: Dims("n e")]
    public static Expr LastOfThree([Dims("n (s=3 e)")] Expr x) => x["s", -1] * x["s", 0] + x["s", -3];

    [Kernel]
    [return: Dims("n o")]
    public static Expr LastTimesMatrix([Dims("n t d")] Expr x, [Dims("o d")] Expr w) =>
        Sum(Exp(x.Rename("t", into: "u"))["u", -1] * w, over: "d") + Sum(x["t", -2] * w, over: "d") * Sum(x * w, over: "d")["t", -1];

    [Kernel]
    [return: Dims("n d")]
    public static Expr LastLookedUp([Dims("n v d")] Expr x, [Ids("n t")] Expr at) => Gather(x, "v", at["t", -1]);

    [Kernel]
    [return: Dims("n")]
    public static Expr LastPosition([Dims("n t")] Expr x) => Gather(x, "t", x.Index("t")["t", -1]) * x.Index("t")["t", -1];

    [Kernel]
    [return: Dims("n y", "n")]
    public static (Expr, Expr) LastOfWindows([Dims("n h")] Expr x, [Dims("i")] Expr w)
    {
        var windows = x.Window("h", into: "y", by: "i", like: w, stride: 2, pad: 1);
        return (Sum(windows * w, over: "i") + windows["i", -1], Sum(windows["y", -1] * w, over: "i"));
    }

    [Kernel]
    [return: Dims("n")]
    public static Expr LastOfSlice([Dims("n t")] Expr x) => Exp(x).Slice("t", into: "u", start: 1, trim: 1)["u", -1] * Sum(x, over: "t");
}
