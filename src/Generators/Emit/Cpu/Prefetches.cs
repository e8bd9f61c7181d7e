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
    private readonly HashSet<string> variables;
    private readonly Dictionary<string, (Place Place, IndexEnvironment Env)> read = new();
    private bool isDeclared;

    public Prefetches(LoopStage stage, ValueEmitter values)
    {
        this.stage = stage;
        this.values = values;
        variables = new HashSet<string>(stage.Space.Select(Names.Variable));
    }

    /// <summary>Before the body of the first pass: remembers what is read along the row.</summary>
    public void Watch() => values.Read = (place, env) =>
    {
        // Where an index was looked up, the next row's is another.
        if (place.IsScratch || !place.Axes.All(a => env[a].Terms.All(t => variables.Contains(t.Axis)))) return;
        read[$"{place.Name}@{env.Key(place.Axes)}"] = (place, env);
    };

    /// <summary>At the end of a body that works on a whole vector.</summary>
    /// <param name="pass">Which pass, from zero.</param>
    public void Emit(int pass)
    {
        values.Read = (_, _) => { };
        if (pass == 0) return;
        foreach (var (place, env) in read.Values)
        {
            if (NextRow(place, env) is not { } distance) continue;
            if (!isDeclared) Declare();
            var address = values.Address(values.Fields.Pointer(place), place.Axes, place.Stride, env).Address;
            values.Top.Line($"if ({IsFar}) {Library.Cpu}CpuPrefetch.Line({address} + ({distance}));");
        }
    }

    /// <summary>How far away the next row lies; null for what several rows share, which is at hand.</summary>
    private string? NextRow(Place place, IndexEnvironment env)
    {
        if (stage.Outer.Count == 0 || !stage.Outer.All(o => place.Axes.Any(a => env[a].Scale(Names.Variable(o)) != 0))) return null;
        var last = Names.Variable(stage.Outer[stage.Outer.Count - 1]);
        return place.Axes.FirstOrDefault(a => env[a] is { Divisor: 1 } index && index.Scale(last) == 1) is { } axis ? values.Fields.Product(place.Stride(axis)) : null;
    }

    private void Declare()
    {
        isDeclared = true;
        var (space, row) = (values.Fields.Product(stage.Outer.Concat(stage.Inner!)), values.Fields.Product(stage.Inner!));
        values.Levels[0].Line($"bool {IsFar} = {space} * sizeof(T) > {Library.Cpu}CpuPrefetch.FarBytes && {row} * sizeof(T) <= {Library.Cpu}CpuPrefetch.MostRowBytes;");
    }
}
