using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// A sum, maximum or minimum along the vector, kept in registers. Of a sum these hold a few steps only: then they are added to a total in
/// double precision and begin again, because a long row of additions in float32 loses a digit for every ten times its length.
/// </summary>
internal sealed class RegisterReduction
{
    /// <summary>Reductions that run side by side where the work per element is short.</summary>
    public const int Copies = 4;

    private readonly VectorDialect values;
    private readonly Reduction reduction;
    private readonly string[] parts;
    private readonly string total;

    /// <summary>Declares the registers, before the loops that it goes along.</summary>
    public RegisterReduction(VectorDialect values, Reduction reduction)
    {
        this.values = values;
        this.reduction = reduction;
        parts = Enumerable.Range(0, IsShort ? Copies : 1).Select(_ => values.Code.New("sum", "V", Neutral, values.Code.Innermost)).ToArray();
        total = IsSum ? values.Code.New("total", "double", "0d", values.Code.Innermost) : "";
    }

    /// <summary>Whether an element takes about as long to add as to compute.</summary>
    public bool IsShort => reduction.IsShort;

    public bool IsSum => reduction.Op == Op.ReduceSum;

    /// <summary>What changes nothing, in every lane.</summary>
    public string Neutral => Reductions.Neutral(reduction.Op);

    /// <summary>The first register.</summary>
    public string First => parts[0];

    /// <summary>A value, neutral where lanes do not count.</summary>
    public string Kept(string value, Lanes lanes) => lanes.IsTail ? $"S.Keep({value}, {lanes.Count}, {Neutral})" : value;

    /// <summary>One step.</summary>
    public void Add(string value, int copy, Lanes lanes) => values.Code.Line($"{parts[copy]} = {Pair(parts[copy], Kept(value, lanes))};");

    /// <summary>Moves what the registers of a sum hold to the total: a line of code.</summary>
    public string Flush() => $"{total} += S.Total({All}); {string.Join(" = ", parts)} = {Neutral};";

    /// <summary>The whole of it in every lane, as an expression.</summary>
    /// <remarks>A short row has nothing in its total, and does not wait for it.</remarks>
    public string Result => IsSum
        ? $"{total} == 0d ? S.Create(S.Sum({All})) : S.Create({Sum})"
        : $"S.Create(S.{Reductions.Combine(reduction.Op)}({All}))";

    /// <summary>The sum in double precision, as an expression.</summary>
    public string Sum => $"{total} + S.Total({All})";

    /// <summary>The copies together, pairwise.</summary>
    private string All => parts.Length == 1 ? parts[0] : Pair(Pair(parts[0], parts[1]), Pair(parts[2], parts[3]));

    private string Pair(string a, string b) => $"S.{Reductions.Combine(reduction.Op)}({a}, {b})";
}
