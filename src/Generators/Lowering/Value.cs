using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// A number at one element of a stage: what is computed there, and of which values. The same number is one object, made by
/// <see cref="ValueTable"/>, so values are compared as objects.
/// </summary>
internal sealed class Value : IEquatable<Value>
{
    public Value(Computation computation, int origin)
    {
        Computation = computation;
        Level = computation.Level;
        Origin = origin;
    }

    public Computation Computation { get; }

    /// <summary>How far in it is known: 0 all over the stage, 1 in a row, one more for each loop that it varies in.</summary>
    public int Level { get; }

    /// <summary>The number of the place where it was written; -1 if it belongs to who uses it.</summary>
    public int Origin { get; }

    public bool Equals(Value? other) => ReferenceEquals(this, other);

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>The values and all that they are computed from, each once, operands first.</summary>
    public static IEnumerable<Value> Reachable(IEnumerable<Value> roots)
    {
        var seen = new HashSet<Value>();
        var result = new List<Value>();
        foreach (var root in roots) Visit(root);
        return result;

        void Visit(Value value)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (!seen.Add(value)) return;
            foreach (var operand in value.Computation.Operands) Visit(operand);
            result.Add(value);
        }
    }
}

/// <summary>How a value comes about.</summary>
internal abstract record Computation
{
    /// <summary>The values that it is computed of.</summary>
    public virtual IEnumerable<Value> Operands => Enumerable.Empty<Value>();

    /// <summary>The indices that it is computed at.</summary>
    public virtual IEnumerable<Affine> Indices => Enumerable.Empty<Affine>();

    /// <summary>How far in it is known: where all of these are.</summary>
    public virtual int Level => Operands.Select(o => o.Level).Concat(Indices.Select(i => i.Level)).DefaultIfEmpty(0).Max();
}

/// <summary>A constant, a scalar, a flag or the size of an axis: a leaf of the graph that is the same everywhere.</summary>
internal sealed record Uniform(Node Node) : Computation;

/// <summary>An index as a number; its divisor is 1.</summary>
internal sealed record Position(Affine Index) : Computation
{
    public override IEnumerable<Affine> Indices => new[] { Index };
}

/// <summary>A random number.</summary>
/// <param name="Seed">A scalar, a constant or the size of an axis.</param>
/// <param name="Stream">Which of the numbers with this seed.</param>
/// <param name="Access">The element that it is drawn for: its offset is the counter.</param>
internal sealed record RandomNumber(Node Seed, uint Stream, Access Access) : Computation
{
    public override IEnumerable<Affine> Indices => Access.Indices;
}

/// <summary>An element of a place; zero where one of the bounds does not hold.</summary>
internal sealed record Load(Place Place, Access Access, EquatableArray<Bound> Bounds) : Computation
{
    public override IEnumerable<Affine> Indices => Access.Indices.Concat(Bounds.Select(b => b.Index));
}

/// <summary>An elementwise operation.</summary>
internal sealed record Operation(Op Op, EquatableArray<Value> Arguments) : Computation
{
    public override IEnumerable<Value> Operands => Arguments;
}

/// <summary>A product, itself an <see cref="Operation"/>, and what is added to it, in one rounding.</summary>
internal sealed record MultiplyAdd(Value Product, Value Addend) : Computation
{
    public Operation Factors => (Operation)Product.Computation;

    public override IEnumerable<Value> Operands => new[] { Product, Addend };
}

/// <summary>One over a value: what divides a whole row is inverted once.</summary>
internal sealed record Reciprocal(Value Argument) : Computation
{
    public override IEnumerable<Value> Operands => new[] { Argument };
}

/// <summary>A value within a bound, and zero elsewhere.</summary>
internal sealed record Masked(Bound Bound, Value Argument) : Computation
{
    public override IEnumerable<Value> Operands => new[] { Argument };

    public override IEnumerable<Affine> Indices => new[] { Bound.Index };
}

/// <summary>A reduction of the row, known when its pass is over.</summary>
internal sealed record RowResult(Reduction Reduction) : Computation
{
    public override int Level => 1;
}

/// <summary>A value of this row that an earlier pass has put aside.</summary>
internal sealed record PutAside(Slot Slot) : Computation
{
    public override IEnumerable<Affine> Indices => Slot.Access.Indices;
}

/// <summary>The finished sum of a contraction, in a column.</summary>
internal sealed record FinishedSum(LoopVariable Column, bool IsOfBeside = false) : Computation
{
    public override int Level => Column.Level;
}

/// <summary>The values of a stage: equal ones are one.</summary>
internal sealed class ValueTable
{
    private readonly Dictionary<Computation, Value> known = new();

    /// <summary>The value of a computation; if it is new, it was written at this origin.</summary>
    public Value Of(Computation computation, int origin = -1)
    {
        if (!known.TryGetValue(computation, out var value)) known.Add(computation, value = new Value(computation, origin));
        return value;
    }
}
