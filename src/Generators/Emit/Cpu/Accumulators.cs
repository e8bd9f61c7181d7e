using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>A reduction over a whole row, kept in a register.</summary>
internal sealed class RowAccumulator
{
    /// <summary>Sums that run side by side where the work per element is short.</summary>
    public const int Copies = 4;

    private readonly ValueEmitter values;
    private readonly Schedule schedule;
    private readonly int id;
    private readonly Node node;
    private readonly string[] sums = new string[Copies];
    private string where = "";

    public RowAccumulator(Schedule schedule, ValueEmitter values, int id)
    {
        this.values = values;
        this.schedule = schedule;
        this.id = id;
        node = schedule.Graph[id];
    }

    /// <summary>Whether an element takes about as long to add as to compute.</summary>
    public bool IsShort => !ByIndex && Cost(node.Args[0], 8) > 0;

    /// <summary>What is left of a budget of simple operations; not positive if it does not suffice.</summary>
    private int Cost(int at, int budget)
    {
        var n = schedule.Graph[at];
        // What does not vary along the row is computed outside.
        if (budget <= 0 || n.Args.Count == 0 || schedule.Places.ContainsKey(at) || !n.Axes.Any(node.Over.Contains)) return budget;
        if (n.Op is not (Op.Add or Op.Sub or Op.Mul or Op.Neg or Op.Abs or Op.Max or Op.Min or Op.ReduceSum or Op.Div)) return 0;
        if (n.Op == Op.ReduceSum) return budget;
        return n.Args.Aggregate(budget - 1, (left, arg) => Cost(arg, left));
    }

    public static string Neutral(Op op) => op switch
    {
        Op.ReduceSum => "S.Create(0d)",
        Op.ReduceMax or Op.ArgMax => "S.Create(double.NegativeInfinity)",
        _ => "S.Create(double.PositiveInfinity)",
    };

    private bool ByIndex => node.Op is Op.ArgMax or Op.ArgMin;

    public void Declare()
    {
        for (var i = 0; i < (IsShort ? Copies : 1); i++)
        {
            sums[i] = values.Name("sum");
            values.Top.Line($"V {sums[i]} = {Neutral(node.Op)};");
        }
        if (!ByIndex) return;
        where = values.Name("where");
        values.Top.Line($"V {where} = S.Create(double.PositiveInfinity);");
    }

    public void Accumulate(IndexEnvironment env, int copy)
    {
        var before = values.Enter(id);
        Add(env, copy);
        values.Leave(before);
    }

    private void Add(IndexEnvironment env, int copy)
    {
        var sum = sums[copy];
        var value = values.Value(node.Args[0], env);
        if (values.IsTail) value = $"S.Keep({value}, {values.Lanes}, {Neutral(node.Op)})";
        if (!ByIndex)
        {
            values.Top.Line($"{sum} = S.{Combine(node.Op)}({sum}, {value});");
            return;
        }
        // Strictly better only, so that each lane keeps its first; between lanes the smallest index wins at the end.
        var (candidate, mask) = (values.Name("candidate"), values.Name("better"));
        var better = node.Op == Op.ArgMax ? $"S.Less({sum}, {candidate})" : $"S.Less({candidate}, {sum})";
        values.Top.Line($"V {candidate} = {value};");
        values.Top.Line($"V {mask} = {better};");
        values.Top.Line($"{where} = S.Select({mask}, S.Iota({values.Vector}, 1), {where});");
        values.Top.Line($"{sum} = S.Select({mask}, {candidate}, {sum});");
    }

    public static string Combine(Op op) => op switch { Op.ReduceSum => "Add", Op.ReduceMax => "Max", _ => "Min" };

    /// <summary>Puts the reduction, in every lane, at the stage's disposal.</summary>
    public void Finish()
    {
        var name = values.Name("r");
        var sum = sums[0];
        foreach (var other in sums.Skip(1).Where(o => o != null)) values.Top.Line($"{sum} = S.{Combine(node.Op)}({sum}, {other});");
        if (ByIndex)
        {
            var best = node.Op == Op.ArgMax ? "Max" : "Min";
            values.Top.Line($"V {name} = S.Create(S.Min(S.Select(S.Equal({sum}, S.Create(S.{best}({sum}))), {where}, S.Create(double.PositiveInfinity))));");
        }
        else
        {
            values.Top.Line($"V {name} = S.Create(S.{(node.Op == Op.ReduceSum ? "Sum" : Combine(node.Op))}({sum}));");
        }
        values.Given[id] = name;
    }
}

/// <summary>A reduction that crosses rows: accumulated in the chunk's block of partial results, or where it is to lie if one worker has all of it.</summary>
internal sealed class ColumnAccumulator
{
    private readonly ValueEmitter values;
    private readonly int id;
    private readonly Node node;
    private readonly Place place;
    private readonly string start;
    private readonly IndexEnvironment env;
    private readonly bool keepsVector;
    private string sum = "";

    public ColumnAccumulator(Schedule schedule, ValueEmitter values, int id, Place place, string start, IndexEnvironment env, string vectorAxis)
    {
        this.values = values;
        this.place = place;
        this.start = start;
        this.env = env;
        this.id = id;
        node = schedule.Graph[id];
        keepsVector = node.Axes.Contains(vectorAxis);
    }

    /// <summary>Before the vector loop: a sum along it stays in a register meanwhile.</summary>
    public void Declare()
    {
        if (keepsVector) return;
        sum = values.Name("sum");
        values.Top.Line($"V {sum} = {RowAccumulator.Neutral(node.Op)};");
    }

    public void Accumulate()
    {
        var before = values.Enter(id);
        Add();
        values.Leave(before);
    }

    private void Add()
    {
        var value = values.Value(node.Args[0], env);
        var combine = RowAccumulator.Combine(node.Op);
        if (!keepsVector)
        {
            if (values.IsTail) value = $"S.Keep({value}, {values.Lanes}, {RowAccumulator.Neutral(node.Op)})";
            values.Top.Line($"{sum} = S.{combine}({sum}, {value});");
            return;
        }
        var (address, scale) = values.Address(start, place.Axes, place.Stride, env);
        var at = values.Name("to");
        values.Top.Line($"T* {at} = {address};");
        if (scale != "1") values.Top.Line($"S.StoreStrided({at}, {scale}, S.{combine}(S.LoadStrided({at}, {scale}, {values.Lanes}), {value}), {values.Lanes});");
        else if (values.IsTail) values.Top.Line($"S.StoreTail({at}, S.{combine}(S.LoadTail({at}, {values.Lanes}), {value}), {values.Lanes});");
        else values.Top.Line($"S.Store({at}, S.{combine}(S.Load({at}), {value}));");
    }

    /// <summary>After the vector loop.</summary>
    public void Finish()
    {
        if (keepsVector) return;
        var (address, _) = values.Address(start, place.Axes, place.Stride, env);
        var at = values.Name("to");
        var total = node.Op == Op.ReduceSum ? "Sum" : RowAccumulator.Combine(node.Op);
        values.Top.Line($"T* {at} = {address};");
        values.Top.Line($"S.StoreTail({at}, S.{RowAccumulator.Combine(node.Op)}(S.LoadTail({at}, 1), S.Create(S.{total}({sum}))), 1);");
    }
}
