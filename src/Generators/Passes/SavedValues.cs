using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Chooses what the forward pass keeps for the backward pass: results of the kernel, and of the values that the gradients need
/// the reductions and contractions; everything elementwise is computed again, dropout masks included.
/// Scores that a row reduction follows are computed again with it (<see cref="RecomputedScores"/>).
/// </summary>
internal sealed class SavedValues
{
    private readonly Graph graph;
    private readonly HashSet<int> forward;
    private readonly HashSet<int> results;
    private readonly Dictionary<int, int> forwardUsers;
    private readonly HashSet<int> scores;
    private readonly Dictionary<int, HashSet<int>> users = new();
    private readonly HashSet<int> seen = new();
    private readonly HashSet<int> exact = new();
    private readonly Dictionary<int, bool> exactness = new();
    private readonly List<string> decisions = new();
    private readonly HashSet<int> candidates = new();

    private SavedValues(Graph graph, IReadOnlyCollection<int> outputs, IEnumerable<int> results, KernelChoices choices, CostModel costs)
    {
        this.graph = graph;
        this.results = new HashSet<int>(results);
        forward = new HashSet<int>(graph.Nodes.Reachable(outputs));
        forwardUsers = forward.SelectMany(id => graph[id].Args.Distinct()).Concat(outputs).GroupBy(id => id).ToDictionary(g => g.Key, g => g.Count());
        scores = RecomputedScores.Find(graph, forward, choices, costs, decisions);
    }

    /// <summary>The forward values to keep, in order, and what was decided about them by cost, a line each.</summary>
    /// <param name="graph">The graph of both passes.</param>
    /// <param name="outputs">What the forward pass computes.</param>
    /// <param name="results">Those of them that can be read back as they are.</param>
    /// <param name="gradients">What the backward pass computes.</param>
    /// <param name="choices">What the author of the kernel decided.</param>
    /// <param name="costs">What the device does in which time.</param>
    public static (IReadOnlyCollection<int> Values, IReadOnlyList<string> Decisions) Find(
        Graph graph, IReadOnlyCollection<int> outputs, IEnumerable<int> results,
        IReadOnlyCollection<int> gradients, KernelChoices choices, CostModel costs)
    {
        var finder = new SavedValues(graph, outputs, results, choices, costs);
        foreach (var gradient in gradients) finder.Visit(gradient);
        return (finder.Wanted(gradients), finder.decisions);
    }

    /// <summary>
    /// The candidates, or what they lead to, as far as the gradients come upon them: a statistic that only led to a value that is kept itself is not.
    /// </summary>
    private SortedSet<int> Wanted(IEnumerable<int> gradients)
    {
        var latest = new HashSet<int>(candidates.Select(Latest));
        var saved = new SortedSet<int>();
        var reached = new HashSet<int>();
        foreach (var gradient in gradients) Keep(gradient);
        return saved;

        void Keep(int id)
        {
            if (!reached.Add(id)) return;
            if (latest.Contains(id)) saved.Add(id);
            else
                foreach (var arg in graph[id].Args) Keep(arg);
        }
    }

    private void Visit(int id)
    {
        if (!seen.Add(id)) return;
        var node = graph[id];
        if (forward.Contains(id) && IsWorthKeeping(id, node))
        {
            candidates.Add(id);
            return;
        }
        if (Compared(node) is { } compared && forward.Contains(compared) && exact.Add(compared))
        {
            seen.Add(compared);
            candidates.Add(compared);
        }
        foreach (var arg in node.Args)
        {
            if (!users.TryGetValue(arg, out var list)) users.Add(arg, list = new HashSet<int>());
            list.Add(id);
            Visit(arg);
        }
    }

    /// <summary>
    /// The last value of a chain that begins with a kept one, where nothing else needs what is before it: as large, and nothing of the
    /// chain has to be computed again. A contraction goes with its bias, a variance as its root, a branch with the residual it is added to.
    /// </summary>
    private int Latest(int id)
    {
        while (!exact.Contains(id) && !results.Contains(id) && forwardUsers[id] == 1 && users.TryGetValue(id, out var list) && list.Count == 1)
        {
            var user = list.First();
            var node = graph[user];
            if (!forward.Contains(user) || node.Type != ValueType.Real || node.IsReduction || node.Facts.MovesElements) break;
            if (node.Axes.Count != graph[id].Axes.Count) break;
            id = user;
        }
        return id;
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
        if (!exactness.TryGetValue(id, out var known)) exactness.Add(id, known = IsExact(id, graph[id]));
        return known;
    }

    private bool IsExact(int id, Node node) =>
        (results.Contains(id) && node.Facts.Kind != OpKind.Lookup) || node.IsReduction || (node.Op == Op.Add
            ? node.Args.All(a => graph[a].Op != Op.Mul && IsExact(a))
            : node.Facts.IsExact && node.Args.All(IsExact));

    private bool IsWorthKeeping(int id, Node node)
    {
        if (node.Args.Count == 0 || node.Type == ValueType.Bool) return false;
        if (results.Contains(id) && node.Facts.Kind != OpKind.Lookup) return true;
        return node.IsReduction && !scores.Contains(id);
    }
}
