using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// What it costs to read some values from memory, before any size is known: a value of more axes costs more than any number of those of fewer.
/// </summary>
internal readonly struct ReadCost : IComparable<ReadCost>
{
    // The numbers of axes, from the most to the fewest.
    private readonly IReadOnlyList<int> axes;

    private ReadCost(IReadOnlyList<int> axes) => this.axes = axes;

    /// <summary>Of values, as often as they are named.</summary>
    public static ReadCost Of(Graph graph, IEnumerable<int> values) =>
        new(values.Select(v => graph.Axes(v).Count).OrderByDescending(n => n).ToArray());

    /// <summary>Of all stages of a partition.</summary>
    public static ReadCost Of(Partition partition) =>
        Of(partition.Graph, partition.Stages.SelectMany(stage => StageReads.FromMemory(partition, stage)));

    public int CompareTo(ReadCost other)
    {
        var same = axes.Zip(other.axes, (a, b) => a == b).TakeWhile(isSame => isSame).Count();
        return same < axes.Count && same < other.axes.Count ? axes[same].CompareTo(other.axes[same]) : axes.Count.CompareTo(other.axes.Count);
    }
}
