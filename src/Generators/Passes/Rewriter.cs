using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>Rebuilds the part of a graph that some values need in a fresh graph, in order, with substitutions.</summary>
internal static class Rewriter
{
    /// <summary>
    /// The values, rebuilt in <paramref name="into"/>. <paramref name="replace"/> may give the new value for an old node
    /// (its arguments are then not visited), or null to rebuild it. What is built for a node has that node's origin.
    /// </summary>
    public static int[] Rebuild(IReadOnlyList<Node> nodes, IReadOnlyList<int> origins, IReadOnlyList<int> values, Simplifier into, Func<int, int?> replace)
    {
        var done = new Dictionary<int, int>();
        return values.Select(Visit).ToArray();

        int Visit(int id)
        {
            if (done.TryGetValue(id, out var known)) return known;
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var result = replace(id) ?? Build(id, nodes[id].Args.Select(Visit).ToArray());
            done.Add(id, result);
            return result;
        }

        int Build(int id, int[] args)
        {
            into.Graph.Origin = id < origins.Count ? origins[id] : -1;
            var result = into.Rebuild(nodes[id], args);
            into.Graph.Origin = -1;
            return result;
        }
    }

    /// <summary>Every node that the values need, in ascending order.</summary>
    public static SortedSet<int> Reachable(IReadOnlyList<Node> nodes, IEnumerable<int> values)
    {
        var seen = new SortedSet<int>();
        var stack = new Stack<int>(values);
        while (stack.Count > 0)
        {
            var id = stack.Pop();
            if (!seen.Add(id)) continue;
            foreach (var arg in nodes[id].Args) stack.Push(arg);
        }
        return seen;
    }
}
