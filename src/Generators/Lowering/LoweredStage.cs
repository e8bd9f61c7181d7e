using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// A stage as loops, and in them statements over values: all that is to be done, and nothing of how a device does it. A backend prints it, by
/// vectors or by threads; what comes out is decided here, rounding included. What it says, to a scalar dialect as to one of vectors:
/// <list type="bullet">
/// <item>The loops: <see cref="LoweredLoop.Outer"/> axes, whose elements (rows) are independent of each other but for column reductions and
/// scatters, and <see cref="LoweredLoop.Inner"/> axes of a row. The last of these is the dense one: along it most lies side by side in memory,
/// so that neighbouring threads or lanes go along it.</item>
/// <item>The passes over a row. Between two of them lie row reductions, so all elements of a row must be through one before the next.
/// Within a pass elements are independent; an element's values are all computed before the first of them is stored.</item>
/// <item>The values, each with what it is computed from, in which order operands are combined, where a product and a sum are one rounding
/// (<see cref="MultiplyAdd"/>), and how far out in the loops it is constant (<see cref="Value.Level"/>). The same object is the same number.</item>
/// <item>What is loaded and stored: a place, for each of its axes an index that is affine in the loops' variables, in looked-up indices and in
/// sizes, and its stride as a product of sizes; the bounds outside of which a load is zero. From these follow what is dense
/// (<see cref="Access.IsDense"/>), at a stride, or the same along an axis.</item>
/// <item>What is drawn: seed, stream and counter of random numbers, the counter as an access.</item>
/// <item>What is reduced: over a row (<see cref="RowReduction"/>), across rows (<see cref="ColumnReduction"/>: into partial results that are
/// combined after the stage, or into its place), and what is added where look-ups say (<see cref="Scatter"/>). Terms may be added in any fixed
/// order; long sums want more than the precision of an element.</item>
/// <item>What of a row is worth keeping between passes (<see cref="Slot"/>), and which passes compute something costly.</item>
/// <item>For contractions: each operand along runs of its own dense axes, which of these lie in memory as they are and what is computed
/// otherwise, and what is done with a finished sum.</item>
/// <item>For row blocks: the parts in order, what each does with the rows, and the scratch places that pass values between them.</item>
/// </list>
/// Sizes of axes are not known: strides, bounds and lengths of loops name them.
/// </summary>
/// <param name="Template">What kind of stage it is, for people.</param>
/// <param name="Comment">What it computes, for people.</param>
/// <param name="Origin">Where its last value was written.</param>
internal abstract record LoweredStage(string Template, string Comment, int Origin)
{
    /// <summary>The values that statements name.</summary>
    protected abstract IEnumerable<Value> Roots { get; }

    /// <summary>What statements write.</summary>
    protected abstract IEnumerable<(Place Place, Access Access)> Written { get; }

    /// <summary>Every place that is read or written.</summary>
    public IReadOnlyCollection<Place> Places
    {
        get
        {
            var computations = Value.Reachable(Roots).Select(v => v.Computation).ToArray();
            var places = new HashSet<Place>(computations.OfType<Load>().Select(l => l.Place).Concat(Written.Select(w => w.Place)));
            Look(computations.SelectMany(c => c.Indices).Concat(Written.SelectMany(w => w.Access.Indices)));
            return places;

            void Look(IEnumerable<Affine> indices)
            {
                foreach (var lookup in indices.SelectMany(i => i.Terms).Select(t => t.Variable).OfType<Lookup>())
                    if (places.Add(lookup.Place)) Look(lookup.Access.Indices);
            }
        }
    }
}

/// <summary>A loop over rows, in one or more passes over each.</summary>
/// <param name="Outer">The axes whose elements are rows, slowest first.</param>
/// <param name="Inner">The axes of a row, the dense one last; none where a row is one element.</param>
/// <param name="Passes">What is done element by element.</param>
/// <param name="RowStores">What of a row is stored when all passes are over.</param>
/// <param name="Slots">The memory for what is put aside.</param>
/// <param name="Partials">What rows leave as partial results.</param>
/// <param name="IsPart">Whether it is part of a row block: what it works on is at hand then.</param>
internal sealed record LoweredLoop(
    string Template, string Comment, int Origin, IReadOnlyList<LoopVariable> Outer, IReadOnlyList<LoopVariable> Inner, IReadOnlyList<Pass> Passes,
    IReadOnlyList<Store> RowStores, IReadOnlyList<Slot> Slots, IReadOnlyList<Partial> Partials, bool IsPart) : LoweredStage(Template, Comment, Origin)
{
    /// <summary>The variable of the axis that lies densely.</summary>
    public LoopVariable? Dense => Inner.LastOrDefault();

    protected override IEnumerable<Value> Roots => Passes.SelectMany(p => p.Roots).Concat(RowStores.Select(s => s.Value));

    protected override IEnumerable<(Place, Access)> Written =>
        Passes.SelectMany(p => p.Stores).Concat(RowStores).Select(s => (s.Place, s.Access))
            .Concat(Passes.SelectMany(p => p.Columns).Select(c => (c.Place, c.Access)))
            .Concat(Passes.Where(p => p.Scatter != null).Select(p => (p.Scatter!.Place, p.Scatter.Access)));
}

/// <summary>Two loops that are launched together.</summary>
/// <param name="Rows">The one along rows, by itself.</param>
/// <param name="Sums">The one across them, by itself: one pass.</param>
/// <param name="Both">The first, with what the second combines and stores of elements.</param>
internal sealed record LoweredPair(LoweredLoop Rows, LoweredLoop Sums, LoweredLoop Both);

/// <summary>One pass over a row: what is done with each element, in this order.</summary>
/// <param name="Rows">Combined over the row.</param>
/// <param name="Columns">Combined across rows.</param>
/// <param name="Stores">Stored, after all of the values are computed: a result may lie where an argument was.</param>
/// <param name="Scatter">Added where it is looked up.</param>
/// <param name="Puts">Put aside for later passes.</param>
/// <param name="IsCostly">Whether something costly is computed for what is stored.</param>
internal sealed record Pass(
    IReadOnlyList<RowReduction> Rows, IReadOnlyList<ColumnReduction> Columns, IReadOnlyList<Store> Stores, Scatter? Scatter, IReadOnlyList<Put> Puts,
    bool IsCostly)
{
    /// <summary>Combined across rows for a loop that has these as its rows.</summary>
    public IReadOnlyList<AcrossReduction> Across { get; init; } = System.Array.Empty<AcrossReduction>();

    /// <summary>The values that it names, in order.</summary>
    public IEnumerable<Value> Roots =>
        Rows.Select(r => r.Reduction.Value).Concat(Columns.Select(c => c.Reduction.Value)).Concat(Across.Select(a => a.Reduction.Value))
            .Concat(Stores.Select(s => s.Value))
            .Concat(Scatter is null ? Enumerable.Empty<Value>() : new[] { Scatter.Value }).Concat(Puts.Select(p => p.Value));

    /// <summary>Whether all that it does is to reduce, along the dense axis.</summary>
    public bool IsReduction => Stores.Count == 0 && Scatter is null && Columns.All(c => c.IsAlongDense);
}

/// <summary>A batched matrix product: <c>C[batch, rows, columns] = sum over K of Left[batch, rows, K] * Right[batch, K, columns]</c>.</summary>
/// <param name="Shape">Its axes.</param>
/// <param name="Left">The left operand.</param>
/// <param name="Right">The right operand.</param>
/// <param name="Epilogue">What is done with the sums.</param>
/// <param name="Direct">Where the bare sums may be added up at once; null if they have to go through the epilogue.</param>
internal sealed record LoweredContraction(
    string Template, string Comment, int Origin, Contraction Shape, Operand Left, Operand Right, Epilogue Epilogue, DirectTarget? Direct)
    : LoweredStage(Template, Comment, Origin)
{
    /// <summary>Another product over the same axes, whose sums the epilogue takes as well.</summary>
    public ProductBeside? Beside { get; init; }

    /// <summary>What is multiplied.</summary>
    public IReadOnlyList<Operand> Operands =>
        Beside is null ? new[] { Left, Right } : new[] { Left, Right, Beside.Left, Beside.Right };

    protected override IEnumerable<Value> Roots => Operands.Select(o => o.Value).Concat(Epilogue.Stores.Select(s => s.Value));

    protected override IEnumerable<(Place, Access)> Written => Epilogue.Stores.Select(s => (s.Place, s.Access));
}

/// <summary>A product that is computed together with another one.</summary>
/// <param name="Left">The left operand.</param>
/// <param name="Right">The right operand.</param>
/// <param name="Sum">A finished sum, as the other's epilogue has it.</param>
internal sealed record ProductBeside(Operand Left, Operand Right, Value Sum);

/// <summary>The axes of runs of elements: a run goes along some axes, while others stand still.</summary>
/// <param name="Batch">Axes that stand still.</param>
/// <param name="Rows">More of them.</param>
/// <param name="Outer">The axes of the run, but for the last.</param>
/// <param name="Flat">The last axis of the run, or several that lie as one; the variable of the last of them stands for them all.</param>
internal sealed record RunAxes(
    IReadOnlyList<LoopVariable> Batch, IReadOnlyList<LoopVariable> Rows, IReadOnlyList<LoopVariable> Outer, IReadOnlyList<LoopVariable> Flat)
{
    public IEnumerable<LoopVariable> All => Batch.Concat(Rows).Concat(Run);

    public IReadOnlyList<LoopVariable> Run => Outer.Concat(Flat).ToArray();

    /// <summary>What a run goes along from one element to the next.</summary>
    public LoopVariable Dense => Flat[Flat.Count - 1];
}

/// <summary>How runs of an operand are got at.</summary>
/// <param name="IsAlongK">Whether a run goes along the summed axes, rather than along the operand's own.</param>
/// <param name="Axes">The axes of a run.</param>
/// <param name="Value">An element: a load where <paramref name="IsInMemory"/>, else the prologue that runs are packed with.</param>
/// <param name="IsInMemory">Whether the elements along the flat axes lie side by side in memory, as they are.</param>
internal sealed record Operand(bool IsAlongK, RunAxes Axes, Value Value, bool IsInMemory)
{
    /// <summary>If nothing is computed of it, and tensor cores may multiply it as it lies: where each item is a matrix.</summary>
    public OperandMatrix? Matrix { get; init; }
}

/// <summary>Matrices in a buffer, one for each item and side by side.</summary>
/// <param name="Place">The place, with which the first begins.</param>
/// <param name="Item">The axes whose sizes make up the distance of items; null where all have the same.</param>
/// <param name="Row">The same of rows.</param>
internal sealed record OperandMatrix(Place Place, IReadOnlyList<string>? Item, IReadOnlyList<string> Row);

/// <summary>What is done with runs of finished sums.</summary>
/// <param name="Axes">The axes of a run.</param>
/// <param name="Sum">A finished sum.</param>
/// <param name="Stores">What is made of it, one after the other.</param>
internal sealed record Epilogue(RunAxes Axes, Value Sum, IReadOnlyList<Store> Stores);

/// <summary>Where sums lie that nothing is done with, in rows and columns of one stride each.</summary>
/// <param name="Place">Where.</param>
/// <param name="Access">The first of a batch item.</param>
/// <param name="RowStride">The axes whose sizes make up the distance of two rows.</param>
internal sealed record DirectTarget(Place Place, Access Access, EquatableArray<string> RowStride);
