using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Scheduling;

/// <summary>In which pass over its rows a loop stage does what.</summary>
internal static class RowPasses
{
    public static bool IsRowReduction(LoopStage stage, int id) => stage.Items.Any(i => i.Node == id && i.Kind == ItemKind.RowReduction);

    /// <summary>How many passes must be over before an item can be computed.</summary>
    public static int Depth(Schedule schedule, LoopStage stage, Item item)
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
