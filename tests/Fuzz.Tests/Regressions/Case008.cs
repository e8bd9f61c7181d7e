using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>
/// Seed 710065. The backward pass is a row block whose loop sums along an axis of the row that it does not run along, for another part of the
/// same block.
/// </summary>
public static partial class Case008
{
    [Kernel]
    [return: Dims("t h b e")]
    public static Expr WeightedByExponentials([Dims("b e w")] Expr values, [Dims("t w h b")] Expr scores)
        => Sum(Exp(scores - Max(scores, over: "w")) * values, over: "w");
}

[Recompile(typeof(Case008), Fusion = false)]
public static partial class UnfusedCase008;
