using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Cuts a program into stages. Values are taken in order; each joins the first stage after everything it needs that runs over
/// the same axes, or opens its own. Unfused, each opens its own.
/// </summary>
internal sealed class Partitioner
{
    private readonly Program program;
    private readonly Graph graph;
    private readonly Anchors anchors;
    private readonly Target target;
    private readonly bool fusion;
    private readonly List<Draft> stages = new();
    private readonly Dictionary<int, int> stageOf = new();
    private readonly Dictionary<int, ItemKind> kindOf = new();

    private Partitioner(Program program, Anchors anchors, Target target, bool fusion)
    {
        (this.program, graph) = (program, program.Graph);
        this.anchors = anchors;
        this.target = target;
        this.fusion = fusion;
    }

    public static Partition Run(Program program, Anchors anchors, Target target, bool fusion)
    {
        var partitioner = new Partitioner(program, anchors, target, fusion);
        foreach (var id in anchors.Ordered()) partitioner.Assign(id);
        return new Partition(program, anchors, partitioner.stages.Select((draft, i) => draft.Stage(i)).ToArray(), partitioner.stageOf);
    }

    /// <summary>A stage that values still join: a contraction, or a loop over a space.</summary>
    private sealed class Draft
    {
        public Draft(int root, Contraction contraction) => (Root, Contraction, Space) = (root, contraction, new HashSet<string>());

        public Draft(IEnumerable<string> space) => Space = new HashSet<string>(space);

        public int Root { get; }

        public Contraction? Contraction { get; }

        public HashSet<string> Space { get; }

        public List<Item> Items { get; } = new();

        /// <summary>The axes of a row, once a row reduction has fixed them.</summary>
        public IReadOnlyList<string>? Inner { get; set; }

        /// <summary>Whether it is a loop that elementwise values and reductions may join.</summary>
        public bool IsLoop => Contraction is null && Items.All(i => i.Kind != ItemKind.Scatter);

        public Stage Stage(int index) =>
            Contraction is { } contraction
                ? new ContractionStage(index, Items, Root, contraction)
                : new LoopStage(index, Items, Space, Inner, Array.Empty<string>());
    }

    private void Assign(int id)
    {
        if (program.Contractions.TryGetValue(id, out var contraction))
        {
            Open(new Draft(id, contraction), id, ItemKind.Value);
            return;
        }
        var node = graph[id];
        if (node.Op == Op.ScatterAdd) Open(new Draft(graph.Axes(node.Args[0])), id, ItemKind.Scatter);
        else if (node.IsReduction) AssignReduction(id, node);
        else AssignValue(id, node);
    }

    private void Open(Draft stage, int id, ItemKind kind)
    {
        stages.Add(stage);
        Join(stages.Count - 1, id, kind);
    }

    private void Join(int stage, int id, ItemKind kind)
    {
        stages[stage].Items.Add(new Item(id, kind));
        stageOf[id] = stage;
        kindOf[id] = kind;
    }

    private void AssignValue(int id, Node node)
    {
        var needs = Needs(id);
        for (var s = Latest(needs); fusion && s < stages.Count; s++)
        {
            var stage = stages[s];
            if (!needs.All(n => n.Stage < s || IsUsableWithin(stage, n.Id, n.ThroughView))) continue;
            var isNeeded = needs.Any(n => n.Stage == s);
            var joins = stage.Contraction != null
                ? !anchors.BareSums.Contains(stage.Root) && node.Axes.IsSameSetAs(graph.Axes(stage.Root)) && (isNeeded || SharesWork(stage, id))
                : stage.IsLoop && (stage.Space.SetEquals(node.Axes) || (IsRowValue(stage, node) && isNeeded));
            if (!joins) continue;
            Join(s, id, ItemKind.Value);
            return;
        }
        Open(new Draft(node.Axes), id, ItemKind.Value);
    }

    /// <summary>
    /// Whether the epilogue of a contraction computes something costly that this value is computed from, too: the mask of a dropout, say.
    /// </summary>
    private bool SharesWork(Draft stage, int id) =>
        stage.Items.Count > 1 && stage.Items.SelectMany(i => Costly(i.Node)).Intersect(Costly(id)).Any();

    private HashSet<int> Costly(int root)
    {
        var found = new HashSet<int>();
        var seen = new HashSet<int>();
        foreach (var operand in program.Operands(root)) Visit(operand);
        if (graph[root].IsCostly) found.Add(root);
        return found;

        void Visit(int id)
        {
            if (!seen.Add(id) || anchors.All.Contains(id)) return;
            if (graph[id].IsCostly) found.Add(id);
            foreach (var operand in program.Operands(id)) Visit(operand);
        }
    }

    private static bool IsRowValue(Draft loop, Node node) =>
        loop.Inner != null && node.Axes.Count == loop.Space.Count - loop.Inner.Count
        && node.Axes.All(a => loop.Space.Contains(a) && !loop.Inner.Contains(a));

    private void AssignReduction(int id, Node node)
    {
        var space = graph.Axes(node.Args[0]);
        var byIndex = node.Facts.IsPosition;
        var needs = Needs(id);
        for (var s = Latest(needs); fusion && s < stages.Count; s++)
        {
            var loop = stages[s];
            if (!loop.IsLoop || !loop.Space.SetEquals(space)) continue;
            if (!needs.All(n => n.Stage < s || IsUsableWithin(loop, n.Id, n.ThroughView))) continue;
            var asRow = loop.Inner is null ? WantsRow(node, byIndex) : loop.Inner.IsSameSetAs(node.Over);
            if ((byIndex || target.ReducesInRows) && !asRow) continue;
            if (asRow) loop.Inner ??= node.Over;
            Join(s, id, asRow ? ItemKind.RowReduction : ItemKind.ColumnReduction);
            return;
        }
        var row = WantsRow(node, byIndex);
        Open(new Draft(space) { Inner = row ? node.Over : null }, id, row ? ItemKind.RowReduction : ItemKind.ColumnReduction);
    }

    /// <summary>
    /// Rows, if the reduced axes are the ones that lie densest in memory, and something is left to run in parallel; or if the device does not
    /// mind.
    /// </summary>
    private bool WantsRow(Node node, bool byIndex)
    {
        if (byIndex || target.ReducesInRows) return true;
        if (node.Axes.Count == 0) return false;
        var axis = new VectorAxis(program, target, id => anchors.All.Contains(id) ? graph.Axes(id) : null);
        axis.Read(node.Args[0]);
        return node.Over.Contains(axis.Best(graph.Axes(node.Args[0])));
    }

    private bool IsUsableWithin(Draft stage, int id, bool throughView) =>
        !throughView && (stage.Contraction != null ? kindOf[id] == ItemKind.Value : kindOf[id] is ItemKind.Value or ItemKind.RowReduction);

    private static int Latest(IReadOnlyCollection<(int Id, int Stage, bool ThroughView)> needs) => needs.Count == 0 ? 0 : needs.Max(n => n.Stage);

    /// <summary>The values of other items that this one is computed from, the stage of each, and whether it is seen through a view.</summary>
    private IReadOnlyCollection<(int Id, int Stage, bool ThroughView)> Needs(int id)
    {
        var found = new HashSet<(int, int, bool)>();
        var seen = new HashSet<(int, bool)>();
        foreach (var arg in program.Operands(id)) Visit(arg, graph[id].Facts.MovesElements);
        return found;

        void Visit(int at, bool view)
        {
            if (!seen.Add((at, view))) return;
            if (stageOf.TryGetValue(at, out var stage))
            {
                found.Add((at, stage, view));
                return;
            }
            var opaque = graph[at].Facts.MovesElements;
            foreach (var arg in program.Operands(at)) Visit(arg, view || opaque);
        }
    }
}
