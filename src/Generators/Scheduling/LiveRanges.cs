using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>When each temporary is needed: from the first launch that writes into it to the last one that reads it.</summary>
internal sealed class LiveRanges
{
    private readonly Dictionary<string, (int First, int Last)> ranges = new();
    private readonly Schedule schedule;

    private LiveRanges(Schedule schedule) => this.schedule = schedule;

    public static LiveRanges Of(Schedule schedule)
    {
        var live = new LiveRanges(schedule);
        var number = 0;
        foreach (var parts in schedule.Launches)
        {
            foreach (var part in parts)
            {
                foreach (var item in part.Items) live.Touch(item.Node, number);
                foreach (var read in StageReads.FromMemory(schedule, part)) live.Touch(read, number);
            }
            number++;
        }
        return live;
    }

    /// <summary>The first launch that touches a temporary, and the last; null if none does.</summary>
    public (int First, int Last)? Of(BufferModel temporary) => ranges.TryGetValue(temporary.Name, out var range) ? range : null;

    /// <summary>The temporaries that must exist during a launch, given by its place in the order.</summary>
    public IEnumerable<BufferModel> During(int launch) =>
        schedule.Temporaries.Where(t => Of(t) is { } range && range.First <= launch && launch <= range.Last);

    private void Touch(int id, int launch)
    {
        if (!schedule.Places.TryGetValue(id, out var place)) return;
        var name = place.Buffer.Name;
        ranges[name] = ranges.TryGetValue(name, out var range) ? (range.First, launch) : (launch, launch);
    }
}
