using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Analysis;

/// <summary>
/// Finds where a gradient would be lost without a word: a Floor between a real input and a real result. Comparisons, indices,
/// ids and random numbers are constants by nature; a Floor under StopGradient is one by the author's word.
/// </summary>
internal static class Differentiability
{
    /// <summary>The Floor nodes that a gradient would have to cross.</summary>
    public static IReadOnlyList<int> Breaks(KernelModel kernel)
    {
        var nodes = kernel.Nodes;
        var carries = new bool[nodes.Count];
        for (var id = 0; id < nodes.Count; id++)
            carries[id] = nodes[id] is { Op: Op.Input, Type: ValueType.Real } || Paths(nodes[id]).Any(arg => carries[arg]);

        var wanted = new bool[nodes.Count];
        foreach (var result in kernel.Results)
            if (result.Type == ValueType.Real) wanted[result.Value] = true;
        var breaks = new List<int>();
        for (var id = nodes.Count - 1; id >= 0; id--)
        {
            if (!wanted[id] || !carries[id]) continue;
            if (nodes[id].Op == Op.Floor) breaks.Add(id);
            foreach (var arg in Paths(nodes[id])) wanted[arg] = true;
        }
        breaks.Reverse();
        return breaks;
    }

    /// <summary>The arguments that a gradient reaches from a node.</summary>
    public static IEnumerable<int> Paths(Node node) => node.Op switch
    {
        _ when !node.Facts.CarriesGradient => Enumerable.Empty<int>(),
        Op.Select => node.Args.Skip(1),
        Op.Gather or Op.ScatterAdd => node.Args.Take(1),
        _ => node.Args,
    };
}
