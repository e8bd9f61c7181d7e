using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>Tells reductions that are bound by the latency of adding.</summary>
internal static class ShortWork
{
    /// <summary>Whether an element of what is reduced takes about as long to add as to compute.</summary>
    public static bool IsShort(Schedule schedule, Node reduction) =>
        !reduction.Facts.IsPosition && Left(schedule, reduction, reduction.Args[0], 8) > 0;

    /// <summary>What is left of a budget of simple operations; not positive if it does not suffice.</summary>
    private static int Left(Schedule schedule, Node reduction, int at, int budget)
    {
        var n = schedule.Graph[at];
        // What does not vary along the row is computed outside.
        if (budget <= 0 || n.Args.Count == 0 || schedule.Places.ContainsKey(at) || !n.Axes.Any(reduction.Over.Contains)) return budget;
        if (n.Op == Op.ReduceSum) return budget;
        if (!n.Facts.IsShort) return 0;
        return n.Args.Aggregate(budget - 1, (left, arg) => Left(schedule, reduction, arg, left));
    }
}
