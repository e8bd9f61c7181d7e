using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Finds loops along rows and across them that read the same: on the way back of a layer norm a row's gradient takes two sums of the row, and those
/// of scale and shift are sums across all rows of the same elements.
/// </summary>
internal sealed class LoopPairs
{
    private readonly Schedule schedule;
    private readonly Graph graph;
    private readonly IReadOnlyList<Stage> stages;

    private LoopPairs(Schedule schedule)
    {
        this.schedule = schedule;
        graph = schedule.Graph;
        stages = schedule.Stages.Where(s => s.Items.Count > 0).ToArray();
    }

    /// <summary>The schedule with such pairs; of several loops across rows the first that there is goes with one.</summary>
    public static Schedule Find(Schedule schedule) => schedule with { Pairs = new LoopPairs(schedule).All() };

    private IReadOnlyList<LoopPair> All()
    {
        var found = new List<LoopPair>();
        foreach (var rows in Loops.Where(IsAlongRows))
        {
            var sums = Loops.FirstOrDefault(s => !found.Any(p => p.Loops.Contains(s)) && IsAcross(rows, s) && MayMoveTo(rows, s));
            if (sums != null) found.Add(new LoopPair(rows, sums));
        }
        return found;
    }

    private IEnumerable<LoopStage> Loops => stages.OfType<LoopStage>().Where(l => schedule.BlockOf(l) is null);

    /// <summary>
    /// Whether all that a loop reads and writes of elements lies along its rows, and it goes through them again when it has summed them up.
    /// </summary>
    private bool IsAlongRows(LoopStage loop) => loop.Inner is { Count: > 0 } inner && HasRows(loop)
        && RowPasses.Count(graph, schedule.StageOf, loop) > 1 && Elements(loop).All(e => e.Axes.Last() == inner[inner.Count - 1]);

    /// <summary>Whether another loop sums up over all of a loop's rows, once, much of what that one has at hand.</summary>
    private bool IsAcross(LoopStage rows, LoopStage sums) => sums != rows && HasRows(sums)
        && sums.Outer.SequenceEqual(rows.Inner!) && sums.Inner!.IsSameSetAs(rows.Outer)
        && sums.Items.All(i => !graph[i.Node].Facts.IsPosition) && RowPasses.Count(graph, schedule.StageOf, sums) == 1
        && Elements(sums).ToArray() is { Length: > 0 } elements && elements.All(e => e.Axes.Last() == rows.Inner![rows.Inner.Count - 1])
        && elements.Intersect(Elements(rows)).Any();

    private static bool HasRows(LoopStage loop) =>
        loop.Items.Any(i => i.Kind == ItemKind.RowReduction) && loop.Items.All(i => i.Kind is ItemKind.RowReduction or ItemKind.Value);

    /// <summary>The places that a loop reads or writes an element of for each of its own.</summary>
    private IEnumerable<Place> Elements(LoopStage loop) => StageReads.FromMemory(schedule, loop).Concat(loop.Items.Select(i => i.Node))
        .Where(id => schedule.Places.ContainsKey(id) && graph.Axes(id).Count == loop.Space.Count).Select(id => schedule.Places[id]);

    /// <summary>
    /// Whether a loop can run when another before it does: nothing that it reads comes to be in between, and of the other's own it has each element
    /// at its place.
    /// </summary>
    private bool MayMoveTo(LoopStage rows, LoopStage sums)
    {
        var order = stages.ToList();
        var (to, from) = (order.IndexOf(rows), order.IndexOf(sums));
        return to < from && StageReads.Below(schedule.Program, sums.Items.Select(i => i.Node), id => schedule.IsRead(id, sums))
            .All(read => Writers(read.Value).All(w => order.FindIndex(s => s.Index == w) is var at && (at < to || at == to && !read.Remapped.Any())));
    }

    /// <summary>The stages that a value comes from.</summary>
    private IEnumerable<int> Writers(int id) => (graph[id].Op == Op.Stack ? graph[id].Args : new[] { id }.ToEquatable())
        .Where(schedule.StageOf.ContainsKey).Select(v => schedule.StageOf[v]);
}
