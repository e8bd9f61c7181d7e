using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>Seed 200272. A look-up lane by lane in what follows a contraction: two variables of the generated code had one name.</summary>
public static partial class Case004
{
    [Kernel]
    [return: Dims("u")]
    public static Expr ProductOfScoresAndLookedUpScores([Dims("d t")] Expr x, [Dims("u d")] Expr w, [Ids("t")] Expr ids)
    {
        var scores = Sum(x * w, over: "d");
        return Sum(scores * Gather(scores, "u", ids), over: "t");
    }

    [Kernel]
    [return: Dims("m n")]
    public static Expr ScaleOfColumnsLookedUp([Dims("m k")] Expr x, [Dims("k n")] Expr w, [Dims("v")] Expr scale, [Ids("n")] Expr ids) =>
        Sum(x * w, over: "k") * Gather(scale, "v", ids);
}

[Recompile(typeof(Case004), Fusion = false)]
public static partial class UnfusedCase004;
