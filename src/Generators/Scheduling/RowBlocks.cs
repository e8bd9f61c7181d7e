using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Finds the stages that can run together on a block of rows: around a loop that reduces the rows of some contraction's result (a
/// softmax), that contraction, other loops over the same space, and every contraction that takes what they compute as an operand. Also without such a
/// loop, where a contraction takes another's result, or what its epilogue makes of it, row by row.
/// </summary>
internal sealed class RowBlocks
{
    private readonly Graph graph;
    private readonly KernelChoices choices;
    private readonly Target target;
    private readonly Dictionary<int, Stage> byIndex;
    private readonly Dictionary<int, IReadOnlyCollection<StageRead>> reads;
    private readonly List<RowBlock> blocks = new();
    private IReadOnlyList<Stage> stages;

    private RowBlocks(Partition partition, Target target)
    {
        this.target = target;
        graph = partition.Graph;
        choices = partition.Program.Choices;
        stages = partition.Stages;
        byIndex = stages.ToDictionary(s => s.Index);
        reads = stages.ToDictionary(s => s.Index, s => StageReads.Of(partition, s));
    }

    /// <summary>The partition with its blocks, and its stages in an order in which those of a block follow each other.</summary>
    public static Partition Find(Partition partition, Target target)
    {
        var finder = new RowBlocks(partition, target);
        foreach (var loop in partition.Stages.OfType<LoopStage>())
            if (loop.Items.Any(i => i.Kind == ItemKind.RowReduction) && finder.blocks.Of(loop) is null) finder.Around(loop);
        foreach (var contraction in partition.Stages.OfType<ContractionStage>())
            if (finder.blocks.Of(contraction) is null) finder.Around(contraction);
        return partition with { Stages = finder.stages, Blocks = finder.blocks };
    }

    /// <summary>
    /// Whether a contraction may be part of a block. Small items of a batch gain by it: what they share is packed once and stays in cache. Rows
    /// times a large weight matrix do not, unless that is asked for.
    /// </summary>
    public static bool Takes(Contraction shape, KernelChoices choices) => shape.Batch.Count > 0 || choices.Scores == Scores.Recompute;

    private void Around(LoopStage loop)
    {
        var producers = reads[loop.Index].Select(r => byIndex[r.Stage]).OfType<ContractionStage>()
            .Where(s => loop.Space.SetEquals(graph.Axes(s.Root)) && Takes(s.Contraction, choices));
        foreach (var producer in producers)
        {
            var batch = producer.Contraction.Batch;
            var rows = graph.Axes(producer.Root).Where(a => loop.Space.Contains(a) && !loop.Inner!.Contains(a) && !batch.Contains(a)).ToArray();
            if (!batch.All(a => loop.Space.Contains(a) && !loop.Inner!.Contains(a)) || rows.Length == 0) continue;
            var block = new RowBlock(batch, rows, new Stage[] { loop });
            if (IsPart(block, producer, loop.Space) && IsFound(block, loop.Space, part => part == producer)) return;
        }
    }

    /// <summary>Rows are what has not the axis that the result was written with last: along that, neighbours share random numbers.</summary>
    private void Around(ContractionStage producer)
    {
        var shape = producer.Contraction;
        if (shape.Batch.Count == 0) return;
        var axes = graph.Axes(producer.Root);
        var (rows, columns) = shape.Rows.Contains(axes[axes.Count - 1]) ? (shape.Columns, shape.Rows) : (shape.Rows, shape.Columns);
        bool Consumes(Stage stage) => stage is ContractionStage { Contraction: var c } && c.K.IsSameSetAs(columns);
        IsFound(new RowBlock(shape.Batch, rows, new Stage[] { producer }), new HashSet<string>(axes), Consumes);
    }

    /// <summary>Whether a block that grows from this one has a part that it is to have, and can be; then it is added.</summary>
    private bool IsFound(RowBlock block, HashSet<string> space, Func<Stage, bool> isWanted)
    {
        if (!block.Parts.All(p => IsPart(block, p, space))) return false;
        block = Grow(block, space);
        if (!block.Parts.Any(isWanted) || Ordered(block) is not { } dealt || Gathered(dealt) is not { } ordered) return false;
        blocks.Add(dealt);
        stages = ordered;
        return true;
    }

    /// <summary>Adds stages that read from the block, or that it reads from, for as long as there are any.</summary>
    private RowBlock Grow(RowBlock block, HashSet<string> space)
    {
        var parts = new HashSet<Stage>(block.Parts);
        bool grew;
        do
        {
            grew = false;
            foreach (var stage in stages.Where(s => !parts.Contains(s) && blocks.Of(s) is null).Select(s => AsPart(block, s)))
            {
                if (!IsPart(block, stage, space)) continue;
                var edges = parts.SelectMany(p => Edges(p, stage).Concat(Edges(stage, p))).ToArray();
                if (edges.Length > 0 && edges.All(e => IsPassable(block, e))) grew |= parts.Add(stage);
            }
        }
        while (grew);
        return block with { Parts = stages.Where(parts.Contains).Select(s => AsPart(block, s)).ToArray() };
    }

    /// <summary>
    /// Where whatever is reduced makes a row, a loop whose rows cross those of the block: in it, it sums across them instead. Other stages as they
    /// are.
    /// </summary>
    private Stage AsPart(RowBlock block, Stage stage)
    {
        if (!target.ReducesInRows || stage is not LoopStage { Inner: { } inner } loop || !inner.Any(block.Outer.Contains)) return stage;
        // What else it computes may follow from a sum, which is not known before the last block.
        if (loop.Items.Any(i => i.Kind != ItemKind.RowReduction)) return stage;
        var items = loop.Items.Select(i => i with { Kind = ItemKind.ColumnReduction }).ToArray();
        return loop with { Items = items, Inner = null };
    }

    private IEnumerable<StageRead> Edges(Stage from, Stage to) => reads[to.Index].Where(r => r.Stage == from.Index);

    /// <summary>Whether a value can be read before all of it is there: row by row, as it came to be.</summary>
    private bool IsPassable(RowBlock block, StageRead read) =>
        block.Role(byIndex[read.Stage]) != PartRole.Sums
        && block.Outer.All(a => graph.Axes(read.Value).Contains(a) && !read.Remapped.Contains(a));

    /// <summary>The block with the items that sums run across one after the other; null if that leaves nothing to deal out to workers.</summary>
    private RowBlock? Ordered(RowBlock block)
    {
        var crossed = new HashSet<string>(
            block.Parts.SelectMany(p => p.Items).Where(i => i.Kind == ItemKind.ColumnReduction).SelectMany(i => graph[i.Node].Over));
        if (crossed.Count == 0) return block;
        var inOrder = block.Batch.Where(crossed.Contains).ToArray();
        var dealt = block.Batch.Where(a => !crossed.Contains(a)).ToArray();
        return dealt.Length == 0 ? null : block with { Batch = dealt.Concat(inOrder).ToArray(), InOrder = inOrder };
    }

    /// <summary>
    /// A sum across rows or items can be added up where it is to lie, unless it is part of something larger. One within a row that is no row
    /// reduction might be wanted in the same block, before it is complete.
    /// </summary>
    private bool IsPart(RowBlock block, Item item) => item.Kind switch
    {
        ItemKind.Value or ItemKind.RowReduction => true,
        ItemKind.ColumnReduction => graph[item.Node].Op == Op.ReduceSum && graph[item.Node].Over.Any(block.Outer.Contains)
            && !graph.Nodes.Any(n => n.Op == Op.Stack && n.Args.Contains(item.Node)),
        _ => false,
    };

    private bool IsPart(RowBlock block, Stage stage, HashSet<string> space)
    {
        if (stage is LoopStage loop)
            return loop.Space.SetEquals(space) && loop.Items.All(i => IsPart(block, i)) && loop.Inner?.Any(block.Outer.Contains) != true;
        var c = ((ContractionStage)stage).Contraction;
        if (!c.Batch.IsSameSetAs(block.Batch)) return false;
        var columns = space.Where(a => !block.Outer.Contains(a)).ToArray();
        return c.Rows.IsSameSetAs(block.Rows) ? c.Columns.IsSameSetAs(columns) || c.K.IsSameSetAs(columns)
            : c.Columns.IsSameSetAs(block.Rows) ? c.Rows.IsSameSetAs(columns) || c.K.IsSameSetAs(columns)
            // One worker has all rows of an item, so sums over them want several items.
            : block.Batch.Count > 0 && c.K.IsSameSetAs(block.Rows) && (c.Rows.IsSameSetAs(columns) || c.Columns.IsSameSetAs(columns));
    }

    /// <summary>
    /// The stages in an order in which the parts follow each other; null if something between two parts needs one and is needed by the other. A
    /// block that was found before is such a thing as a whole: it runs when all that any of its stages reads is there.
    /// </summary>
    private IReadOnlyList<Stage>? Gathered(RowBlock block)
    {
        var parts = new HashSet<int>(block.Parts.Select(p => p.Index));
        var after = new HashSet<int>();
        foreach (var unit in Units())
        {
            var isPart = parts.Contains(unit[0].Index);
            if (isPart && unit.Any(s => Reads(s, after))) return null;
            if (!isPart && unit.Any(s => Reads(s, parts) || Reads(s, after))) after.UnionWith(unit.Select(s => s.Index));
        }
        return stages.Where(s => !parts.Contains(s.Index) && !after.Contains(s.Index))
            .Concat(block.Parts).Concat(stages.Where(s => after.Contains(s.Index))).ToArray();

        bool Reads(Stage stage, HashSet<int> of) => reads[stage.Index].Any(r => of.Contains(r.Stage));
    }

    /// <summary>What runs at once as far as it is known, in order.</summary>
    private IEnumerable<IReadOnlyList<Stage>> Units()
    {
        var seen = new HashSet<Stage>();
        foreach (var stage in stages)
        {
            if (!seen.Add(stage)) continue;
            var unit = blocks.Of(stage)?.Parts ?? new[] { stage };
            seen.UnionWith(unit);
            yield return unit;
        }
    }
}
