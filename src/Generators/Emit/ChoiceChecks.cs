using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Emit;

/// <summary>
/// What a launch checks for its extrema: that there is something to choose from, as the definition does, and that the ids of places can be told
/// apart. From the kernel as it was written, because later passes may drop an axis along which nothing varies.
/// </summary>
internal static class ChoiceChecks
{
    /// <summary>The checks of the variant with these flags, in the order of the definition.</summary>
    public static IEnumerable<string> Of(KernelModel kernel, IReadOnlyDictionary<string, bool> flags)
    {
        var nodes = kernel.Nodes;
        var live = new SortedSet<int>();
        foreach (var result in kernel.Results) Visit(result.Value);
        foreach (var node in live.Select(id => nodes[id]))
        {
            if (node.Op is not (Op.ReduceMax or Op.ReduceMin or Op.ArgMax or Op.ArgMin)) continue;
            var what = node.Op.ToString().Replace("Reduce", "");
            foreach (var axis in node.Over)
            {
                yield return $"{Library.Check}.Choice({CSharpText.Literal(kernel.FullName)}, \"{what}\", \"{axis}\", {Names.Size(axis)});";
            }
            if (node.Facts.IsPosition)
            {
                yield return $"{Library.Check}.Places({CSharpText.Literal(kernel.FullName)}, \"{what}\", \"{node.Over[0]}\", " +
                    $"{Names.Size(node.Over[0])}, _type);";
            }
        }

        void Visit(int id)
        {
            if (!live.Add(id)) return;
            var node = nodes[id];
            // Of a branch that a flag decides the definition runs one side only.
            var taken = node.Op == Op.Select ? Known(node.Args[0]) : null;
            if (taken is { } first) Visit(node.Args[first ? 1 : 2]);
            else
                foreach (var arg in node.Args) Visit(arg);
        }

        bool? Known(int id)
        {
            var node = nodes[id];
            return node.Op switch
            {
                Op.Scalar when flags.TryGetValue(node.Name, out var flag) => flag,
                Op.Const => node.Number != 0,
                Op.Lift => Known(node.Args[0]),
                Op.Not => !Known(node.Args[0]),
                Op.And => Known(node.Args[0]) & Known(node.Args[1]),
                Op.Or => Known(node.Args[0]) | Known(node.Args[1]),
                _ => null,
            };
        }
    }
}
