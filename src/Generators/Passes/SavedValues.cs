using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Chooses what the forward pass keeps for the backward pass: results of the kernel, and of the values that the gradients need
/// the reductions and contractions; everything elementwise is computed again, dropout masks included.
/// A bias added to a contraction counts as part of it.
/// </summary>
internal sealed class SavedValues
{
    private readonly Graph graph;
    private readonly HashSet<int> forward;
    private readonly HashSet<int> results;
    private readonly HashSet<int> seen = new();
    private readonly List<int> saved = new();

    /// <param name="graph">The graph of both passes.</param>
    /// <param name="outputs">What the forward pass computes.</param>
    /// <param name="results">Those of them that can be read back as they are.</param>
    /// <param name="gradients">What the backward pass computes.</param>
    public SavedValues(Graph graph, IEnumerable<int> outputs, IEnumerable<int> results, IEnumerable<int> gradients)
    {
        this.graph = graph;
        this.results = new HashSet<int>(results);
        forward = new HashSet<int>(Rewriter.Reachable(graph.Nodes, outputs));
        foreach (var gradient in gradients) Visit(gradient);
        saved.Sort();
    }

    /// <summary>The forward values to keep, in order.</summary>
    public IReadOnlyList<int> Values => saved;

    private void Visit(int id)
    {
        if (!seen.Add(id)) return;
        var node = graph[id];
        if (forward.Contains(id) && IsWorthKeeping(id, node))
        {
            saved.Add(id);
            return;
        }
        if (Compared(node) is { } compared && forward.Contains(compared) && !saved.Contains(compared))
        {
            seen.Add(compared);
            saved.Add(compared);
        }
        foreach (var arg in node.Args) Visit(arg);
    }

    /// <summary>
    /// What an extremum was taken of, where the gradient looks for it: computed again it need not come out the same to the last
    /// bit, if a function or a fused multiplication is in it, and would then be nowhere.
    /// </summary>
    private int? Compared(Node node)
    {
        if (node.Op != Op.Equal || graph[node.Args[1]] is not { Op: Op.ReduceMax or Op.ReduceMin } extremum) return null;
        return extremum.Args[0] == node.Args[0] && !IsExact(node.Args[0]) ? node.Args[0] : null;
    }

    private bool IsExact(int id)
    {
        var node = graph[id];
        return (results.Contains(id) && node.Op is not (Op.View or Op.Gather)) || node.IsReduction || node.Op switch
        {
            Op.Input or Op.Scalar or Op.Const or Op.Size or Op.Index or Op.Random => true,
            Op.Neg or Op.Abs or Op.Floor or Op.StopGradient or Op.Mul or Op.Sub or Op.Min or Op.Max or Op.Select or Op.View or Op.Gather
                or Op.Less or Op.LessEqual or Op.Equal or Op.And or Op.Or or Op.Not => node.Args.All(IsExact),
            Op.Add => node.Args.All(a => graph[a].Op != Op.Mul && IsExact(a)),
            _ => false,
        };
    }

    private bool IsWorthKeeping(int id, Node node)
    {
        if (node.Args.Count == 0 || node.Type == ValueType.Bool) return false;
        if (results.Contains(id) && node.Op is not (Op.View or Op.Gather)) return true;
        return node.IsReduction || IsBiased(node);
    }

    /// <summary>A reduction plus something smaller that is at hand anyway.</summary>
    private bool IsBiased(Node node)
    {
        if (node.Op != Op.Add) return false;
        var (a, b) = (graph[node.Args[0]], graph[node.Args[1]]);
        return (a.IsReduction && b.Op == Op.Input && b.Axes.Count < a.Axes.Count && a.Axes.Count == node.Axes.Count)
            || (b.IsReduction && a.Op == Op.Input && a.Axes.Count < b.Axes.Count && b.Axes.Count == node.Axes.Count);
    }
}
