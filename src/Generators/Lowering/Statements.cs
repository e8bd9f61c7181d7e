using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>Puts a value where it is to lie.</summary>
/// <param name="Place">Where.</param>
/// <param name="Access">Which element.</param>
/// <param name="Value">The value.</param>
/// <param name="IsOverArgument">Whether an argument lies there, which is read in the same stage.</param>
internal sealed record Store(Place Place, Access Access, Value Value, bool IsOverArgument)
{
    public static Store Of(Schedule schedule, int id, ValueLowering values, IndexEnvironment env)
    {
        var place = schedule.Places[id];
        return new Store(place, Access.Of(place, env), values.Of(id, env), schedule.Program.Inputs.ContainsKey(place.Buffer.Name));
    }
}

/// <summary>Combines a value with those before it.</summary>
/// <param name="Op">How.</param>
/// <param name="Value">An element.</param>
/// <param name="IsShort">Whether an element takes about as long to add as to compute.</param>
/// <param name="Origin">Where it was written.</param>
internal sealed record Reduction(Op Op, Value Value, bool IsShort, int Origin);

/// <summary>A reduction over a whole row, kept in registers.</summary>
/// <param name="Reduction">What is combined.</param>
/// <param name="Result">What it is known as when the pass is over.</param>
internal sealed record RowReduction(Reduction Reduction, Value Result);

/// <summary>A reduction that crosses rows.</summary>
/// <param name="Reduction">What is combined.</param>
/// <param name="Place">Where it lies in the end.</param>
/// <param name="Access">Which element a value goes to.</param>
/// <param name="IsAlongDense">Whether it combines along the dense axis: in registers then, and added to its element after the loop.</param>
/// <param name="Partial">Which of the loop's partial results; null if all goes to the place at once, or to its totals.</param>
internal sealed record ColumnReduction(Reduction Reduction, Place Place, Access Access, bool IsAlongDense, int? Partial)
{
    /// <summary>Whether there may be totals of the whole launch: all of a sum that lies in its place goes there if its terms are many.</summary>
    public bool HasTotals => Partial == null && Reduction.Op == Op.ReduceSum;
}

/// <summary>A reduction that crosses rows, and is a row of another loop.</summary>
/// <param name="Number">Which of the other loop's it is, from zero.</param>
/// <param name="Reduction">What is combined.</param>
internal sealed record AcrossReduction(int Number, Reduction Reduction);

/// <summary>Reductions that cross rows are left as partial results, one block per share of the rows.</summary>
/// <param name="Place">Where their combination goes.</param>
/// <param name="Op">How they are combined.</param>
/// <param name="Terms">The axes of a row that are combined, but for the dense one.</param>
internal sealed record Partial(Place Place, Op Op, EquatableArray<string> Terms);

/// <summary>Adds a value to an element that a look-up names.</summary>
/// <param name="Value">The value.</param>
/// <param name="Place">Where it goes.</param>
/// <param name="Access">Which element.</param>
/// <param name="Origin">Where it was written.</param>
internal sealed record Scatter(Value Value, Place Place, Access Access, int Origin);

/// <summary>Memory for one value of a row, of the worker's own.</summary>
/// <param name="Number">Which, from zero.</param>
/// <param name="Access">The element of the row.</param>
internal sealed record Slot(int Number, Access Access);

/// <summary>Puts a value aside for later passes over the row.</summary>
internal sealed record Put(Slot Slot, Value Value);
