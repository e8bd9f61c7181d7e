using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Analysis;

/// <summary>A <see cref="Contraction"/> before its operands are put together: each is the product of some factors.</summary>
internal sealed record ContractionShape(
    IReadOnlyList<int> Left, IReadOnlyList<int> Right,
    IReadOnlyList<string> Batch, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<string> K)
{
    /// <summary>How many factors of a product are taken apart.</summary>
    public const int MostFactors = 32;

    private int Free => Rows.Count + Columns.Count;

    /// <summary>The contraction that this node is, or null: a sum over axes that two groups of factors share, each with axes of its own.</summary>
    public static ContractionShape? Of(Graph graph, int id)
    {
        var node = graph[id];
        if (node.Op != Op.ReduceSum || graph[node.Args[0]].Op != Op.Mul) return null;
        var factors = Factors(graph, node.Args[0]);
        if (factors.Any(f => graph[f].Type == ValueType.Bool)) return null;
        ContractionShape? best = null;
        for (var i = 0; i < factors.Count; i++)
        {
            for (var j = i + 1; j < factors.Count; j++)
            {
                if (Split(graph, node, factors, i, j) is { } found && (best is null || found.Free > best.Free)) best = found;
            }
        }
        return best;
    }

    /// <summary>The contractions among some nodes.</summary>
    public static Dictionary<int, ContractionShape> All(Graph graph, IEnumerable<int> ids)
    {
        var found = new Dictionary<int, ContractionShape>();
        foreach (var id in ids)
            if (Of(graph, id) is { } shape) found.Add(id, shape);
        return found;
    }

    /// <summary>The factors of a product, flattened; of a very large one (a power by squaring is such) not all the way.</summary>
    public static List<int> Factors(Graph graph, int id)
    {
        var factors = new List<int>();
        Collect(id);
        return factors;

        void Collect(int at)
        {
            if (graph[at].Op == Op.Mul && factors.Count < MostFactors)
                foreach (var arg in graph[at].Args) Collect(arg);
            else factors.Add(at);
        }
    }

    /// <summary>Whether a reduction takes away all that one side of the contraction has, as a softmax's does of its scores.</summary>
    public bool IsRow(Node reduction) => Columns.IsSameSetAs(reduction.Over) || Rows.IsSameSetAs(reduction.Over);

    /// <summary>Groups the factors around two of them; a further factor goes to the side that has all its axes.</summary>
    private static ContractionShape? Split(Graph graph, Node node, List<int> factors, int i, int j)
    {
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
        return new ContractionShape(left, right, batch, rows, columns, node.Over.ToArray());
    }
}
