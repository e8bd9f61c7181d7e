using System.Collections.Generic;

namespace MageDsl.Generators.Ir;

/// <summary>What values need.</summary>
internal static class Reachability
{
    /// <summary>Every node that the values need, in ascending order.</summary>
    public static SortedSet<int> Reachable(this IReadOnlyList<Node> nodes, IEnumerable<int> values)
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
