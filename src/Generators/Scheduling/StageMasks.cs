using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>For each stage the outputs, as bits, that need it.</summary>
internal static class StageMasks
{
    public static Dictionary<int, long> Of(Schedule schedule)
    {
        var masks = schedule.Stages.ToDictionary(s => s.Index, _ => 0L);
        for (var i = 0; i < schedule.Program.Outputs.Count; i++) Mark(schedule.Program.Outputs[i].Value, 1L << i);
        foreach (var launch in schedule.Launches.Reverse())
        {
            // What is launched at once runs together or not at all, and all later launches that may need it have been seen.
            var all = launch.Aggregate(0L, (mask, part) => mask | masks[part.Index]);
            foreach (var part in launch)
            {
                masks[part.Index] = all;
                foreach (var read in StageReads.FromMemory(schedule, part)) Mark(read, all);
            }
        }
        return masks;

        void Mark(int id, long bits)
        {
            if (schedule.StageOf.TryGetValue(id, out var owner)) masks[owner] |= bits;
            else if (schedule.Graph[id].Op == Op.Stack)
                foreach (var part in schedule.Graph[id].Args) Mark(part, bits);
        }
    }
}
