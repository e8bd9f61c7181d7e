using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// The values that some stage is made responsible for. All others are computed again wherever they are needed.
/// Fused: reductions, outputs, and what would cost too much to compute again while packing a contraction. Unfused: every value.
/// </summary>
internal sealed class Anchors
{
    private readonly Program program;
    private readonly Graph graph;
    private readonly SortedSet<int> reachable = new();
    private readonly Dictionary<int, List<int>> users = new();
    private readonly HashSet<int> outputs;
    private readonly Target target;
    private readonly CostModel costs;
    private readonly List<string> decisions = new();

    private Anchors(Program program, Target target)
    {
        (this.program, graph, this.target, costs) = (program, program.Graph, target, target.Costs);
        outputs = new HashSet<int>(program.Outputs.Select(o => o.Value));
        foreach (var id in outputs) FindUsers(id);
    }

    /// <summary>The anchors of a program whose contractions are known.</summary>
    public static Anchors Find(Program program, Target target, bool fusion)
    {
        var anchors = new Anchors(program, target);
        if (fusion) anchors.Fused();
        else anchors.Unfused();
        anchors.All.RemoveWhere(id => program.Graph[id].Op == Op.Stack);
        return anchors;
    }

    public SortedSet<int> All { get; } = new();

    /// <summary>What was decided by cost, a line each.</summary>
    public IReadOnlyList<string> Decisions => decisions;

    /// <summary>Contractions without an epilogue: a loop over their rows takes their sums.</summary>
    public HashSet<int> BareSums { get; } = new();

    /// <summary>
    /// The anchors in the order of the graph, but each after what it is computed from: an operand that was put together for a
    /// contraction is newer than the contraction.
    /// </summary>
    public IReadOnlyList<int> Ordered()
    {
        var ordered = new List<int>();
        var seen = new HashSet<int>();
        foreach (var id in All) Visit(id);
        return ordered;

        void Visit(int id)
        {
            if (!seen.Add(id)) return;
            foreach (var operand in program.Operands(id)) Visit(operand);
            if (All.Contains(id)) ordered.Add(id);
        }
    }

    private void FindUsers(int id)
    {
        if (!reachable.Add(id)) return;
        foreach (var operand in program.Operands(id))
        {
            if (!users.TryGetValue(operand, out var list)) users.Add(operand, list = new List<int>());
            if (!list.Contains(id)) list.Add(id);
            FindUsers(operand);
        }
    }

    private static bool IsLeaf(Node node) => node.Args.Count == 0 && node.Op != Op.Random;

    private static bool IsElement(Node node) => !IsLeaf(node) && !node.Facts.Combines && !node.Facts.MovesElements;

    private void Unfused()
    {
        foreach (var id in reachable)
        {
            var node = graph[id];
            if (outputs.Contains(id)) All.Add(id);
            else if (node.Axes.Count == 0 && !node.Facts.Combines || IsLeaf(node) || node.Op == Op.View) continue;
            else All.Add(id);
        }
        AddStackParts();
    }

    private void Fused()
    {
        foreach (var id in reachable)
        {
            var node = graph[id];
            if (node.Facts.Combines || outputs.Contains(id)) All.Add(id);
        }
        AddStackParts();
        foreach (var id in reachable)
        {
            var node = graph[id];
            if (program.Contractions.TryGetValue(id, out var contraction))
            {
                AddOperand(contraction, contraction.Left);
                AddOperand(contraction, contraction.Right);
                AddEpilogue(id);
            }
            else if (node.Op == Op.Gather)
            {
                if (!IsLeaf(graph[Base(node.Args[0])])) All.Add(Base(node.Args[0]));
                if (!IsLeaf(graph[Base(node.Args[1])])) All.Add(Base(node.Args[1]));
            }
            else if (node.Op == Op.ScatterAdd && !IsLeaf(graph[Base(node.Args[1])]))
            {
                All.Add(Base(node.Args[1]));
            }
        }
        foreach (var root in program.Contractions.Keys.Where(id => reachable.Contains(id) && !BareSums.Contains(id))) AddStatistics(root);
    }

    /// <summary>
    /// What an epilogue takes of a row, such as a gradient's mean, is divided and all where it is summed up: an epilogue has no row of its own, and
    /// would do it for every few elements.
    /// </summary>
    private void AddStatistics(int root)
    {
        var seen = new HashSet<int>();
        Above(root);

        void Above(int at)
        {
            if (!users.TryGetValue(at, out var list)) return;
            foreach (var user in list.Where(id => IsElement(graph[id]) && graph.Axes(id).Count == graph.Axes(root).Count && seen.Add(id)))
            {
                All.UnionWith(graph[user].Args.Where(IsStatistic));
                Above(user);
            }
        }

        bool IsStatistic(int id) => graph[id] is { Type: ValueType.Real, Axes.Count: > 0 } node && IsElement(node)
            && node.Axes.Count < graph.Axes(root).Count && Operations(id) >= CostModel.Division && DependsOnAnchor(id);
    }

    private void AddStackParts()
    {
        foreach (var id in reachable)
        {
            if (graph[id].Op == Op.Stack)
                foreach (var part in graph[id].Args) All.Add(part);
        }
    }

    private int Base(int id)
    {
        while (graph[id].Op == Op.View) id = graph[id].Args[0];
        return id;
    }

    /// <summary>An operand is computed while packing if that is cheap, and stored beforehand if not.</summary>
    private void AddOperand(Contraction contraction, int operand)
    {
        var id = Base(operand);
        var node = graph[id];
        if (IsLeaf(node) || All.Contains(id) || node.Op == Op.Stack) return;
        var windowed = false;
        for (var at = operand; at != id; at = graph[at].Args[0]) windowed |= graph[at].Map!.Terms.Count > 1;
        var (operations, isCached) = (Operations(id), contraction.Batch.Count > 0);
        // Unless it is larger than all that it is computed from, as are ones and zeros made of ids.
        var isPacked = target.PacksInMemory && contraction.Batch.Count == 0 && program.Choices.Prologue == Prologue.Auto && IsOfSuch(id);
        var stores = windowed || isPacked || costs.StoresOperand(operations, isCached, program.Choices);
        if (stores) All.Add(id);
        var why = windowed ? "a window reads it many times" : isPacked ? "it would be packed in memory in any case"
            : program.Choices.Prologue != Prologue.Auto ? "by the kernel's attribute"
            : $"{CostModel.PackedOperations(operations)} operations to pack an element, {costs.StoredOperations(isCached)} to store it";
        decisions.Add($"operand %{id} over [{string.Join(" ", node.Axes)}] is {(stores ? "stored" : "computed while packing")}: {why}");
    }

    /// <summary>
    /// Whether a row reduction follows elementwise, as a softmax follows its scores. Then the loop that reduces the rows computes what is in
    /// between, too: it may do so for several contractions, and the bare sums need no pass of their own.
    /// </summary>
    private bool FeedsRowReduction(int root)
    {
        var shape = program.Contractions[root];
        if (!RowBlocks.Takes(shape, program.Choices)) return false;
        var seen = new HashSet<int>();
        return Feeds(root);

        bool Feeds(int at) => seen.Add(at) && users.TryGetValue(at, out var list) && list.Any(user =>
        {
            var node = graph[user];
            if (node.IsReduction)
            {
                return !program.Contractions.ContainsKey(user) && (node.Over.IsSameSetAs(shape.Columns) || node.Over.IsSameSetAs(shape.Rows));
            }
            return node.Axes.Count == graph[root].Axes.Count && !node.Facts.MovesElements && Feeds(user);
        });
    }

    /// <summary>How many values are computed from a value directly.</summary>
    public int UserCount(int id) => users.TryGetValue(id, out var list) ? list.Count : 0;

    /// <summary>What follows a contraction elementwise, and alone uses it, is stored in its place.</summary>
    private void AddEpilogue(int root)
    {
        if (FeedsRowReduction(root))
        {
            BareSums.Add(root);
            return;
        }
        var at = root;
        while (!outputs.Contains(at) && users.TryGetValue(at, out var list) && list.Count == 1)
        {
            var user = list[0];
            var node = graph[user];
            if (!IsElement(node) || node.Type != ValueType.Real) break;
            if (node.Axes.Count != graph[root].Axes.Count || !node.Axes.All(graph[root].Axes.Contains)) break;
            if (node.Args.Any(a => a != at && DependsOnAnchor(a))) break;
            at = user;
        }
        if (at != root) All.Add(at);
    }

    private bool DependsOnAnchor(int id) => graph.Nodes.Reachable(new[] { id }).Overlaps(All);

    /// <summary>Whether one of the anchors and inputs that it is computed from has as many axes.</summary>
    private bool IsOfSuch(int root)
    {
        var seen = new HashSet<int>();
        return program.Operands(root).Any(Has);

        bool Has(int id) => seen.Add(id) && (All.Contains(id) || IsLeaf(graph[id])
            ? graph.Axes(id).Count == graph.Axes(root).Count : program.Operands(id).Any(Has));
    }

    /// <summary>What an element costs that is computed from anchors and inputs.</summary>
    private double Operations(int root)
    {
        var seen = new HashSet<int>();
        return Of(root);

        double Of(int id) =>
            !seen.Add(id) || All.Contains(id) || IsLeaf(graph[id]) ? 0 : CostModel.Operations(graph[id], graph.Axes) + program.Operands(id).Sum(Of);
    }
}
