using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Makes one part of two contractions of a row block that have rows, columns and terms in common, where one's epilogue takes what the other leaves:
/// scores, and their gradients on the way back of attention. The sums of both are at hand at once then, and what only passed between the two lies
/// nowhere.
/// </summary>
internal static class JointProducts
{
    /// <summary>The partition with such parts.</summary>
    public static Partition Find(Partition partition)
    {
        foreach (var block in partition.Blocks)
        {
            var pair = block.Parts.OfType<ContractionStage>().SelectMany(one => block.Parts.OfType<ContractionStage>().Select(other => (one, other)))
                .FirstOrDefault(p => AreJoint(partition, block, p.one, p.other));
            if (pair.one != null) partition = Join(partition, block, pair.one, pair.other);
        }
        return partition;
    }

    private static bool AreJoint(Partition partition, RowBlock block, ContractionStage first, ContractionStage second)
    {
        var parts = block.Parts.ToList();
        var (from, to) = (parts.IndexOf(first), parts.IndexOf(second));
        if (from >= to || block.Role(first) != PartRole.Rows || block.Role(second) != PartRole.Rows) return false;
        var (one, other) = (first.Contraction, second.Contraction);
        var columns = Columns(block, one);
        if (!columns.IsSameSetAs(Columns(block, other)) || !one.K.IsSameSetAs(other.K)) return false;
        var (graph, axes) = (partition.Graph, partition.Graph.Axes(first.Root));
        // Nobody wants the first one's before the second, whose operands are none of it; and its epilogue takes it element by element.
        return parts.Skip(from + 1).Take(to - from - 1).All(p => StageReads.Of(partition, p).All(r => r.Stage != first.Index))
            && !graph.Nodes.Reachable(new[] { other.Left, other.Right }).Overlaps(first.Items.Select(i => i.Node))
            && StageReads.Of(partition, second).Where(r => r.Stage == first.Index).ToArray() is { Length: > 0 } reads
            && reads.All(r => !r.Remapped.Any(axes.Contains));
    }

    private static IReadOnlyList<string> Columns(RowBlock block, Contraction contraction) =>
        contraction.Rows.IsSameSetAs(block.Rows) ? contraction.Columns : contraction.Rows;

    /// <summary>The second stage with what the first one was, in its place.</summary>
    private static Partition Join(Partition partition, RowBlock block, ContractionStage first, ContractionStage second)
    {
        var joint = second with { Items = first.Items.Concat(second.Items).ToArray(), Beside = (first.Root, first.Contraction) };
        IReadOnlyList<Stage> With(IReadOnlyList<Stage> stages) =>
            stages.Where(s => s.Index != first.Index).Select(s => s.Index == second.Index ? joint : s).ToArray();
        return partition with
        {
            Stages = With(partition.Stages),
            StageOf = partition.StageOf.ToDictionary(p => p.Key, p => p.Value == first.Index ? second.Index : p.Value),
            Blocks = partition.Blocks.Select(b => b == block ? b with { Parts = With(b.Parts) } : b).ToArray(),
        };
    }
}
