using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// The gradient of a value, and where it reaches: only where the condition <see cref="Guard"/> holds. Elsewhere nothing does, and
/// <see cref="Value"/> may be anything, NaN included, until <see cref="Adjoints.Settle"/> puts zeros there. So a branch that is not
/// chosen is never multiplied by what its derivative happens to be.
/// </summary>
/// <param name="Value">The gradient where something reaches.</param>
/// <param name="Guard">The node of a condition, or <see cref="Everywhere"/>.</param>
/// <param name="HasGaps">Whether exact zeros of the value may be places that nothing reaches, too: no condition tells where a scatter added.</param>
internal readonly record struct Adjoint(int Value, int Guard = Adjoint.Everywhere, bool HasGaps = false)
{
    public const int Everywhere = -1;

    public bool IsPartial => Guard != Everywhere || HasGaps;
}

/// <summary>What can be done with adjoints: guard, add, sum over axes.</summary>
internal sealed class Adjoints
{
    private readonly Simplifier build;
    private readonly Finiteness finiteness;

    public Adjoints(Simplifier build)
    {
        this.build = build;
        finiteness = new Finiteness(build.Graph, build.Scalars);
    }

    private Graph Graph => build.Graph;

    /// <summary>The gradient as a value: zero where nothing reaches.</summary>
    public int Settle(Adjoint adjoint) => Keep(adjoint.Guard, adjoint.Value);

    /// <summary>The adjoint where the condition holds as well.</summary>
    public Adjoint Where(Adjoint adjoint, int condition) => adjoint with { Guard = And(adjoint.Guard, condition) };

    /// <summary>
    /// The adjoint with its gaps found by comparing <paramref name="probe"/> with zero: before something that may be infinite multiplies it.
    /// </summary>
    private Adjoint WithoutGaps(Adjoint adjoint, int probe) =>
        Where(adjoint, build.Map(Op.Not, build.Map(Op.Equal, probe, build.Zero))) with { HasGaps = false };

    public Adjoint Add(Adjoint a, Adjoint b)
    {
        if (a.Guard == b.Guard) return new Adjoint(build.Add(a.Value, b.Value), a.Guard, a.HasGaps && b.HasGaps);
        if (IsNot(a.Guard, b.Guard)) return new Adjoint(build.Map(Op.Select, b.Guard, b.Value, a.Value), HasGaps: a.HasGaps || b.HasGaps);
        if (IsNot(b.Guard, a.Guard)) return new Adjoint(build.Map(Op.Select, a.Guard, a.Value, b.Value), HasGaps: a.HasGaps || b.HasGaps);
        return new Adjoint(build.Add(Settle(a), Settle(b)), HasGaps: a.IsPartial && b.IsPartial);
    }

    /// <summary>What an elementwise primitive passes on to an argument, summed over what the argument was broadcast along.</summary>
    public Adjoint Pass(Adjoint from, Node node, Contribution to)
    {
        var over = node.Axes.Where(a => !Graph[to.Arg].Axes.Contains(a)).ToArray();
        var passed = new Adjoint(to.Gradient, And(from.Guard, to.Where), from.HasGaps || to.HasGaps);
        if (from.HasGaps && !finiteness.IsSlopeFinite(node, to.Arg) && !IsContraction(to.Gradient, over)) passed = WithoutGaps(passed, from.Value);
        return Sum(passed, over);
    }

    private Adjoint Sum(Adjoint adjoint, IReadOnlyCollection<string> over)
    {
        if (over.Count == 0) return adjoint;
        if (!Varies(adjoint.Guard, over))
            return adjoint with { Value = build.Sum(adjoint.Value, over), HasGaps = adjoint.HasGaps && !IsContraction(adjoint.Value, over) };
        var product = Factors.Of(build, adjoint.Value, over);
        if (GuardedContraction(product, adjoint.Guard, over) is { } contraction) return contraction;
        var reached = build.Sum(Keep(adjoint.Guard, product.Varying(build)), over);
        var whole = new Adjoint(product.Rest.Aggregate(reached, Apply), HasGaps: true);
        return product.Rest.All(IsFinite) ? whole : WithoutGaps(whole, reached);
    }

    private int Keep(int guard, int value) => guard == Adjoint.Everywhere ? value : build.Map(Op.Select, guard, value, build.Zero);

    private int And(int a, int b) => a == b || b == Adjoint.Everywhere ? a : a == Adjoint.Everywhere ? b : build.Map(Op.And, a, b);

    private bool IsNot(int a, int b) => a != Adjoint.Everywhere && b != Adjoint.Everywhere && Graph[a].Op == Op.Not && Graph[a].Args[0] == b;

    private bool Varies(int id, IReadOnlyCollection<string> over) => id != Adjoint.Everywhere && Graph.Axes(id).Any(over.Contains);

    private int Apply(int value, Factor factor) => Factors.Apply(build, value, factor);

    private bool IsFinite(Factor factor) => factor.IsDivisor ? finiteness.IsPositive(factor.Value) : finiteness.IsFinite(factor.Value);

    private bool IsContraction(int value, IReadOnlyCollection<string> over) =>
        over.Count > 0 && ContractionShape.Of(Graph, build.Sum(Factors.Of(build, value, over).Varying(build), over)) != null;

    /// <summary>
    /// The sum as a contraction, with zeros in every operand that has the axes of the guard; null if it is none. An operand without them may
    /// be reached by other elements of the first, so it stays as it is. What may be infinite is multiplied before zeros are put in.
    /// </summary>
    private Adjoint? GuardedContraction(Factors product, int guard, IReadOnlyCollection<string> over)
    {
        if (ContractionShape.Of(Graph, build.Sum(product.Varying(build), over)) is not { } shape || !shape.K.IsSameSetAs(over)) return null;
        var found = Contractions.Of(build, shape);
        var (left, right) = (IsGuarded(found.Left), IsGuarded(found.Right));
        if (!left && !right) return null;
        var guarded = Graph.Axes(left ? found.Left : found.Right);
        var inside = product.Rest.Where(f => !IsFinite(f) && Graph.Axes(f.Value).All(guarded.Contains)).ToArray();
        var first = Keep(guard, inside.Aggregate(left ? found.Left : found.Right, Apply));
        var second = !left ? found.Left : right ? Keep(guard, found.Right) : found.Right;
        // Not as sets: a factor may be there twice.
        return new Adjoint(product.Rest.Where(f => !inside.Contains(f)).Aggregate(build.Sum(build.Mul(first, second), over), Apply));

        bool IsGuarded(int operand) => Graph.Axes(guard).All(Graph.Axes(operand).Contains);
    }
}
