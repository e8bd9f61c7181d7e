using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>Seed 7016. The gradient of a contraction under selections has the factor 2 twice, and lost one of them.</summary>
public static partial class Case009
{
    [Kernel]
    [return: Dims("b t d")]
    public static Expr DoubledTwiceWhereLarge([Dims("b t f")] Expr x, [Dims("f d")] Expr weight)
    {
        var product = Sum(x * weight, over: "f");
        var once = Select(product >= 0.5f, product * 2, 0);
        return Select(once >= 0.5f, once * 2, 0);
    }
}

[Recompile(typeof(Case009), Fusion = false)]
public static partial class UnfusedCase009;
