using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Analysis;

/// <summary>
/// Finds the contractions that a row reduction follows elementwise, such as the scores of attention under their softmax: together with it
/// they can be computed again block by block, so that they need not be kept.
/// </summary>
internal static class RecomputedScores
{
    /// <param name="graph">The graph of both passes.</param>
    /// <param name="forward">The nodes of the forward pass.</param>
    /// <param name="choices">What the author of the kernel decided.</param>
    /// <param name="costs">What the device does in which time.</param>
    /// <param name="decisions">Takes a line for every contraction of the kind.</param>
    public static HashSet<int> Find(
        Graph graph, IReadOnlyCollection<int> forward, KernelChoices choices, CostModel costs, ICollection<string> decisions)
    {
        var contractions = ContractionShape.All(graph, forward);
        var found = new HashSet<int>();
        var seen = new HashSet<int>();
        foreach (var id in forward.Where(id => graph[id].IsReduction && !contractions.ContainsKey(id)))
        {
            Below(graph[id].Args[0], graph[id], new HashSet<int>());
        }
        return found;

        void Below(int at, Node reduction, HashSet<int> visited)
        {
            var node = graph[at];
            if (!visited.Add(at)) return;
            if (contractions.TryGetValue(at, out var shape))
            {
                if (!shape.IsRow(reduction) || !seen.Add(at)) return;
                if (costs.RecomputesScores(shape, choices, out var reason)) found.Add(at);
                decisions.Add(reason);
                return;
            }
            if (node.IsReduction || node.Facts.MovesElements) return;
            foreach (var arg in node.Args)
                if (graph.Axes(arg).Count == graph.Axes(reduction.Args[0]).Count) Below(arg, reduction, visited);
        }
    }
}
