using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Moves values to later loops over the same axes that read in any case what they are computed from. The partitioner puts a value into the first loop
/// that it can be in, which may then read an array for nothing else: operands of the products of a gradient, made again from what was kept, would all
/// be in the first loop of the pass. Later they are also alive for a shorter time.
/// </summary>
internal sealed class LaterValues
{
    private readonly Partition partition;
    private readonly Graph graph;
    private readonly IReadOnlyList<Stage> stages;
    private readonly HashSet<int> outputs;

    private LaterValues(Partition partition)
    {
        this.partition = partition;
        (graph, stages) = (partition.Graph, partition.Stages);
        outputs = new HashSet<int>(partition.Program.Outputs.Select(o => o.Value));
    }

    /// <summary>The partition in which no value is better off in a later stage.</summary>
    public static Partition Run(Partition partition)
    {
        // Each move leaves less to read, so there is a last one.
        while (new LaterValues(partition).Moved() is { } moved) partition = moved;
        return partition;
    }

    private Partition? Moved()
    {
        for (var i = 0; i < stages.Count; i++)
        {
            if (Loop(i) is not { } loop) continue;
            foreach (var item in loop.Items.Where(item => IsAlone(loop, item)))
                if (Best(i, loop, item) is { } to) return Moved(loop, to, item);
        }
        return null;
    }

    /// <summary>The stage at a place if it is a loop that runs by itself and that values may join, else null.</summary>
    private LoopStage? Loop(int at) => stages[at] is LoopStage { IsScatter: false } loop && partition.Blocks.Of(loop) is null ? loop : null;

    /// <summary>
    /// Whether an item is a value that has to do with no other of its stage. Outputs stay: of a backward pass what need not be computed is left out,
    /// stage by stage.
    /// </summary>
    private bool IsAlone(LoopStage loop, Item item)
    {
        if (item.Kind != ItemKind.Value || outputs.Contains(item.Node) || !loop.Space.SetEquals(graph.Axes(item.Node))) return false;
        var others = loop.Items.Where(i => i != item).Select(i => i.Node).ToArray();
        return !Below(others).Contains(item.Node) && !Below(new[] { item.Node }).Any(others.Contains);
    }

    private IEnumerable<int> Below(IEnumerable<int> nodes) =>
        StageReads.Below(partition.Program, nodes, partition.StageOf.ContainsKey).Select(read => read.Value);

    /// <summary>
    /// The loop before all that read a value where least is read for it, the last of several; null if that is not less than where it is.
    /// </summary>
    private LoopStage? Best(int at, LoopStage loop, Item item)
    {
        LoopStage? best = null;
        var least = ReadCost.Of(graph, Added(Without(loop, item), item));
        for (var i = at + 1; i < stages.Count && StageReads.Of(partition, stages[i]).All(read => read.Value != item.Node); i++)
        {
            if (Loop(i) is not { Items.Count: > 0 } to || !to.Space.SetEquals(loop.Space)) continue;
            // Of rows that are gone through again threads keep elements in registers: one more, and half as many threads are there at once.
            if (RowPasses.Count(graph, partition.StageOf, to) > 1) continue;
            var cost = ReadCost.Of(graph, Added(to, item));
            if (cost.CompareTo(least) < (best is null ? 0 : 1)) (best, least) = (to, cost);
        }
        return best;
    }

    private static LoopStage Without(LoopStage loop, Item item) => loop with { Items = loop.Items.Where(i => i != item).ToArray() };

    /// <summary>What a stage that lacks an item would read for it alone.</summary>
    private IEnumerable<int> Added(LoopStage stage, Item item) =>
        Reads(stage with { Items = stage.Items.Append(item).ToArray() }).Except(Reads(stage));

    private IEnumerable<int> Reads(LoopStage stage) => StageReads.FromMemory(partition, stage);

    private Partition Moved(LoopStage loop, LoopStage to, Item item)
    {
        Stage With(Stage stage) =>
            stage.Index == loop.Index ? Without(loop, item) : stage.Index == to.Index ? to with { Items = to.Items.Append(item).ToArray() } : stage;
        return partition with
        {
            Stages = stages.Select(With).Where(s => s.Items.Count > 0).ToArray(),
            StageOf = partition.StageOf.ToDictionary(p => p.Key, p => p.Key == item.Node ? to.Index : p.Value),
        };
    }
}
