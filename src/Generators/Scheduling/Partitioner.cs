using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Cuts a program into stages. Values are taken in order; each joins the first stage after everything it needs that runs over
/// the same axes, or opens its own. Unfused, each opens its own.
/// </summary>
internal sealed class Partitioner
{
    private readonly Simplifier build;
    private readonly Graph graph;
    private readonly bool fusion;
    private readonly Anchors anchors;
    private readonly List<Stage> stages = new();
    private readonly Dictionary<int, int> stageOf = new();
    private readonly Dictionary<int, ItemKind> kindOf = new();
    private readonly Program program;

    private Partitioner(Program program, bool fusion)
    {
        this.fusion = fusion;
        program = PassObserver.Seen("distinct values", DistinctValues.Run(program));
        build = new Simplifier(program.Graph);
        graph = program.Graph;
        this.program = program;
        anchors = new Anchors(build, program, fusion);
    }

    public static Schedule Run(Program program, bool fusion)
    {
        var partitioner = new Partitioner(program, fusion);
        foreach (var id in partitioner.anchors.Ordered()) partitioner.Assign(id);
        return partitioner.Place();
    }

    private Schedule Place()
    {
        PassObserver.Current?.Partition(program, stages, stageOf, anchors);
        var blocks = fusion ? RowBlocks.Find(program, stages, stageOf, anchors) : System.Array.Empty<RowBlock>();
        var schedule = new Placement(program, stages, blocks, stageOf, anchors).Run();
        PassObserver.Current?.Schedule(schedule);
        return schedule;
    }

    private void Assign(int id)
    {
        if (anchors.Contractions.TryGetValue(id, out var contraction))
        {
            Open(new ContractionStage(stages.Count, id, contraction), id, ItemKind.Value);
            return;
        }
        var node = graph[id];
        if (node.Op == Op.ScatterAdd) Open(new LoopStage(stages.Count, graph.Axes(node.Args[0])), id, ItemKind.Scatter);
        else if (node.IsReduction) AssignReduction(id, node);
        else AssignValue(id, node);
    }

    private void Open(Stage stage, int id, ItemKind kind)
    {
        stages.Add(stage);
        Join(stage, id, kind);
    }

    private void Join(Stage stage, int id, ItemKind kind)
    {
        stage.Items.Add(new Item(id, kind));
        stageOf[id] = stage.Index;
        kindOf[id] = kind;
    }

    private void AssignValue(int id, Node node)
    {
        var needs = Needs(id);
        for (var s = Latest(needs); fusion && s < stages.Count; s++)
        {
            var stage = stages[s];
            if (!needs.All(n => n.Stage < s || IsUsableWithin(stage, n.Id, n.ThroughView))) continue;
            if (stage is ContractionStage contraction && !anchors.BareSums.Contains(contraction.Root) && node.Axes.IsSameSetAs(graph.Axes(contraction.Root)) && (needs.Any(n => n.Stage == s) || SharesWork(contraction, id)))
            {
                Join(stage, id, ItemKind.Value);
                return;
            }
            if (stage is LoopStage { IsScatter: false } loop && (loop.Space.SetEquals(node.Axes) || (IsRowValue(loop, node) && needs.Any(n => n.Stage == s))))
            {
                Join(stage, id, ItemKind.Value);
                return;
            }
        }
        Open(new LoopStage(stages.Count, node.Axes), id, ItemKind.Value);
    }

    /// <summary>Whether the epilogue of a contraction computes something costly that this value is computed from, too: the mask of a dropout, say.</summary>
    private bool SharesWork(ContractionStage stage, int id) =>
        stage.Items.Count > 1 && stage.Items.SelectMany(i => Costly(i.Node)).Intersect(Costly(id)).Any();

    private HashSet<int> Costly(int root)
    {
        var found = new HashSet<int>();
        var seen = new HashSet<int>();
        foreach (var operand in anchors.Operands(root)) Visit(operand);
        if (graph[root].IsCostly) found.Add(root);
        return found;

        void Visit(int id)
        {
            if (!seen.Add(id) || anchors.All.Contains(id)) return;
            if (graph[id].IsCostly) found.Add(id);
            foreach (var operand in anchors.Operands(id)) Visit(operand);
        }
    }

    private static bool IsRowValue(LoopStage loop, Node node) =>
        loop.Inner != null && node.Axes.Count == loop.Space.Count - loop.Inner.Count && node.Axes.All(a => loop.Space.Contains(a) && !loop.Inner.Contains(a));

    private void AssignReduction(int id, Node node)
    {
        var space = graph.Axes(node.Args[0]);
        var byIndex = node.Op is Op.ArgMax or Op.ArgMin;
        var needs = Needs(id);
        for (var s = Latest(needs); fusion && s < stages.Count; s++)
        {
            if (stages[s] is not LoopStage { IsScatter: false } loop || !loop.Space.SetEquals(space)) continue;
            if (!needs.All(n => n.Stage < s || IsUsableWithin(loop, n.Id, n.ThroughView))) continue;
            var asRow = loop.Inner is null ? WantsRow(node, byIndex) : loop.Inner.IsSameSetAs(node.Over);
            if (byIndex && !asRow) continue;
            if (asRow) loop.Inner ??= node.Over.ToList();
            Join(loop, id, asRow ? ItemKind.RowReduction : ItemKind.ColumnReduction);
            return;
        }
        var fresh = new LoopStage(stages.Count, space);
        var row = WantsRow(node, byIndex);
        if (row) fresh.Inner = node.Over.ToList();
        Open(fresh, id, row ? ItemKind.RowReduction : ItemKind.ColumnReduction);
    }

    /// <summary>Rows, if the reduced axes are the ones that lie densest in memory, and something is left to run in parallel.</summary>
    private bool WantsRow(Node node, bool byIndex)
    {
        if (byIndex) return true;
        if (node.Axes.Count == 0) return false;
        var axis = new VectorAxis(program, id => anchors.All.Contains(id) ? graph.Axes(id) : null);
        axis.Read(node.Args[0]);
        return node.Over.Contains(axis.Best(graph.Axes(node.Args[0])));
    }

    private bool IsUsableWithin(Stage stage, int id, bool throughView) =>
        !throughView && (stage is ContractionStage ? kindOf[id] == ItemKind.Value : kindOf[id] is ItemKind.Value or ItemKind.RowReduction);

    private static int Latest(IReadOnlyCollection<(int Id, int Stage, bool ThroughView)> needs) => needs.Count == 0 ? 0 : needs.Max(n => n.Stage);

    /// <summary>The values of other items that this one is computed from, the stage of each, and whether it is seen through a view.</summary>
    private IReadOnlyCollection<(int Id, int Stage, bool ThroughView)> Needs(int id)
    {
        var found = new HashSet<(int, int, bool)>();
        var seen = new HashSet<(int, bool)>();
        foreach (var arg in anchors.Operands(id)) Visit(arg, graph[id].Op is Op.View or Op.Gather);
        return found;

        void Visit(int at, bool view)
        {
            if (!seen.Add((at, view))) return;
            if (stageOf.TryGetValue(at, out var stage))
            {
                found.Add((at, stage, view));
                return;
            }
            var opaque = graph[at].Op is Op.View or Op.Gather or Op.Stack;
            foreach (var arg in anchors.Operands(at)) Visit(arg, view || opaque);
        }
    }
}
