using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Finds the contractions that a row reduction follows elementwise, such as the scores of attention under their softmax: together with it
/// they can be computed again block by block, so that they need not be kept.
/// </summary>
internal static class Scores
{
    /// <param name="build">The graph of both passes.</param>
    /// <param name="forward">The nodes of the forward pass.</param>
    /// <param name="choices">What the author of the kernel decided.</param>
    /// <param name="decisions">Takes a line for every contraction of the kind.</param>
    public static HashSet<int> Find(Simplifier build, IReadOnlyCollection<int> forward, KernelChoices choices, ICollection<string> decisions)
    {
        var graph = build.Graph;
        var contractions = forward.Select(id => (Id: id, Shape: Contraction.Match(build, id))).Where(c => c.Shape != null).ToDictionary(c => c.Id, c => c.Shape!);
        var found = new HashSet<int>();
        var seen = new HashSet<int>();
        foreach (var id in forward.Where(id => graph[id].IsReduction && !contractions.ContainsKey(id))) Below(graph[id].Args[0], graph[id], new HashSet<int>());
        return found;

        void Below(int at, Node reduction, HashSet<int> visited)
        {
            var node = graph[at];
            if (!visited.Add(at)) return;
            if (contractions.TryGetValue(at, out var shape))
            {
                if (!IsRow(shape, reduction) || !seen.Add(at)) return;
                if (CostModel.RecomputesScores(shape, choices, out var reason)) found.Add(at);
                decisions.Add(reason);
                return;
            }
            if (node.IsReduction || node.Op is Op.View or Op.Gather or Op.ScatterAdd or Op.Stack) return;
            foreach (var arg in node.Args)
                if (graph.Axes(arg).Count == graph.Axes(reduction.Args[0]).Count) Below(arg, reduction, visited);
        }
    }

    /// <summary>Whether a reduction takes away all that one side of the contraction has.</summary>
    public static bool IsRow(Contraction shape, Node reduction) => shape.Columns.IsSameSetAs(reduction.Over) || shape.Rows.IsSameSetAs(reduction.Over);
}
