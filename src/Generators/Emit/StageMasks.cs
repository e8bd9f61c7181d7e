using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>For each stage the outputs, as bits, that need it.</summary>
internal static class StageMasks
{
    public static Dictionary<int, long> Of(Schedule schedule)
    {
        var masks = schedule.Stages.ToDictionary(s => s.Index, _ => 0L);
        for (var i = 0; i < schedule.Program.Outputs.Count; i++) Mark(schedule.Program.Outputs[i].Value, 1L << i);
        foreach (var stage in schedule.Stages.Reverse())
        {
            // The parts of a block run together or not at all; they follow each other, and all that may need them has been seen.
            if (schedule.BlockOf(stage) is { } block && stage == block.Parts[block.Parts.Count - 1])
            {
                var all = block.Parts.Aggregate(0L, (mask, part) => mask | masks[part.Index]);
                foreach (var part in block.Parts) masks[part.Index] = all;
            }
            foreach (var read in Reads(schedule, stage)) Mark(read, masks[stage.Index]);
        }
        return masks;

        void Mark(int id, long bits)
        {
            if (schedule.StageOf.TryGetValue(id, out var owner)) masks[owner] |= bits;
            else if (schedule.Graph[id].Op == Op.Stack)
                foreach (var part in schedule.Graph[id].Args) Mark(part, bits);
        }
    }

    /// <summary>The values that a stage reads from memory.</summary>
    public static IEnumerable<int> Reads(Schedule schedule, Stage stage)
    {
        var seen = new HashSet<int>();
        var found = new List<int>();
        foreach (var item in stage.Items)
        {
            // A contraction reads its operands, which may be put together anew, rather than the product it was found as.
            if (stage is ContractionStage contraction && item.Node == contraction.Root)
            {
                seen.Add(item.Node);
                Visit(contraction.Contraction.Left, isItem: false);
                Visit(contraction.Contraction.Right, isItem: false);
            }
            else Visit(item.Node, isItem: true);
        }
        return found;

        void Visit(int id, bool isItem)
        {
            if (!seen.Add(id)) return;
            if (!isItem && schedule.IsRead(id, stage)) found.Add(id);
            else
                foreach (var arg in schedule.Graph[id].Args) Visit(arg, isItem: false);
        }
    }
}
