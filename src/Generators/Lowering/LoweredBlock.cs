using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>A part of a row block.</summary>
/// <param name="Stage">What it does.</param>
/// <param name="Role">With the rows.</param>
/// <param name="Sizes">
/// Two groups of axes: of a loop those of its rows that the block lacks, and the first of a row; of a contraction the two that are no rows of
/// the block's.
/// </param>
internal sealed record BlockPart(LoweredStage Stage, PartRole Role, IReadOnlyList<IReadOnlyList<string>> Sizes);

/// <summary>What parts of a row block pass on to each other.</summary>
/// <param name="Place">The place.</param>
/// <param name="Users">The numbers of the parts that read or write it, from zero.</param>
/// <param name="PerRow">The axes that it has for every row.</param>
internal sealed record ScratchPlace(Place Place, IReadOnlyList<int> Users, IReadOnlyList<string> PerRow);

/// <summary>Stages that run together, on some rows of one batch item at a time.</summary>
/// <param name="Batch">The axes of items.</param>
/// <param name="Rows">The axes of rows.</param>
/// <param name="InOrder">The last axes of the batch whose items one worker takes in order.</param>
/// <param name="Parts">The stages.</param>
/// <param name="Scratch">What passes between them.</param>
/// <param name="HasSums">Whether something is summed over the rows.</param>
internal sealed record LoweredBlock(
    IReadOnlyList<string> Batch, IReadOnlyList<string> Rows, IReadOnlyList<string> InOrder, IReadOnlyList<BlockPart> Parts,
    IReadOnlyList<ScratchPlace> Scratch, bool HasSums)
{
    /// <summary>The scratch where places take turns: those of a slot are never needed at once, and have the same axes for every row.</summary>
    public IReadOnlyList<IReadOnlyList<ScratchPlace>> Slots { get; init; } = System.Array.Empty<IReadOnlyList<ScratchPlace>>();

    /// <param name="schedule">The program's schedule.</param>
    /// <param name="block">One of its row blocks.</param>
    /// <param name="stages">The parts of it that have something to do.</param>
    public static LoweredBlock Of(Schedule schedule, RowBlock block, IReadOnlyList<Stage> stages)
    {
        var parts = stages.Select(s => new BlockPart(StageLowering.Of(schedule, s), block.Role(s), Sizes(block, s))).ToArray();
        var places = parts.Select(p => p.Stage.Places).ToArray();
        var scratch = places.SelectMany(p => p).Where(p => p.IsScratch).Distinct().OrderBy(p => p.Name, System.StringComparer.Ordinal);
        int[] Users(Place place) => Enumerable.Range(0, parts.Length).Where(i => places[i].Contains(place)).ToArray();
        bool IsSum(Item item) => item.Kind == ItemKind.ColumnReduction && schedule.Graph[item.Node].Over.Any(block.Rows.Contains);
        var passed = scratch.Select(p => new ScratchPlace(p, Users(p), p.Axes.Except(block.Rows).ToArray())).ToArray();
        return new LoweredBlock(
            block.Batch, block.Rows, block.InOrder, parts, passed, stages.Any(s => block.Role(s) == PartRole.Sums || s.Items.Any(IsSum)))
        {
            Slots = InSlots(schedule, stages, passed),
        };
    }

    /// <summary>
    /// Places in the order in which they are first needed, each where an equal one was that nothing needs any more, or needs for the last time in the
    /// part that writes the new one, if each element is read for its own place alone.
    /// </summary>
    private static IReadOnlyList<IReadOnlyList<ScratchPlace>> InSlots(
        Schedule schedule, IReadOnlyList<Stage> stages, IEnumerable<ScratchPlace> scratch)
    {
        var slots = new List<List<ScratchPlace>>();
        foreach (var place in scratch.OrderBy(s => s.Users[0]))
        {
            if (slots.FirstOrDefault(s => IsFree(s[s.Count - 1], place)) is { } slot) slot.Add(place);
            else slots.Add(new List<ScratchPlace> { place });
        }
        return slots;

        bool IsFree(ScratchPlace before, ScratchPlace after)
        {
            var last = before.Users[before.Users.Count - 1];
            if (!before.PerRow.IsSameSetAs(after.PerRow) || before.Place.Buffer.IsShort != after.Place.Buffer.IsShort) return false;
            if (last > after.Users[0]) return false;
            return last < after.Users[0] || InPlace.IsPossible(schedule, stages[last], before.Place.Buffer, after.Place.Buffer);
        }
    }

    private static IReadOnlyList<IReadOnlyList<string>> Sizes(RowBlock block, Stage part)
    {
        if (part is LoopStage loop) return new[] { loop.Outer.Except(block.Outer).ToArray(), loop.Inner!.Take(1).ToArray() };
        var c = ((ContractionStage)part).Contraction;
        return block.Role(part) == PartRole.Sums ? new[] { c.Rows, c.Columns } : new[] { c.Columns, c.K };
    }
}
