using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>
/// Seed 40513. Two row blocks of a backward pass: the second needs what the first leaves, and one stage of the first came before it, so that the
/// first was launched as a whole before what it reads.
/// </summary>
public static partial class Case011
{
    [Kernel(Scores = Scores.Recompute)]
    [return: Dims("t (e w)")]
    public static Expr ScoresAgain([Dims("t s=3 (b e)")] Expr x, [Dims("t b")] Expr other, [Size("e")] int e)
    {
        var keys = x["s", 1].Rename("t", into: "w");
        var scores = Sum(x["s", 0] * keys, over: "e");
        var bounded = Sin(scores);
        var mixed = Sum(Exp(bounded - Max(bounded, over: "w")) * x["s", 2].Rename("t", into: "w"), over: "w");
        return Sum(Select(mixed.Index("t") > mixed.Index("b"), mixed, other) * scores, over: "b");
    }
}

[Recompile(typeof(Case011), Fusion = false)]
public static partial class UnfusedCase011;
