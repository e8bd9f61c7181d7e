using System.Collections.Generic;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// What an unfused kernel keeps for its backward pass: as a tape of primitives does, every value of the forward pass that a gradient reads.
/// Only flags are computed again, from the values that were compared.
/// </summary>
internal static class TapedValues
{
    /// <param name="graph">The graph of both passes.</param>
    /// <param name="outputs">What the forward pass computes.</param>
    /// <param name="gradients">What the backward pass computes.</param>
    public static IReadOnlyCollection<int> Find(Graph graph, IReadOnlyCollection<int> outputs, IReadOnlyCollection<int> gradients)
    {
        var forward = new HashSet<int>(graph.Nodes.Reachable(outputs));
        var kept = new SortedSet<int>();
        var seen = new HashSet<int>();
        foreach (var gradient in gradients) Visit(gradient);
        return kept;

        void Visit(int id)
        {
            if (!seen.Add(id)) return;
            var node = graph[id];
            if (forward.Contains(id) && IsStored(node)) kept.Add(id);
            else
                foreach (var arg in node.Args) Visit(arg);
        }
    }

    /// <summary>A scalar that no sum made costs nothing, and a view lies in the memory of another value.</summary>
    private static bool IsStored(Node node) =>
        node.Args.Count > 0 && node.Type == ValueType.Real
        && node.Op is not (Op.View or Op.Stack or Op.StopGradient) && (node.Axes.Count > 0 || node.IsReduction);
}
