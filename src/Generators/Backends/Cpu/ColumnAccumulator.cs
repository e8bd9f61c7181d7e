using System;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// A reduction that crosses rows: accumulated in the chunk's block of partial results, or where it is to lie if one worker has all of it. A
/// sum takes so many terms there, then it is added to the chunk's totals in double precision and begins again.
/// </summary>
internal sealed class ColumnAccumulator
{
    private readonly LoweredLoop loop;
    private readonly VectorDialect values;
    private readonly ColumnReduction column;
    private readonly string start;

    /// <summary>Declares it, before the vector loop.</summary>
    /// <param name="loop">The loop that it is part of.</param>
    /// <param name="values">Writes it.</param>
    /// <param name="column">The reduction.</param>
    public ColumnAccumulator(LoweredLoop loop, VectorDialect values, ColumnReduction column)
    {
        this.loop = loop;
        this.values = values;
        this.column = column;
        start = column.Partial is { } partial ? Start(partial) : values.Fields.Pointer(column.Place);
        if (column.IsAlongDense) Registers = new RegisterReduction(values, column.Reduction);
    }

    /// <summary>A reduction along the vector stays in registers meanwhile; null if the result goes along the vector.</summary>
    public RegisterReduction? Registers { get; }

    private CodeWriter Code => values.Code;

    private Op Op => column.Reduction.Op;

    /// <summary>Where a partial result begins.</summary>
    private string Start(int partial) => partial == 0 ? "partials"
        : $"partials + ({string.Join(" + ", loop.Partials.Take(partial).Select(p => values.Fields.Product(p.Place.Axes)))})";

    public void Accumulate(int copy, Lanes lanes)
    {
        var before = Code.Enter(column.Reduction.Origin);
        var value = values.Value(column.Reduction.Value, lanes);
        if (Registers != null) Registers.Add(value, copy, lanes);
        else Add(value, lanes);
        Code.Leave(before);
    }

    private void Add(string value, Lanes lanes)
    {
        var (address, scale) = values.Address(start, column.Access, lanes);
        var at = Code.New("to", "T*", address, Code.Innermost);
        if (column.HasTotals)
        {
            var add = scale == "1" && !lanes.IsTail
                ? $"S.AddTotals({TotalOf(at)}, {value})"
                : $"{Library.Cpu}LoopSums.Add<T, S, V>({TotalOf(at)}, {(scale.Length == 0 ? "1" : scale)}, {value}, {lanes.Count})";
            Code.Line($"if ({Totals} != null) {add}; else");
        }
        Code.Line(VectorDialect.Combine(at, scale, Reductions.Combine(Op), value, lanes));
    }

    private string Totals => values.Fields[new TotalsArgument(column.Place)];

    private string TotalOf(string at) => $"{Totals} + ({at} - {start})";

    /// <summary>After the vector loop.</summary>
    public void Finish()
    {
        if (Registers == null) return;
        var at = Code.New("to", "T*", values.Address(start, column.Access, Lanes.None).Address, Code.Innermost);
        if (column.HasTotals) Code.Line($"if ({Totals} != null) *({TotalOf(at)}) += {Registers.Sum}; else");
        Code.Line($"S.StoreTail({at}, S.{Reductions.Combine(Op)}(S.LoadTail({at}, 1), {Registers.Result}), 1);");
    }

    /// <summary>After the vector loop, too: counts the terms of a sum that lies in partial results, and empties them in time.</summary>
    /// <param name="from">Where the loop began.</param>
    /// <param name="end">Where it ended.</param>
    public void Count(string from, string end)
    {
        var axes = column.Place.Axes.ToArray();
        var loops = loop.Outer.Concat(loop.Inner).Where(v => v != loop.Dense).Axes().ToArray();
        var reduced = Array.FindLastIndex(loops, a => !axes.Contains(a));
        if (column.Partial is null || Op != Op.ReduceSum || reduced < 0) return;
        // Loops inside of the innermost one that is summed over go to other elements first.
        var others = loops.Skip(reduced + 1).ToArray();
        var terms = others.Length == 0 ? $"{Library.Cpu}LoopSums.Terms" : $"{Library.Cpu}LoopSums.Terms * {values.Fields.Product(others)}";
        var left = Code.New("terms", "nint", $"totals == null ? nint.MaxValue : {terms}", 0);
        var (low, high, reset) = (start, $"{start} + ({values.Fields.Product(axes)})", "");
        // Only what was touched since is emptied: much may lie there.
        if (axes.Any(a => a != loop.Dense?.Axis)) (low, high, reset) = Touched(low, high, from, end);
        Code.Line($"if (--{left} == 0) {{ {Library.Cpu}LoopSums.Empty<T, S, V>(partials, totals, {low}, {high}); {left} = {terms};{reset} }}");
    }

    private (string Low, string High, string Reset) Touched(string first, string last, string from, string end)
    {
        var (low, high, at) = (Code.Name("low"), Code.Name("high"), Code.Name("line"));
        Code.Line(0, $"T* {low} = {last};");
        Code.Line(0, $"T* {high} = {first};");
        Code.Line($"T* {at} = {values.Address(start, column.Access, new Lanes(loop.Dense, from)).Address};");
        Code.Line($"if ({at} < {low}) {low} = {at};");
        if (loop.Dense is { } dense && column.Place.Axes.Contains(dense.Axis))
            Code.Line($"{at} += ({end} - {from} - 1) * ({values.Fields.Product(column.Place.Stride(dense.Axis))});");
        Code.Line($"if ({at} >= {high}) {high} = {at} + 1;");
        return (low, high, $" {low} = {last}; {high} = {first};");
    }
}
