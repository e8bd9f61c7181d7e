using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Sums of values that lie in memory but for a factor. The gradient of a bias sums up what a product has as an operand, and the simplifier has moved
/// the factor of a dropout out of the sum, not out of the operand: then all is read again that the value is computed from. Where less is read that
/// way, the operand is summed, and the factor applied to the sum.
/// </summary>
internal sealed class StoredSums
{
    private readonly Program program;
    private readonly Simplifier build;
    private readonly SortedSet<int> reachable;

    private StoredSums(Program program)
    {
        this.program = program;
        build = new Simplifier(new Graph(program.Graph));
        reachable = program.Reachable;
    }

    /// <summary>The partition of the program with such sums.</summary>
    /// <param name="partition">The partition of the program as it is.</param>
    /// <param name="cut">Makes a partition of a program.</param>
    public static Partition Run(Partition partition, Func<Program, Partition> cut)
    {
        var sums = new StoredSums(partition.Program);
        foreach (var (sum, stored, factors) in sums.All(partition.Anchors))
        {
            var other = cut(sums.With(sum, stored, factors));
            if (ReadCost.Of(other).CompareTo(ReadCost.Of(partition)) < 0) return Run(other, cut);
        }
        return partition;
    }

    /// <summary>Every sum that is that of another stored value, and what that sum has to be multiplied with or divided by.</summary>
    private IReadOnlyList<(int Sum, int Stored, IReadOnlyList<Factor> Factors)> All(Anchors anchors)
    {
        var found = new List<(int, int, IReadOnlyList<Factor>)>();
        foreach (var sum in reachable.Where(id => program.Graph[id].Op == Op.ReduceSum && !program.Contractions.ContainsKey(id)))
        {
            // What is stored comes to be before the sum does, so that it is not computed from it.
            foreach (var stored in reachable.Where(id => id < sum && anchors.All.Contains(id) && IsElement(program.Graph[id])))
                if (Between(program.Graph[sum], stored) is { } factors) found.Add((sum, stored, factors));
        }
        return found;
    }

    private static bool IsElement(Node node) =>
        node is { Type: ValueType.Real, Args.Count: > 0 } && !node.Facts.Combines && !node.Facts.MovesElements;

    /// <summary>The factors that a sum has and the sum of a stored value lacks; null if more is between the two.</summary>
    private IReadOnlyList<Factor>? Between(Node sum, int stored)
    {
        if (sum.Args[0] == stored || !build.Graph.Axes(stored).IsSameSetAs(build.Graph.Axes(sum.Args[0]))) return null;
        var (wanted, known) = (Factors.Of(build, sum.Args[0], sum.Over, guarded: true), Factors.Of(build, stored, sum.Over, guarded: true));
        if (!wanted.IsLike(known)) return null;
        var (more, less) = (wanted.Rest.ToList(), new List<Factor>());
        foreach (var factor in known.Rest)
            if (!more.Remove(factor)) less.Add(factor);
        return less.All(f => f.CanBeUndone(build.Graph)) ? less.Select(f => f with { IsDivisor = !f.IsDivisor }).Concat(more).ToArray() : null;
    }

    /// <summary>The program with the sum of the stored value in place of another. Not simplified: a factor would leave the sum again.</summary>
    private Program With(int sum, int stored, IReadOnlyList<Factor> factors)
    {
        var into = new Graph();
        var map = new Dictionary<int, int>();
        return Rewriter.Rewrite(program, into, (id, node) => map[id] = id == sum ? Sum(node) : into.Intern(node));

        int Sum(Node node) => factors.Aggregate(
            into.Reduce(Op.ReduceSum, map[stored], node.Over),
            (value, f) => into.Map(f.IsDivisor ? Op.Div : Op.Mul, value, Known(f.Value)));

        // A sign is a factor that no node stands for.
        int Known(int id) => map.TryGetValue(id, out var known) ? known : into.Intern(build.Graph[id]);
    }
}
