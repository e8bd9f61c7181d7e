using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>Seed 100003. Positions of strided windows, in the gradient of what was windowed: the compiler refused them.</summary>
public static partial class Case001
{
    [Kernel]
    [return: Dims("y b c")]
    public static Expr PositionsOfStridedWindows([Dims("h b")] Expr x, [Dims("i c")] Expr w)
    {
        var sum = Sum(x.Window("h", into: "y", by: "i", like: w, stride: 3, pad: 0) * w, over: "i");
        return Select(sum.Index("y") == 3, sum, 1.0f);
    }
}

[Recompile(typeof(Case001), Fusion = false)]
public static partial class UnfusedCase001;
