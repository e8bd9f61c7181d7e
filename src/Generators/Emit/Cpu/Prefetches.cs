using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// Asks for memory ahead of a loop stage. With several passes over a row only the first reads memory, which would stand still during the
/// others: they ask for the next row.
/// </summary>
internal sealed class Prefetches
{
    private const string IsFar = "far";

    private readonly LoopStage stage;
    private readonly ValueEmitter values;
    private readonly List<Place> read = new();
    private bool isDeclared;

    public Prefetches(LoopStage stage, ValueEmitter values)
    {
        this.stage = stage;
        this.values = values;
    }

    /// <summary>Before the body of the first pass: remembers what is read along the row.</summary>
    public void Watch() => values.Read = place =>
    {
        if (!place.IsScratch && !read.Contains(place)) read.Add(place);
    };

    /// <summary>At the end of a body that works on a whole vector.</summary>
    /// <param name="env">The indices.</param>
    /// <param name="pass">Which pass, from zero.</param>
    public void Emit(IndexEnvironment env, int pass)
    {
        values.Read = _ => { };
        if (pass == 0 || stage.Outer.Count == 0) return;
        // What all rows share is at hand.
        foreach (var place in read.Where(p => stage.Outer.All(p.Axes.Contains)))
        {
            if (!isDeclared) Declare();
            var address = values.Address(values.Fields.Pointer(place), place.Axes, place.Stride, env).Address;
            values.Top.Line($"if ({IsFar}) CpuPrefetch.Line({address} + ({values.Fields.Product(place.Stride(stage.Outer[stage.Outer.Count - 1]))}));");
        }
    }

    private void Declare()
    {
        isDeclared = true;
        var (space, row) = (values.Fields.Product(stage.Outer.Concat(stage.Inner!)), values.Fields.Product(stage.Inner!));
        values.Levels[0].Line($"bool {IsFar} = {space} * sizeof(T) > CpuPrefetch.FarBytes && {row} * sizeof(T) <= CpuPrefetch.MostRowBytes;");
    }
}
