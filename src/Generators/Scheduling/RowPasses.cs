using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>In which pass over its rows a loop stage does what.</summary>
internal static class RowPasses
{
    public static bool IsRowReduction(LoopStage stage, int id) => stage.Items.Any(i => i.Node == id && i.Kind == ItemKind.RowReduction);

    /// <summary>How often a loop goes through its rows: what is known of a row afterwards takes no pass of its own.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="stageOf">The stage that is responsible for a value.</param>
    /// <param name="stage">The loop.</param>
    public static int Count(Graph graph, IReadOnlyDictionary<int, int> stageOf, LoopStage stage) =>
        1 + stage.Items.Where(i => IsByElement(graph, stage, i)).Select(i => Needed(graph, stageOf, stage, i)).DefaultIfEmpty(0).Max();

    /// <summary>
    /// How many passes are over before an item is computed: those that it needs. If nothing is put aside, what parts of a row block pass on is
    /// computed in the last of them, so that it may lie where something was that until then is read.
    /// </summary>
    public static int Depth(Schedule schedule, LoopStage stage, Item item)
    {
        var isPassedOn = !schedule.Target.PutsAside && schedule.Places.TryGetValue(item.Node, out var place) && place.IsScratch;
        return isPassedOn && item.Kind == ItemKind.Value
            ? stage.Items.Where(i => IsByElement(schedule.Graph, stage, i)).Append(item).Max(i => Needed(schedule.Graph, schedule.StageOf, stage, i))
            : Needed(schedule.Graph, schedule.StageOf, stage, item);
    }

    /// <summary>Whether an item is computed or combined in a pass, and not of what is known of a row.</summary>
    private static bool IsByElement(Graph graph, LoopStage stage, Item item) =>
        item.Kind != ItemKind.Value || graph.Axes(item.Node).Count == stage.Space.Count;

    private static int Needed(Graph graph, IReadOnlyDictionary<int, int> stageOf, LoopStage stage, Item item)
    {
        var known = new Dictionary<int, int>();
        return item.Kind == ItemKind.Value ? Of(item.Node) : Of(graph[item.Node].Args[0]);

        int Of(int id)
        {
            if (known.TryGetValue(id, out var depth)) return depth;
            if (StageReads.IsFromMemory(graph, id, stage, stageOf)) depth = 0;
            else if (IsRowReduction(stage, id)) depth = Of(graph[id].Args[0]) + 1;
            else depth = graph[id].Args.Select(Of).DefaultIfEmpty(0).Max();
            known[id] = depth;
            return depth;
        }
    }
}
