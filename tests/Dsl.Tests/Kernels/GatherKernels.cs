using MageDsl;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Table lookups and the sums they become in the backward pass.</summary>
public static partial class GatherKernels
{
    [Kernel]
    [return: Dims("n t d")]
    public static Expr Rows([Dims("v d")] Expr table, [Ids("n t")] Expr ids) => Gather(table, "v", ids) * 2;

    /// <summary>The index varies along the axis that lies densest in the result.</summary>
    [Kernel]
    [return: Dims("d n")]
    public static Expr Columns([Dims("d v")] Expr table, [Ids("n")] Expr ids) => Gather(table, "v", ids) * 2;

    [Kernel]
    [return: Dims("n")]
    public static Expr Entries([Dims("v")] Expr table, [Ids("n")] Expr ids) => Gather(table, "v", ids) + 1;

    [Kernel]
    [return: Dims("d")]
    public static Expr OneRow([Dims("v d")] Expr table, [Ids("")] Expr id) => Gather(table, "v", id);

    [Kernel]
    [return: Dims("b k d")]
    public static Expr Aligned([Dims("b t d")] Expr x, [Ids("b k")] Expr ids) => Gather(x, "t", ids);

    [Kernel]
    [return: Dims("n")]
    public static Expr AlignedEntries([Dims("n v")] Expr x, [Ids("n")] Expr ids) => Gather(Exp(x), "v", ids);

    [Kernel]
    [return: Dims("b k d")]
    public static Expr AlignedTwice([Dims("b t d")] Expr x, [Ids("b k d")] Expr ids) => Gather(x, "t", ids);

    [Kernel]
    [return: Dims("n d")]
    public static Expr OfComputedTable([Dims("v d")] Expr table, [Dims("d")] Expr scale, [Ids("n")] Expr ids) => Gather(Sin(table) * scale, "v", ids);

    [Kernel]
    [return: Dims("n o")]
    public static Expr OfProjectedTable([Dims("v d")] Expr table, [Dims("d o")] Expr w, [Ids("n")] Expr ids) =>
        Gather(Sum(table * w, over: "d"), "v", ids);

    [Kernel]
    [return: Dims("n d")]
    public static Expr ByComputedIds([Dims("n v")] Expr scores, [Dims("v d")] Expr table) =>
        Gather(table, "v", ArgMax(scores, over: "v")) * Max(scores, over: "v");

    [Kernel]
    [return: Dims("n d")]
    [return: Ids("n")]
    public static (Expr, Expr) Nearest([Dims("n d")] Expr x, [Dims("v d")] Expr table)
    {
        var nearest = ArgMin(Sum(table * table, over: "d") - 2 * Sum(x * table, over: "d"), over: "v");
        return (Gather(table, "v", nearest), nearest);
    }

    [Kernel]
    [return: Dims("n t d")]
    public static Expr PositionsOfTable([Dims("n t d")] Expr x, [Dims("v d")] Expr table) => x + Gather(table, "v", x.Index("t"));

    [Kernel]
    [return: Dims("n d")]
    public static Expr GatherOfGather([Dims("v d")] Expr table, [Ids("w")] Expr order, [Ids("n")] Expr ids) =>
        Gather(table, "v", Gather(order, "w", ids));

    [Kernel]
    [return: Dims("n d")]
    public static Expr TwoLookups([Dims("v d")] Expr table, [Ids("n")] Expr first, [Ids("n")] Expr second) =>
        Gather(table, "v", first) * Gather(table, "v", second);

    [Kernel]
    [return: Dims("n o")]
    public static Expr LookupThenProject([Dims("v d")] Expr table, [Dims("o d")] Expr w, [Ids("n")] Expr ids) =>
        Sum(Gather(table, "v", ids) * w, over: "d");

    [Kernel]
    [return: Dims("n")]
    public static Expr LookupThenSum([Dims("v d")] Expr table, [Ids("n t")] Expr ids) => Sum(Exp(Gather(table, "v", ids)), over: "t d");

    [Kernel]
    [return: Dims("n d")]
    public static Expr SlicedIds([Dims("v d")] Expr table, [Ids("t")] Expr ids) => Gather(table, "v", ids.Slice("t", into: "n", start: 1));

    [Kernel]
    [return: Dims("n d")]
    public static Expr SlicedTable([Dims("v d")] Expr table, [Ids("n")] Expr ids) => Gather(table.Slice("v", into: "w", trim: 1), "w", ids);
}
