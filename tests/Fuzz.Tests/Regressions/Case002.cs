using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>Beside Case001: random numbers of strided windows were drawn at one position for a whole vector of the gradient.</summary>
public static partial class Case002
{
    [Kernel]
    [return: Dims("b y")]
    public static Expr DropoutOfStridedWindows([Dims("b h")] Expr x, [Dims("i")] Expr w, int seed)
    {
        var sum = Sum(x.Window("h", into: "y", by: "i", like: w, stride: 2, pad: 1) * w, over: "i");
        return Select(sum.Random(seed, 0) < 0.5f, 0, sum * 2);
    }
}

[Recompile(typeof(Case002), Fusion = false)]
public static partial class UnfusedCase002;
