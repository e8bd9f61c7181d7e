using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>When each temporary is needed: from the first stage that writes into it to the last one that reads it.</summary>
internal sealed class LiveRanges
{
    private readonly Dictionary<string, (int First, int Last)> ranges = new();
    private readonly Schedule schedule;

    public LiveRanges(Schedule schedule)
    {
        this.schedule = schedule;
        foreach (var stage in schedule.Stages.Where(s => s.Items.Count > 0))
        {
            foreach (var item in stage.Items) Touch(item.Node, stage.Index);
            foreach (var read in StageMasks.Reads(schedule, stage)) Touch(read, stage.Index);
        }
    }

    /// <summary>The first and the last stage that touch a temporary.</summary>
    public (int First, int Last) Of(BufferModel temporary) => ranges[temporary.Name];

    /// <summary>The temporaries that must exist while a stage runs.</summary>
    public IEnumerable<BufferModel> During(Stage stage) =>
        schedule.Temporaries.Where(t => ranges.TryGetValue(t.Name, out var range) && range.First <= stage.Index && stage.Index <= range.Last);

    private void Touch(int id, int stage)
    {
        if (!schedule.Places.TryGetValue(id, out var place)) return;
        var name = place.Buffer.Name;
        ranges[name] = ranges.TryGetValue(name, out var range) ? (range.First, stage) : (stage, stage);
    }
}
