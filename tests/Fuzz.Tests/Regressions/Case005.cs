using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>
/// Seed 200693. The gradient needs a costly value twice, in a sum along the row and, seen through a view, in the pass after it: the value put
/// aside for the second pass is that of the place in the row, not that of the place which the view reads.
/// </summary>
public static partial class Case005
{
    [Kernel]
    [return: Dims("a b")]
    public static Expr PickedTimesItself([Dims("a b")] Expr x)
    {
        var v = Tanh(x);
        return v["b", 1] * v;
    }

    [Kernel]
    [return: Dims("n d")]
    public static Expr FirstExponentialOfTheRow([Dims("n d")] Expr x)
    {
        var e = Exp(x);
        return e / Sum(e, over: "d") * e["d", 0];
    }
}

[Recompile(typeof(Case005), Fusion = false)]
public static partial class UnfusedCase005;
