using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// A sum, maximum or minimum along the vector, kept in registers. Of a sum these hold a few steps only: then they are added to a total in
/// double precision and begin again, because a long row of additions in float32 loses a digit for every ten times its length.
/// </summary>
internal sealed class RegisterReduction
{
    /// <summary>Reductions that run side by side where the work per element is short.</summary>
    public const int Copies = 4;

    private readonly ValueEmitter values;
    private readonly Op op;
    private readonly string[] parts;
    private string total = "";

    /// <param name="schedule">Where the reduced value is found.</param>
    /// <param name="values">Writes it.</param>
    /// <param name="node">The reduction.</param>
    public RegisterReduction(Schedule schedule, ValueEmitter values, Node node)
    {
        this.values = values;
        op = node.Op;
        IsShort = op is not (Op.ArgMax or Op.ArgMin) && Left(schedule, node, node.Args[0], 8) > 0;
        parts = new string[IsShort ? Copies : 1];
    }

    /// <summary>Whether an element takes about as long to add as to compute.</summary>
    public bool IsShort { get; }

    public bool IsSum => op == Op.ReduceSum;

    /// <summary>The register of one of the copies.</summary>
    public string this[int copy] => parts[copy];

    /// <summary>What is left of a budget of simple operations; not positive if it does not suffice.</summary>
    private static int Left(Schedule schedule, Node reduction, int at, int budget)
    {
        var n = schedule.Graph[at];
        // What does not vary along the row is computed outside.
        if (budget <= 0 || n.Args.Count == 0 || schedule.Places.ContainsKey(at) || !n.Axes.Any(reduction.Over.Contains)) return budget;
        if (n.Op is not (Op.Add or Op.Sub or Op.Difference or Op.Mul or Op.Gate or Op.Neg or Op.Abs or Op.Max or Op.Min or Op.ReduceSum or Op.Div)) return 0;
        if (n.Op == Op.ReduceSum) return budget;
        return n.Args.Aggregate(budget - 1, (left, arg) => Left(schedule, reduction, arg, left));
    }

    public static string Neutral(Op op) => op switch
    {
        Op.ReduceSum => "S.Create(0d)",
        Op.ReduceMax or Op.ArgMax => "S.Create(double.NegativeInfinity)",
        _ => "S.Create(double.PositiveInfinity)",
    };

    public static string Combine(Op op) => op switch { Op.ReduceSum => "Add", Op.ReduceMax => "Max", _ => "Min" };

    /// <summary>Before the loops that it goes along.</summary>
    public void Declare()
    {
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = values.Name("sum");
            values.Top.Line($"V {parts[i]} = {Neutral(op)};");
        }
        if (!IsSum) return;
        total = values.Name("total");
        values.Top.Line($"double {total} = 0d;");
    }

    /// <summary>One step.</summary>
    public void Add(string value, int copy)
    {
        if (values.IsTail) value = $"S.Keep({value}, {values.Lanes}, {Neutral(op)})";
        values.Top.Line($"{parts[copy]} = S.{Combine(op)}({parts[copy]}, {value});");
    }

    /// <summary>Moves what the registers of a sum hold to the total: a line of code.</summary>
    public string Flush() => $"{total} += S.Total({All}); {string.Join(" = ", parts)} = {Neutral(op)};";

    /// <summary>The whole of it in every lane, as an expression.</summary>
    /// <remarks>A short row has nothing in its total, and does not wait for it.</remarks>
    public string Result => IsSum ? $"{total} == 0d ? S.Create(S.Sum({All})) : S.Create({Sum})" : $"S.Create(S.{Combine(op)}({All}))";

    /// <summary>The sum in double precision, as an expression.</summary>
    public string Sum => $"{total} + S.Total({All})";

    /// <summary>The copies together, pairwise.</summary>
    private string All => parts.Length == 1 ? parts[0] : Pair(Pair(parts[0], parts[1]), Pair(parts[2], parts[3]));

    private string Pair(string a, string b) => $"S.{Combine(op)}({a}, {b})";
}
