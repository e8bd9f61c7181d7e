using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Where a program's temporaries lie: in the slots of one arena, each taken in turn by values that are not alive at the same time. A
/// result may take over the slot of an argument in the stage that reads the argument for the last time (<see cref="InPlace"/>).
/// </summary>
/// <remarks>
/// Sizes are known at launch only, so slots are filled by structure: values of many axes first, each into a slot that is as large
/// already if there is one. A slot is as large as its largest value; the arena is never larger than the temporaries side by side.
/// A value is alive from the first launch that touches it to the last, whichever of them are left out.
/// </remarks>
internal sealed class MemoryPlan
{
    /// <summary>Slots begin at multiples of this.</summary>
    private const int Alignment = 64;

    private readonly Schedule schedule;
    private readonly IReadOnlyList<IReadOnlyList<Stage>> launches;
    private readonly Dictionary<BufferModel, (int First, int Last)> alive = new();
    private readonly List<List<BufferModel>> slots = new();

    private MemoryPlan(Schedule schedule)
    {
        this.schedule = schedule;
        launches = schedule.Launches.ToArray();
    }

    /// <summary>Places the temporaries of a schedule.</summary>
    public static MemoryPlan Of(Schedule schedule)
    {
        var plan = new MemoryPlan(schedule);
        var ranges = LiveRanges.Of(schedule);
        foreach (var buffer in schedule.Temporaries)
            if (ranges.Of(buffer) is { } range) plan.alive.Add(buffer, range);
        foreach (var buffer in schedule.Temporaries.Where(plan.alive.ContainsKey).OrderByDescending(plan.Degree).ThenBy(b => plan.alive[b].First))
        {
            plan.Assign(buffer);
        }
        return plan;
    }

    /// <summary>The temporaries of each slot, the largest (as far as can be told) first.</summary>
    public IReadOnlyList<IReadOnlyList<BufferModel>> Slots => slots;

    /// <summary>The first launch that touches a temporary, and the last.</summary>
    public (int First, int Last) Alive(BufferModel buffer) => alive[buffer];

    /// <summary>The bytes of the arena.</summary>
    /// <param name="size">The size of an axis of the kernel.</param>
    /// <param name="realBytes">The bytes of a real: 4 or 8.</param>
    /// <param name="wanted">Whether a launch needs a temporary; null for all.</param>
    public long Bytes(Func<string, long> size, int realBytes, Func<BufferModel, bool>? wanted = null) =>
        slots.Sum(s => Aligned(s.Max(b => wanted?.Invoke(b) == false ? 0 : BytesOf(b, size, realBytes))));

    /// <summary>What the temporaries would take with memory of their own each.</summary>
    public long BytesUnshared(Func<string, long> size, int realBytes) => slots.Sum(s => s.Sum(b => Aligned(BytesOf(b, size, realBytes))));

    /// <summary>The bytes of one temporary.</summary>
    public static long BytesOf(BufferModel buffer, Func<string, long> size, int realBytes) =>
        Factors(buffer).Aggregate(buffer.Type == ValueType.Ids ? 4L : realBytes, (bytes, axis) => bytes * size(axis));

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static IEnumerable<string> Factors(BufferModel buffer) => buffer.Axes.SelectMany(a => a.Split('*'));

    /// <summary>A guess at how large a value is: the number of axes whose size is open.</summary>
    private int Degree(BufferModel buffer) => Factors(buffer).Count(a => !schedule.Program.FixedSizes.ContainsKey(a));

    private void Assign(BufferModel buffer)
    {
        var free = slots.Where(s => s.All(other => MayShare(buffer, other))).ToArray();
        var slot = free.FirstOrDefault(s => s.Any(other => Touches(buffer, other) && Covers(other, buffer)))
            ?? free.FirstOrDefault(s => s.Any(other => Covers(other, buffer) && Covers(buffer, other)))
            ?? free.FirstOrDefault(s => s.Any(other => Covers(other, buffer)))
            ?? free.FirstOrDefault();
        if (slot is null) slots.Add(slot = new List<BufferModel>());
        slot.Add(buffer);
    }

    /// <summary>Whether the first value is at least as large as the second, whatever the sizes.</summary>
    private static bool Covers(BufferModel large, BufferModel small)
    {
        var left = Factors(large).ToList();
        return (large.Type != ValueType.Ids || small.Type == ValueType.Ids) && (!large.IsShort || small.IsShort) && Factors(small).All(left.Remove);
    }

    /// <summary>Whether one value begins in the launch in which the other ends.</summary>
    private bool Touches(BufferModel a, BufferModel b) => alive[a].First == alive[b].Last || alive[b].First == alive[a].Last;

    private bool MayShare(BufferModel a, BufferModel b)
    {
        var (earlier, later) = (alive[a].First, alive[a].Last).CompareTo((alive[b].First, alive[b].Last)) <= 0 ? (a, b) : (b, a);
        var (last, first) = (alive[earlier].Last, alive[later].First);
        if (last != first) return last < first;
        return alive[earlier].First < last && launches[last] is { Count: 1 } only && InPlace.IsPossible(schedule, only[0], earlier, later);
    }
}
