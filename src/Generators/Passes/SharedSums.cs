using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Takes apart sums of values of the scores' size over all batch axes, as the gradient of a bias is that all heads and images share: first over
/// all but the last batch axis, then over that one. So the items of a row block fall into groups that different workers can add up.
/// </summary>
internal static class SharedSums
{
    public static Program Run(Program program)
    {
        var graph = program.Graph;
        var reachable = program.Reachable;
        var contractions = ContractionShape.All(graph, reachable);
        var scores = contractions.Where(c => c.Value.Batch.Count > 1 && reachable.Any(id => IsRowReduction(id, c.Key, c.Value))).ToArray();
        if (scores.Length == 0) return program;

        var into = new Graph();
        return Rewriter.Rewrite(program, into, (id, node) => Last(id) is { } last
            ? into.Reduce(Op.ReduceSum, into.Reduce(Op.ReduceSum, node.Args[0], node.Over.Where(a => a != last).ToArray()), new[] { last })
            : into.Intern(node));

        bool IsRowReduction(int id, int root, ContractionShape shape) =>
            graph[id].IsReduction && !contractions.ContainsKey(id) && graph.Axes(graph[id].Args[0]).IsSameSetAs(graph.Axes(root))
            && shape.IsRow(graph[id]);

        string? Last(int id)
        {
            var node = graph[id];
            if (node.Op != Op.ReduceSum || contractions.ContainsKey(id)) return null;
            var axes = graph.Axes(node.Args[0]);
            return scores.Where(s => axes.IsSameSetAs(graph.Axes(s.Key)) && s.Value.Batch.All(node.Over.Contains))
                .Select(s => s.Value.Batch[s.Value.Batch.Count - 1]).FirstOrDefault();
        }
    }
}
