using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// The axis along which most of what a value reads lies densely in memory: the one to vectorise.
/// </summary>
internal static class VectorAxis
{
    /// <summary>The axis of the value that gets most votes, or an empty string for a scalar.</summary>
    /// <param name="program">The program.</param>
    /// <param name="id">The value.</param>
    /// <param name="memory">The axes of a value that is read from memory, the densest last; null for one that is computed.</param>
    public static string Of(Program program, int id, Func<int, IReadOnlyList<string>?> memory)
    {
        var votes = new Dictionary<string, int>();
        Vote(program, id, memory, votes);
        return Winner(program, votes, program.Graph.Axes(id));
    }

    /// <summary>The axis with most votes, the last of them on a tie; a tiny axis only if all are.</summary>
    public static string Winner(Program program, Dictionary<string, int> votes, IReadOnlyList<string> axes) =>
        axes.Count == 0 ? "" : axes.Reverse().OrderBy(program.IsTiny).ThenByDescending(a => votes.TryGetValue(a, out var n) ? n : 0).First();

    /// <summary>Adds a vote for the densest axis of everything that the value is computed from, weighted by its number of axes.</summary>
    public static void Vote(Program program, int root, Func<int, IReadOnlyList<string>?> memory, Dictionary<string, int> votes)
    {
        var graph = program.Graph;
        var seen = new HashSet<int>();
        Visit(root, a => a);

        void Visit(int id, Func<string, string?> outside)
        {
            var node = graph[id];
            if (Memory(id, node) is { } axes)
            {
                if (axes.Count > 0 && outside(axes[axes.Count - 1]) is { } axis)
                    votes[axis] = (votes.TryGetValue(axis, out var n) ? n : 0) + axes.Count;
                return;
            }
            if (node.Op != Op.View && !seen.Add(id)) return;
            if (node.Op == Op.View)
            {
                var terms = node.Map!.Terms;
                Visit(node.Args[0], a => a == node.Over[0] ? terms.Count > 0 && terms[0].Scale == 1 ? outside(terms[0].Axis) : null : outside(a));
                return;
            }
            foreach (var arg in node.Args) Visit(arg, outside);
        }

        IReadOnlyList<string>? Memory(int id, Node node) => node.Op switch
        {
            Op.Input => program.Inputs[node.Name].Axes,
            Op.Stack => memory(id) ?? node.Axes,
            _ => memory(id),
        };
    }
}
