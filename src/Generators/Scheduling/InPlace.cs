using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Whether a stage may write a result where one of its arguments lies: it must read each element of the argument only for the element
/// of the result at the same place, and no later than it writes there.
/// </summary>
internal sealed class InPlace
{
    private readonly Schedule schedule;
    private readonly Stage stage;
    private readonly BufferModel argument;

    private InPlace(Schedule schedule, Stage stage, BufferModel argument)
    {
        this.schedule = schedule;
        this.stage = stage;
        this.argument = argument;
    }

    public static bool IsPossible(Schedule schedule, Stage stage, BufferModel argument, BufferModel result)
    {
        if (argument.Type != result.Type || argument.IsShort != result.IsShort || !argument.Axes.SequenceEqual(result.Axes)) return false;
        var at = new InPlace(schedule, stage, argument);
        return stage switch
        {
            LoopStage { IsScatter: false } loop => at.IsOver(loop, result) && at.Allows(loop, result),
            ContractionStage contraction => at.Allows(contraction, result),
            _ => false,
        };
    }

    /// <summary>Results may take over arguments only where each element depends on the elements at its own place alone.</summary>
    /// <exception cref="IrException">It does not.</exception>
    public static void CheckResults(Schedule schedule)
    {
        var live = schedule.Stages.Where(s => s.Items.Count > 0).ToArray();
        if (live.Length != 1 || live[0].Template != "pointwise" || schedule.Program.Reachable.Any(id => schedule.Graph[id].Facts.MovesElements))
            throw new IrException("results written [Into] parameters must be elementwise over one set of axes", "MDSL017");
    }

    /// <summary>Whether a loop has an element for each of the buffer's; in scratch there is one item of the batch at a time.</summary>
    private bool IsOver(LoopStage loop, BufferModel result)
    {
        var isScratch = Writer(result) is { } writer && schedule.Places[writer.Node].IsScratch;
        return isScratch ? loop.Space.Except(schedule.BlockOf(loop)!.Batch).IsSameSetAs(result.Axes) : loop.Space.SetEquals(result.Axes);
    }

    /// <summary>Within a pass an element's values are all computed before the first is stored; a later pass would find the result.</summary>
    private bool Allows(LoopStage loop, BufferModel result)
    {
        if (Writer(result) is not { Kind: ItemKind.Value } writer) return false;
        var last = RowPasses.Depth(schedule, loop, writer);
        return loop.Items.All(item => Reads(item.Node) switch
        {
            Reading.None => true,
            Reading.AtItsPlace => RowPasses.Depth(schedule, loop, item) <= last,
            _ => false,
        });
    }

    /// <summary>
    /// The epilogue sees each element once. Operands are read again and again, and of several results some are stored before others are computed.
    /// </summary>
    private bool Allows(ContractionStage contraction, BufferModel result) =>
        Writer(result) is { } writer
        && contraction.Items.Count(i => schedule.Places.ContainsKey(i.Node)) == 1
        && contraction.All.All(c => Reads(c.Root) == Reading.None) && Reads(writer.Node) != Reading.Elsewhere;

    private Item? Writer(BufferModel result) =>
        stage.Items.FirstOrDefault(i => schedule.Places.TryGetValue(i.Node, out var place) && place.Buffer == result && place.StackAxis.Length == 0);

    private enum Reading { None, AtItsPlace, Elsewhere }

    /// <summary>How the argument is read for a value that the stage computes.</summary>
    private Reading Reads(int node) => StageReads.Below(schedule.Program, new[] { node }, id => schedule.IsRead(id, stage))
        .Select(read => (Place: schedule.Places[read.Value], read.Remapped))
        .Where(read => read.Place.Buffer.Name == argument.Name)
        // A part of the buffer, or the buffer under other axes, is not in step with it.
        .Select(read => read.Place.StackAxis.Length > 0 || read.Place.Buffer != argument || read.Remapped.Any(argument.Axes.Contains)
            ? Reading.Elsewhere
            : Reading.AtItsPlace)
        .DefaultIfEmpty(Reading.None).Max();
}
