using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// A reduction that crosses rows: accumulated in the chunk's block of partial results, or where it is to lie if one worker has all of it. A
/// sum takes so many terms there, then it is added to the chunk's totals in double precision and begins again.
/// </summary>
internal sealed class ColumnAccumulator
{
    private readonly ValueEmitter values;
    private readonly int id;
    private readonly Node node;
    private readonly Place place;
    private readonly string start;
    private readonly IndexEnvironment env;
    private readonly string vectorAxis;
    private readonly string[] loops;
    private readonly bool isPartial;

    /// <param name="schedule">Where the reduced value is found.</param>
    /// <param name="stage">The loop that it is part of.</param>
    /// <param name="values">Writes it.</param>
    /// <param name="id">The reduction.</param>
    /// <param name="place">Where it lies in the end.</param>
    /// <param name="start">Where it is accumulated.</param>
    /// <param name="env">The stage's indices.</param>
    /// <param name="isPartial">Whether that is the chunk's block of partial results.</param>
    public ColumnAccumulator(Schedule schedule, LoopStage stage, ValueEmitter values, int id, Place place, string start, IndexEnvironment env, bool isPartial)
    {
        this.values = values;
        this.place = place;
        this.start = start;
        this.env = env;
        this.id = id;
        this.isPartial = isPartial;
        node = schedule.Graph[id];
        vectorAxis = stage.Inner!.LastOrDefault() ?? "";
        loops = stage.Outer.Concat(stage.Inner!).Where(a => a != vectorAxis).ToArray();
        if (!node.Axes.Contains(vectorAxis)) Registers = new RegisterReduction(schedule, values, node);
    }

    /// <summary>A sum along the vector stays in registers meanwhile; null if the result goes along the vector.</summary>
    public RegisterReduction? Registers { get; }

    /// <summary>Terms that a row adds to an element of the result, as the axes whose sizes make up their number.</summary>
    public static string[] Terms(LoopStage stage, Place place) => stage.Inner!.Take(stage.Inner!.Count - 1).Where(a => !place.Axes.Contains(a)).ToArray();

    public void Accumulate(int copy)
    {
        var before = values.Enter(id);
        var value = values.Value(node.Args[0], env);
        if (Registers != null) Registers.Add(value, copy);
        else Add(value);
        values.Leave(before);
    }

    private void Add(string value)
    {
        var combine = RegisterReduction.Combine(node.Op);
        var (address, scale) = values.Address(start, place.Axes, place.Stride, env);
        var at = values.Name("to");
        values.Top.Line($"T* {at} = {address};");
        if (HasTotals) values.Top.Line($"if ({Totals} != null) {(scale == "1" && !values.IsTail ? $"S.AddTotals({TotalOf(at)}, {value})" : $"{Library.Cpu}LoopSums.Add<T, S, V>({TotalOf(at)}, {(scale.Length == 0 ? "1" : scale)}, {value}, {values.Lanes})")}; else");
        if (scale != "1") values.Top.Line($"S.StoreStrided({at}, {scale}, S.{combine}(S.LoadStrided({at}, {scale}, {values.Lanes}), {value}), {values.Lanes});");
        else if (values.IsTail) values.Top.Line($"S.StoreTail({at}, S.{combine}(S.LoadTail({at}, {values.Lanes}), {value}), {values.Lanes});");
        else values.Top.Line($"S.Store({at}, S.{combine}(S.Load({at}), {value}));");
    }

    /// <summary>Whether there may be totals of the whole launch: where the sum lies in its place, all of it goes there if its terms are many.</summary>
    private bool HasTotals => !isPartial && node.Op == Op.ReduceSum;

    private string Totals => values.Fields.Totals(place);

    private string TotalOf(string at) => $"{Totals} + ({at} - {start})";

    /// <summary>After the vector loop.</summary>
    public void Finish()
    {
        if (Registers == null) return;
        var (address, _) = values.Address(start, place.Axes, place.Stride, env);
        var at = values.Name("to");
        values.Top.Line($"T* {at} = {address};");
        if (HasTotals) values.Top.Line($"if ({Totals} != null) *({TotalOf(at)}) += {Registers.Sum}; else");
        values.Top.Line($"S.StoreTail({at}, S.{RegisterReduction.Combine(node.Op)}(S.LoadTail({at}, 1), {Registers.Result}), 1);");
    }

    /// <summary>After the vector loop, too: counts the terms of a sum that lies in partial results, and empties them in time.</summary>
    /// <param name="from">Where the loop began.</param>
    /// <param name="end">Where it ended.</param>
    public void Count(string from, string end)
    {
        var reduced = System.Array.FindLastIndex(loops, a => !place.Axes.Contains(a));
        if (!isPartial || node.Op != Op.ReduceSum || reduced < 0) return;
        // Loops inside of the innermost one that is summed over go to other elements first.
        var others = loops.Skip(reduced + 1).ToArray();
        var terms = others.Length == 0 ? $"{Library.Cpu}LoopSums.Terms" : $"{Library.Cpu}LoopSums.Terms * {values.Fields.Product(others)}";
        var left = values.Name("terms", level: 0);
        values.Levels[0].Line($"nint {left} = totals == null ? nint.MaxValue : {terms};");
        var (low, high) = ($"{start}", $"{start} + ({values.Fields.Product(place.Axes)})");
        var reset = "";
        if (place.Axes.Any(a => a != vectorAxis))
        {
            // Only what was touched since is emptied: much may lie there.
            (low, high) = Range(low, high, from, end, out reset);
        }
        values.Top.Line($"if (--{left} == 0) {{ {Library.Cpu}LoopSums.Empty<T, S, V>(partials, totals, {low}, {high}); {left} = {terms};{reset} }}");
    }

    private (string Low, string High) Range(string first, string last, string from, string end, out string reset)
    {
        var (low, high, at) = (values.Name("low", level: 0), values.Name("high", level: 0), values.Name("line"));
        values.Levels[0].Line($"T* {low} = {last};");
        values.Levels[0].Line($"T* {high} = {first};");
        values.Top.Line($"T* {at} = {values.Line(start, place.Axes, place.Stride, env.From(vectorAxis, from))};");
        values.Top.Line($"if ({at} < {low}) {low} = {at};");
        if (place.Axes.Contains(vectorAxis)) values.Top.Line($"{at} += ({end} - {from} - 1) * ({values.Fields.Product(place.Stride(vectorAxis))});");
        values.Top.Line($"if ({at} >= {high}) {high} = {at} + 1;");
        reset = $" {low} = {last}; {high} = {first};";
        return (low, high);
    }
}
