using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// A sum of a product seen as a batched matrix product: <c>C[batch, rows, columns] = sum over K of Left[batch, rows, K] * Right[batch, K, columns]</c>.
/// </summary>
internal sealed record Contraction(int Left, int Right, IReadOnlyList<string> Batch, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<string> K)
{
    public Contraction Swapped => new(Right, Left, Batch, Columns, Rows, K);

    /// <summary>The contraction that this node is, or null: a sum over axes that two groups of factors share, each with axes of its own.</summary>
    public static Contraction? Match(Simplifier build, int id)
    {
        var graph = build.Graph;
        var node = graph[id];
        if (node.Op != Op.ReduceSum || graph[node.Args[0]].Op != Op.Mul) return null;
        var factors = build.Factors(node.Args[0]);
        if (factors.Any(f => graph[f].Type == ValueType.Bool)) return null;
        Contraction? best = null;
        for (var i = 0; i < factors.Count; i++)
        {
            for (var j = i + 1; j < factors.Count; j++)
            {
                if (Split(build, node, factors, i, j) is { } found && (best is null || Free(found) > Free(best))) best = found;
            }
        }
        return best;
    }

    private static int Free(Contraction c) => c.Rows.Count + c.Columns.Count;

    /// <summary>Groups the factors around two of them; a further factor goes to the side that has all its axes.</summary>
    private static Contraction? Split(Simplifier build, Node node, List<int> factors, int i, int j)
    {
        var graph = build.Graph;
        var left = new List<int> { factors[i] };
        var right = new List<int> { factors[j] };
        for (var f = 0; f < factors.Count; f++)
        {
            if (f == i || f == j) continue;
            var axes = graph.Axes(factors[f]);
            if (axes.All(graph.Axes(factors[i]).Contains)) left.Add(factors[f]);
            else if (axes.All(graph.Axes(factors[j]).Contains)) right.Add(factors[f]);
            else return null;
        }
        var (l, r) = (graph.Axes(factors[i]), graph.Axes(factors[j]));
        if (!node.Over.All(k => l.Contains(k) && r.Contains(k))) return null;
        var rows = l.Where(a => !r.Contains(a)).ToArray();
        var columns = r.Where(a => !l.Contains(a)).ToArray();
        if (rows.Length == 0 || columns.Length == 0) return null;
        var batch = l.Where(a => r.Contains(a) && !node.Over.Contains(a)).ToArray();
        return new Contraction(build.Product(left), build.Product(right), batch, rows, columns, node.Over.ToArray());
    }
}
