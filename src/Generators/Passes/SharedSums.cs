using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

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
        var reachable = Rewriter.Reachable(graph.Nodes, program.Outputs.Select(o => o.Value));
        var build = new Simplifier(graph);
        var contractions = reachable.Select(id => (Id: id, Shape: Contraction.Match(build, id))).Where(c => c.Shape != null).ToDictionary(c => c.Id, c => c.Shape!);
        var scores = contractions.Where(c => c.Value.Batch.Count > 1 && reachable.Any(id => IsRowReduction(id, c.Key, c.Value))).ToArray();
        if (scores.Length == 0) return program;

        var into = new Graph();
        var map = new Dictionary<int, int>();
        foreach (var id in reachable)
        {
            var node = graph[id];
            into.Origin = graph.Origins[id];
            map[id] = Last(id, node) is { } last
                ? into.Reduce(Op.ReduceSum, into.Reduce(Op.ReduceSum, map[node.Args[0]], node.Over.Where(a => a != last).ToArray()), new[] { last })
                : into.Intern(node with { Args = node.Args.Select(a => map[a]).ToEquatable() });
        }
        into.Origin = -1;
        return program with { Graph = into, Outputs = program.Outputs.Select(o => o with { Value = map[o.Value] }).ToArray() };

        bool IsRowReduction(int id, int root, Contraction shape) =>
            graph[id].IsReduction && !contractions.ContainsKey(id) && graph.Axes(graph[id].Args[0]).IsSameSetAs(graph.Axes(root))
            && Scores.IsRow(shape, graph[id]);

        string? Last(int id, Node node)
        {
            if (node.Op != Op.ReduceSum || contractions.ContainsKey(id)) return null;
            var axes = graph.Axes(node.Args[0]);
            return scores.Where(s => axes.IsSameSetAs(graph.Axes(s.Key)) && s.Value.Batch.All(node.Over.Contains)).Select(s => s.Value.Batch[s.Value.Batch.Count - 1]).FirstOrDefault();
        }
    }
}
