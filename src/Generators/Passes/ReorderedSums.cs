using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Sums of gradients that the forward pass has all but added up. What is summed over a row, <c>sum_u w_u (sum_e a_e b_ue)</c>, is
/// <c>sum_e a_e (sum_u w_u b_ue)</c>, and the inner sum is there already: on the way back of a softmax between two products, it is what came out of
/// the second of them. So no row has to be gone through before its scores' gradients are known (FlashAttention, arXiv 2205.14135, appendix B.4).
/// </summary>
internal sealed class ReorderedSums
{
    private readonly Graph graph;
    private readonly Simplifier build;
    private readonly SortedSet<int> forward;
    private readonly IReadOnlyDictionary<int, ContractionShape> contractions;
    private readonly IReadOnlyList<(int Sum, Factors Of)> known;

    private ReorderedSums(VariantValues values)
    {
        graph = new Graph(values.Graph);
        build = new Simplifier(graph) { Scalars = values.Scalars };
        forward = graph.Nodes.Reachable(values.Results);
        contractions = ContractionShape.All(graph, Enumerable.Range(0, graph.Nodes.Count));
        known = forward.Where(contractions.ContainsKey)
            .Select(id => (Sum: id, Of: Factors.Of(build, graph[id].Args[0], graph[id].Over, guarded: true)))
            .Where(known => known.Of.Rest.All(f => f.CanBeUndone(graph))).ToArray();
    }

    /// <summary>The values with such sums reordered.</summary>
    public static VariantValues Run(VariantValues values)
    {
        var sums = new ReorderedSums(values);
        var backward = values.Graph.Nodes.Reachable(values.Gradients.Select(g => g.Value)).Except(sums.forward).ToArray();
        var found = backward.Select(id => (Old: id, New: sums.Reordered(id))).Where(x => x.New is not null)
            .ToDictionary(x => x.Old, x => x.New!.Value);
        // Where rows are summed in any case, as for the gradient of a bias, they are gone through together.
        var others = backward.Where(id => sums.IsRowSum(id) && !found.ContainsKey(id)).Select(sums.Summed).ToArray();
        foreach (var id in found.Keys.Where(id => others.Any(sums.Summed(id).IsSameSetAs)).ToArray()) found.Remove(id);
        return found.Count == 0 ? values : sums.With(values, found);
    }

    private bool IsRowSum(int id) => graph[id].IsReduction && !contractions.ContainsKey(id);

    /// <summary>The axes of what a reduction goes over.</summary>
    private IReadOnlyList<string> Summed(int id) => graph.Axes(graph[id].Args[0]);

    private VariantValues With(VariantValues values, IReadOnlyDictionary<int, int> found)
    {
        var wanted = values.Results.Concat(values.Gradients.Select(g => g.Value)).ToArray();
        var (into, rebuilt) = Rewriter.Exchange(graph, values.Scalars, wanted, found);
        return values with
        {
            Graph = into,
            Results = rebuilt.Take(values.Results.Count).ToArray(),
            Gradients = values.Gradients.Select((g, i) => (g.Parameter, rebuilt[values.Results.Count + i])).ToArray(),
        };
    }

    /// <summary>The sum in the other order, if one of its factors is a contraction that lets it be; else null.</summary>
    private int? Reordered(int id)
    {
        var node = graph[id];
        if (node.Op != Op.ReduceSum || !IsRowSum(id)) return null;
        var factors = Factors.Of(build, node.Args[0], node.Over, guarded: true);
        foreach (var inner in factors.Parts.Where(contractions.ContainsKey))
        {
            var terms = build.Factors(graph[inner].Args[0]);
            var weights = factors.Parts.Where(f => f != inner).Concat(terms.Where(t => graph.Axes(t).Any(node.Over.Contains))).ToArray();
            var outside = terms.Where(t => !graph.Axes(t).Any(node.Over.Contains)).ToArray();
            if (factors.Parts.Count(f => f == inner) > 1 || outside.Length == 0) continue;
            foreach (var (sum, of) in known)
            {
                var isIt = graph[sum].Over.IsSameSetAs(node.Over) && Factors.AreSame(of.Parts, weights) && Factors.AreSame(of.Guards, factors.Guards)
                    && graph.Axes(sum).IsSameSetAs(graph.Axes(id).Concat(graph[inner].Over));
                if (!isIt) continue;
                // The sum has factors of its own, which this one lacks.
                var undone = of.Rest.Select(f => f with { IsDivisor = !f.IsDivisor });
                var bare = undone.Aggregate(build.Mul(build.Product(outside), sum), (value, f) => Factors.Apply(build, value, f));
                return factors.Rest.Aggregate(build.Sum(bare, graph[inner].Over), (value, f) => Factors.Apply(build, value, f));
            }
        }
        return null;
    }
}
