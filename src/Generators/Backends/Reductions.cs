using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Backends;

/// <summary>How values are combined, in the words that all dialects have for it.</summary>
internal static class Reductions
{
    /// <summary>The operation that combines two.</summary>
    public static string Combine(Op op) => op switch { Op.ReduceSum => "Add", Op.ReduceMax => "Max", _ => "Min" };

    /// <summary>What changes nothing.</summary>
    public static string Neutral(Op op) => op switch
    {
        Op.ReduceSum => "S.Create(0d)",
        Op.ReduceMax or Op.ArgMax => "S.Create(double.NegativeInfinity)",
        _ => "S.Create(double.PositiveInfinity)",
    };
}
