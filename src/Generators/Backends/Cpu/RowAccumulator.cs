using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>A reduction over a whole row, kept in registers.</summary>
internal sealed class RowAccumulator
{
    private readonly VectorDialect values;
    private readonly RowReduction row;
    private readonly string where;

    /// <summary>Declares it, before the loops over the row.</summary>
    public RowAccumulator(VectorDialect values, RowReduction row)
    {
        this.values = values;
        this.row = row;
        Registers = new RegisterReduction(values, row.Reduction);
        // Each lane begins at its first element, which stays if nothing is better than the worst there is.
        where = IsByIndex ? values.Code.New("where", "V", "S.Iota(0, 1)", values.Code.Innermost) : "";
    }

    public RegisterReduction Registers { get; }

    private Op Op => row.Reduction.Op;

    private bool IsByIndex => Op is Op.ArgMax or Op.ArgMin;

    public void Accumulate(int copy, Lanes lanes)
    {
        var before = values.Code.Enter(row.Reduction.Origin);
        var value = values.Value(row.Reduction.Value, lanes);
        if (IsByIndex) Compare(value, lanes);
        else Registers.Add(value, copy, lanes);
        values.Code.Leave(before);
    }

    /// <summary>
    /// Strictly better only, so that each lane keeps its first; between lanes the smallest index wins at the end. What is no number is better
    /// than all that are, and nothing is better than that.
    /// </summary>
    private void Compare(string value, Lanes lanes)
    {
        var best = Registers.First;
        var candidate = values.Code.New("candidate", "V", Registers.Kept(value, lanes), values.Code.Innermost);
        var isNotBetter = Op == Op.ArgMax ? $"S.LessEqual({candidate}, {best})" : $"S.LessEqual({best}, {candidate})";
        values.Code.Line($"{where} = S.Select(S.Equal({best}, {best}), S.Select({isNotBetter}, {where}, S.Iota({lanes.Variable}, 1)), {where});");
        values.Code.Line($"{best} = S.{Extremum}({best}, {candidate});");
    }

    /// <summary>The operation for the best of two, or of the lanes; it keeps NaN.</summary>
    private string Extremum => Op == Op.ArgMax ? "Max" : "Min";

    /// <summary>Puts the reduction, in every lane, at the stage's disposal.</summary>
    public void Finish()
    {
        var best = Registers.First;
        var isBest = $"S.Or(S.Equal({best}, S.Create(S.{Extremum}({best}))), S.Not(S.Equal({best}, {best})))";
        var result = IsByIndex ? $"S.Create(S.Min(S.Select({isBest}, {where}, S.Create(double.PositiveInfinity))))" : Registers.Result;
        values.Bind(row.Result, values.Code.New("r", "V", result, values.Code.Innermost));
    }
}
