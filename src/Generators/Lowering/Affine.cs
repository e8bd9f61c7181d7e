using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>A whole number that indices are made of.</summary>
/// <param name="Level">
/// How far in it is known: 0 all over the stage, and one more for each loop that it varies in. What is made of it is known no further out.
/// </param>
internal abstract record Variable(int Level);

/// <summary>The position along an axis that a loop goes along.</summary>
internal sealed record LoopVariable(string Axis, int Level) : Variable(Level);

/// <summary>The size of an axis.</summary>
internal sealed record AxisSize(string Axis) : Variable(0);

/// <summary>An index that is read from memory, and must be one of an axis; 0 where the bounds do not hold.</summary>
/// <param name="Place">Where it lies.</param>
/// <param name="Access">Which of its elements.</param>
/// <param name="Bounds">Where it is read at all.</param>
/// <param name="Axis">The axis.</param>
internal sealed record Lookup(Place Place, Access Access, EquatableArray<Bound> Bounds, string Axis) : Variable(Bounds.LevelWith(Access.Level));

/// <summary>One variable with an integer factor.</summary>
internal sealed record Term(Variable Variable, int Scale);

/// <summary>An index as a sum of variables with integer factors, plus an offset, over a divisor.</summary>
internal sealed record Affine(EquatableArray<Term> Terms, int Offset = 0, int Divisor = 1)
{
    public static Affine Of(Variable variable, int offset = 0) => new(EquatableArray.Of(new Term(variable, 1)), offset);

    /// <summary>How far in it is known.</summary>
    public int Level => Terms.Select(t => t.Variable.Level).DefaultIfEmpty(0).Max();

    /// <summary>The factor of a variable; 0 for none.</summary>
    public int Scale(Variable? variable) => Terms.Where(t => t.Variable.Equals(variable)).Sum(t => t.Scale);

    public Affine Without(Variable? variable) => this with { Terms = Terms.Where(t => !t.Variable.Equals(variable)).ToEquatable() };

    /// <summary>So far before a number.</summary>
    public Affine Before(Variable end) =>
        new(Terms.Select(t => t with { Scale = -t.Scale }).Prepend(new Term(end, Divisor)).ToEquatable(), -Offset, Divisor);

    /// <summary>The map of a view, in terms of the variables that its axes stand for.</summary>
    public static Affine Compose(AxisMap map, System.Func<string, Affine> index)
    {
        // Divisions are exact where the value is read at all, so they all go to one common divisor.
        var common = map.Terms.Aggregate(1, (product, term) => product / Common(product, index(term.Axis).Divisor) * index(term.Axis).Divisor);
        var terms = new Dictionary<Variable, int>();
        var offset = common * map.Offset;
        foreach (var term in map.Terms)
        {
            var inner = index(term.Axis);
            var factor = term.Scale * (common / inner.Divisor);
            offset += factor * inner.Offset;
            foreach (var t in inner.Terms) terms[t.Variable] = (terms.TryGetValue(t.Variable, out var n) ? n : 0) + (factor * t.Scale);
        }
        var divisor = common * map.Divisor;
        var shared = terms.Values.Aggregate(Common(divisor, offset), Common);
        var left = terms.Where(t => t.Value != 0).Select(t => new Term(t.Key, t.Value / shared));
        return new Affine(left.ToEquatable(), offset / shared, divisor / shared);
    }

    /// <summary>The greatest common divisor.</summary>
    private static int Common(int a, int b) => b == 0 ? System.Math.Abs(a) : Common(b, a % b);
}

/// <summary>An index that must lie in an axis, and be whole, for a value to be read there; elsewhere it is zero.</summary>
internal sealed record Bound(Affine Index, string Axis);

/// <summary>Bounds and variables as lists.</summary>
internal static class IndexLists
{
    /// <summary>How far in it is known what holds within all the bounds and is known at a level itself.</summary>
    public static int LevelWith(this IEnumerable<Bound> bounds, int level) => bounds.Select(b => b.Index.Level).Append(level).Max();

    /// <summary>The axes that variables go along.</summary>
    public static IReadOnlyList<string> Axes(this IEnumerable<LoopVariable> variables) => variables.Select(v => v.Axis).ToArray();
}
