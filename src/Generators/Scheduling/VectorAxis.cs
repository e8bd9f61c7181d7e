using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Finds the axis to vectorise: the one along which least of what is read and written lies at strides in memory, and of such axes the one along
/// which most lies densely. What does not vary along an axis is neither.
/// </summary>
internal sealed class VectorAxis
{
    private readonly Program program;
    private readonly Target target;
    private readonly Func<int, IEnumerable<string>?> memory;
    private readonly Dictionary<string, int> dense = new();
    private readonly Dictionary<string, int> strided = new();

    /// <param name="program">The program.</param>
    /// <param name="target">The device.</param>
    /// <param name="memory">The axes of a value that is read from memory, the densest last; null for one that is computed.</param>
    public VectorAxis(Program program, Target target, Func<int, IEnumerable<string>?> memory)
    {
        this.program = program;
        this.target = target;
        this.memory = memory;
    }

    /// <summary>The best of these axes, the last of them on a tie; a tiny axis only if all are. An empty string if there is none.</summary>
    public string Best(IEnumerable<string> axes) =>
        axes.Reverse().OrderBy(IsTiny).ThenBy(a => Count(strided, a)).ThenByDescending(a => Count(dense, a)).FirstOrDefault() ?? "";

    /// <summary>Takes everything into account that the value is computed from; the more axes, the more it weighs.</summary>
    public void Read(int root)
    {
        var graph = program.Graph;
        var seen = new HashSet<int>();
        Visit(root, a => new[] { new AxisTerm(a, 1) });

        void Visit(int id, Func<string, IEnumerable<AxisTerm>> outside)
        {
            var node = graph[id];
            if (Memory(id, node) is { } axes)
            {
                Add(axes.Select(a => outside(a).ToArray()).ToArray());
                return;
            }
            if (node.Op == Op.View)
            {
                var sign = node.Map!.IsFromEnd ? -1 : 1;
                var terms = node.Map.Terms.SelectMany(t => outside(t.Axis).Select(o => o with { Scale = o.Scale * t.Scale * sign })).ToArray();
                Visit(node.Args[0], a => a == node.Over[0] ? terms : outside(a));
                return;
            }
            if (!seen.Add(id)) return;
            foreach (var arg in node.Args) Visit(arg, outside);
        }
    }

    /// <summary>Takes into account that a value over these axes is written, the densest last.</summary>
    public void Write(IEnumerable<string> axes) => Add(axes.Select(a => new[] { new AxisTerm(a, 1) }).ToArray());

    private IEnumerable<string>? Memory(int id, Node node) => node.Op switch
    {
        Op.Input => program.Inputs[node.Name].Axes,
        Op.Stack => memory(id) ?? node.Axes,
        _ => memory(id),
    };

    private void Add(AxisTerm[][] indices)
    {
        if (indices.Length == 0) return;
        var last = indices[indices.Length - 1];
        foreach (var axis in indices.SelectMany(i => i).Select(t => t.Axis).Distinct())
        {
            var isDense = last.Any(t => t.Axis == axis && t.Scale == 1) && !indices.Take(indices.Length - 1).Any(i => i.Any(t => t.Axis == axis));
            var counts = isDense ? dense : strided;
            // Along the second axis of a window (the first is where it lies) neighbours are close, too, but there are few.
            if (!isDense || last[0].Axis == axis) counts[axis] = Count(counts, axis) + indices.Length;
        }
    }

    private bool IsTiny(string axis) => program.FixedSizes.TryGetValue(axis, out var size) && size < target.ShortestVector;

    private static int Count(Dictionary<string, int> counts, string axis) => counts.TryGetValue(axis, out var n) ? n : 0;
}
