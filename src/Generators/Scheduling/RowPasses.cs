using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Scheduling;

/// <summary>In which pass over its rows a loop stage does what.</summary>
internal static class RowPasses
{
    public static bool IsRowReduction(LoopStage stage, int id) => stage.Items.Any(i => i.Node == id && i.Kind == ItemKind.RowReduction);

    /// <summary>How often a loop goes through its rows: what is known of a row afterwards takes no pass of its own.</summary>
    public static int Count(Schedule schedule, LoopStage stage) =>
        1 + stage.Items.Where(i => i.Kind != ItemKind.Value || schedule.Graph.Axes(i.Node).Count == stage.Space.Count)
            .Max(i => Depth(schedule, stage, i));

    /// <summary>
    /// How many passes are over before an item is computed: those that it needs. If nothing is put aside, what parts of a row block pass on is
    /// computed in the last of them, so that it may lie where something was that until then is read.
    /// </summary>
    public static int Depth(Schedule schedule, LoopStage stage, Item item)
    {
        var isPassedOn = !schedule.Target.PutsAside && schedule.Places.TryGetValue(item.Node, out var place) && place.IsScratch;
        return isPassedOn && item.Kind == ItemKind.Value
            ? stage.Items.Where(IsByElement).Append(item).Max(i => Needed(schedule, stage, i))
            : Needed(schedule, stage, item);

        bool IsByElement(Item other) => other.Kind != ItemKind.Value || schedule.Graph.Axes(other.Node).Count == stage.Space.Count;
    }

    private static int Needed(Schedule schedule, LoopStage stage, Item item)
    {
        var known = new Dictionary<int, int>();
        return item.Kind == ItemKind.Value ? Of(item.Node) : Of(schedule.Graph[item.Node].Args[0]);

        int Of(int id)
        {
            if (known.TryGetValue(id, out var depth)) return depth;
            if (schedule.IsRead(id, stage)) depth = 0;
            else if (IsRowReduction(stage, id)) depth = Of(schedule.Graph[id].Args[0]) + 1;
            else depth = schedule.Graph[id].Args.Select(Of).DefaultIfEmpty(0).Max();
            known[id] = depth;
            return depth;
        }
    }
}
