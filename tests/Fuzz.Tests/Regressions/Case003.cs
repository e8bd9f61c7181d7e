using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>Seed 200171. Padded windows of what is looked up: ids were read outside their tensor.</summary>
public static partial class Case003
{
    [Kernel]
    [return: Dims("d y i t")]
    public static Expr PaddedWindowsOfLookUps([Dims("v")] Expr table, [Ids("b t")] Expr ids, [Dims("i d")] Expr w) =>
        Gather(table, "v", ids).Window("b", into: "y", by: "i", like: w, stride: 1, pad: 2) * w;

    /// <summary>The windows run along the vector.</summary>
    [Kernel]
    [return: Dims("t y")]
    public static Expr PaddedWindowsOfDenseLookUps([Dims("v t")] Expr table, [Ids("t b")] Expr ids, [Dims("i")] Expr w) =>
        Sum(Gather(table, "v", ids).Window("b", into: "y", by: "i", like: w, stride: 2, pad: 1) * w, over: "i");
}

[Recompile(typeof(Case003), Fusion = false)]
public static partial class UnfusedCase003;
