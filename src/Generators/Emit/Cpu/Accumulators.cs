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
        values.Top.Line($"V {where} = S.Create(double.PositiveInfinity);");
    }

    public void Accumulate(IndexEnvironment env, int copy)
    {
        var before = values.Enter(id);
        var value = values.Value(node.Args[0], env);
        if (ByIndex) Compare(value);
        else Registers.Add(value, copy);
        values.Leave(before);
    }

    /// <summary>Strictly better only, so that each lane keeps its first; between lanes the smallest index wins at the end.</summary>
    private void Compare(string value)
    {
        if (values.IsTail) value = $"S.Keep({value}, {values.Lanes}, {RegisterReduction.Neutral(node.Op)})";
        var best = Registers[0];
        var (candidate, mask) = (values.Name("candidate"), values.Name("better"));
        var better = node.Op == Op.ArgMax ? $"S.Less({best}, {candidate})" : $"S.Less({candidate}, {best})";
        values.Top.Line($"V {candidate} = {value};");
        values.Top.Line($"V {mask} = {better};");
        values.Top.Line($"{where} = S.Select({mask}, S.Iota({values.Vector}, 1), {where});");
        values.Top.Line($"{best} = S.Select({mask}, {candidate}, {best});");
    }

    /// <summary>Puts the reduction, in every lane, at the stage's disposal.</summary>
    public void Finish()
    {
        var name = values.Name("r");
        if (ByIndex)
        {
            var (best, lane) = (Registers[0], node.Op == Op.ArgMax ? "Max" : "Min");
            values.Top.Line($"V {name} = S.Create(S.Min(S.Select(S.Equal({best}, S.Create(S.{lane}({best}))), {where}, S.Create(double.PositiveInfinity))));");
        }
        else
        {
            values.Top.Line($"V {name} = {Registers.Result};");
        }
        values.Given[id] = name;
    }
}
