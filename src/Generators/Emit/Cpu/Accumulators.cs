using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>A reduction over a whole row, kept in registers.</summary>
internal sealed class RowAccumulator
{
    private readonly ValueEmitter values;
    private readonly int id;
    private readonly Node node;
    private string where = "";

    public RowAccumulator(Schedule schedule, ValueEmitter values, int id)
    {
        this.values = values;
        this.id = id;
        node = schedule.Graph[id];
        Registers = new RegisterReduction(schedule, values, node);
    }

    public RegisterReduction Registers { get; }

    private bool ByIndex => node.Op is Op.ArgMax or Op.ArgMin;

    public void Declare()
    {
        Registers.Declare();
        if (!ByIndex) return;
        where = values.Name("where");
        // Each lane begins at its first element, which stays if nothing is better than the worst there is.
        values.Top.Line($"V {where} = S.Iota(0, 1);");
    }

    public void Accumulate(IndexEnvironment env, int copy)
    {
        var before = values.Enter(id);
        var value = values.Value(node.Args[0], env);
        if (ByIndex) Compare(value);
        else Registers.Add(value, copy);
        values.Leave(before);
    }

    /// <summary>
    /// Strictly better only, so that each lane keeps its first; between lanes the smallest index wins at the end. What is no number is better
    /// than all that are, and nothing is better than that.
    /// </summary>
    private void Compare(string value)
    {
        if (values.IsTail) value = $"S.Keep({value}, {values.Lanes}, {RegisterReduction.Neutral(node.Op)})";
        var (best, candidate) = (Registers[0], values.Name("candidate"));
        var isNotBetter = node.Op == Op.ArgMax ? $"S.LessEqual({candidate}, {best})" : $"S.LessEqual({best}, {candidate})";
        values.Top.Line($"V {candidate} = {value};");
        values.Top.Line($"{where} = S.Select(S.Equal({best}, {best}), S.Select({isNotBetter}, {where}, S.Iota({values.Vector}, 1)), {where});");
        values.Top.Line($"{best} = S.{Extremum}({best}, {candidate});");
    }

    /// <summary>The operation for the best of two, or of the lanes; it keeps NaN.</summary>
    private string Extremum => node.Op == Op.ArgMax ? "Max" : "Min";

    /// <summary>Puts the reduction, in every lane, at the stage's disposal.</summary>
    public void Finish()
    {
        var name = values.Name("r");
        if (ByIndex)
        {
            var best = Registers[0];
            var isBest = $"S.Or(S.Equal({best}, S.Create(S.{Extremum}({best}))), S.Not(S.Equal({best}, {best})))";
            values.Top.Line($"V {name} = S.Create(S.Min(S.Select({isBest}, {where}, S.Create(double.PositiveInfinity))));");
        }
        else
        {
            values.Top.Line($"V {name} = {Registers.Result};");
        }
        values.Given[id] = name;
    }
}
