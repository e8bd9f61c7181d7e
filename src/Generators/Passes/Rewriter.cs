using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Rebuilds the part of a graph that some values need in a fresh graph, in order, with substitutions: simplified again, or as it is.
/// </summary>
internal static class Rewriter
{
    /// <summary>
    /// The values, rebuilt in <paramref name="into"/>. <paramref name="replace"/> may give the new value for an old node
    /// (its arguments are then not visited), or null to rebuild it. What is built for a node has that node's origin.
    /// </summary>
    public static int[] Rebuild(
        IReadOnlyList<Node> nodes, IReadOnlyList<int> origins, IReadOnlyList<int> values, Simplifier into, Func<int, int?> replace)
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

    /// <summary>Values in a fresh graph, simplified again, in which some nodes are others of their graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="scalars">The scalars that it names.</param>
    /// <param name="values">The values.</param>
    /// <param name="others">Nodes, and what is to be in their places.</param>
    public static (Graph Graph, int[] Values) Exchange(
        Graph graph, LaunchScalars scalars, IReadOnlyList<int> values, IReadOnlyDictionary<int, int> others)
    {
        var nodes = graph.Nodes.Select((node, id) => others.TryGetValue(id, out var other) ? graph[other] : node).ToArray();
        var into = new Simplifier(new Graph()) { Scalars = scalars };
        return (into.Graph, Rebuild(nodes, graph.Origins, values, into, _ => null));
    }

    /// <summary>A program in a fresh graph, node by node and nothing simplified.</summary>
    /// <param name="program">The program.</param>
    /// <param name="into">The fresh graph.</param>
    /// <param name="make">Adds to it what stands for a node, given by its number and with its new arguments.</param>
    public static Program Rewrite(Program program, Graph into, Func<int, Node, int> make)
    {
        var map = new Dictionary<int, int>();
        foreach (var id in program.Reachable)
        {
            var node = program.Graph[id];
            into.Origin = program.Graph.Origins[id];
            map[id] = make(id, node with { Args = node.Args.Select(a => map[a]).ToEquatable() });
        }
        into.Origin = -1;
        return program with { Graph = into, Outputs = program.Outputs.Select(o => o with { Value = map[o.Value] }).ToArray() };
    }
}
