using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// Asks for memory ahead of a loop stage. With several passes over a row only the first ones read memory, which would stand still during the
/// others: all but the first ask for the next row.
/// </summary>
internal sealed class Prefetches
{
    private const string IsFar = "far";

    private readonly LoweredLoop loop;
    private readonly VectorDialect values;

    // What the first two passes read densely along the row, and how far from it the next row lies.
    private readonly IReadOnlyList<(Load Load, EquatableArray<string> NextRow)> reads;

    public Prefetches(LoweredLoop loop, VectorDialect values)
    {
        this.loop = loop;
        this.values = values;
        reads = Value.Reachable(loop.Passes.Take(2).SelectMany(p => p.Roots)).Select(v => v.Computation).OfType<Load>().Where(IsDense)
            .Select(load => (load, row: NextRow(load))).Where(r => r.row != null).Select(r => (r.load, r.row!.Stride)).ToArray();
    }

    /// <summary>Where an index was looked up, the next row's is another.</summary>
    private bool IsDense(Load load) =>
        !load.Place.IsScratch && load.Place.Buffer.Type != ValueType.Ids && load.Bounds.Count == 0 && load.Access.IsDense(loop.Dense)
        && load.Access.Indices.All(i => i.Terms.All(t => t.Variable is LoopVariable));

    /// <summary>The axis along which the next row lies; null for what several rows share, which is at hand.</summary>
    private AccessAxis? NextRow(Load load)
    {
        if (loop.Outer.Count == 0 || !loop.Outer.All(load.Access.Varies)) return null;
        var last = loop.Outer[loop.Outer.Count - 1];
        return load.Access.Axes.FirstOrDefault(a => a.Index.Divisor == 1 && a.Index.Scale(last) == 1);
    }

    /// <summary>At the end of a body that works on a whole vector, in a pass that is not the first.</summary>
    public void Emit(Lanes lanes)
    {
        foreach (var (load, row) in reads)
        {
            if (values.Code.Known(IsFar, 0) is null) Declare();
            var address = values.Address(values.Fields.Pointer(load.Place), load.Access, lanes).Address;
            values.Code.Line($"if ({IsFar}) {Library.Cpu}CpuPrefetch.Line({address} + ({values.Fields.Product(row)}));");
        }
    }

    private void Declare()
    {
        var (space, row) = (values.Fields.Product(loop.Outer.Concat(loop.Inner).Axes()), values.Fields.Product(loop.Inner.Axes()));
        const string Limits = Library.Cpu + "CpuPrefetch";
        values.Code.Line(0, $"bool {IsFar} = {space} * sizeof(T) > {Limits}.FarBytes && {row} * sizeof(T) <= {Limits}.MostRowBytes;");
        values.Code.Know(IsFar, IsFar, 0);
    }
}
