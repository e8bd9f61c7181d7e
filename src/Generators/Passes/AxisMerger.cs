using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Makes one axis of two that always occur together, side by side in memory: an image's rows and columns in a group norm,
/// batch and time in a layer norm. Loops get longer and their indices cheaper.
/// </summary>
internal static class AxisMerger
{
    public static Program Run(Program program)
    {
        while (FindPair(program) is var (first, second)) program = Merge(program, first, second);
        return program;
    }

    private static (string, string)? FindPair(Program program)
    {
        var reachable = program.Reachable.Select(id => program.Graph[id]).ToArray();
        var used = new HashSet<string>(reachable.Where(n => n.Op == Op.Input).Select(n => n.Name));
        var buffers = program.Inputs.Values.Where(b => used.Contains(b.Name)).Concat(program.Outputs.Select(o => o.Buffer)).ToArray();
        var pairs = buffers.SelectMany(b => b.Axes.Zip(b.Axes.Skip(1), (x, y) => (x, y))).Distinct();
        foreach (var (x, y) in pairs)
        {
            if (buffers.All(b => Together(b.Axes, x, y, adjacent: true)) && reachable.All(n => Allows(n, x, y))) return (x, y);
        }
        return null;
    }

    private static bool Together(IReadOnlyList<string> axes, string x, string y, bool adjacent)
    {
        var at = axes.ToList().IndexOf(x);
        var other = axes.ToList().IndexOf(y);
        return (at < 0) == (other < 0) && (at < 0 || !adjacent || other == at + 1);
    }

    private static bool Allows(Node node, string x, string y) =>
        Together(node.Axes, x, y, adjacent: node.Op == Op.Random) && node.Op switch
        {
            Op.View => !node.Over.Contains(x) && !node.Over.Contains(y) && !node.Map!.Terms.Any(t => t.Axis == x || t.Axis == y),
            Op.ArgMax or Op.ArgMin or Op.Gather or Op.ScatterAdd or Op.Stack => !node.Over.Contains(x) && !node.Over.Contains(y),
            Op.Index => !node.Axes.Contains(x) && !node.Axes.Contains(y),
            _ => Together(node.Over, x, y, adjacent: false),
        };

    private static Program Merge(Program program, string first, string second)
    {
        var merged = $"{first}*{second}";
        EquatableArray<string> Rename(EquatableArray<string> axes) => axes.Where(a => a != second).Select(a => a == first ? merged : a).ToEquatable();
        BufferModel RenameBuffer(BufferModel buffer) => buffer with { Axes = Rename(buffer.Axes) };

        var into = new Graph();
        var rewritten = Rewriter.Rewrite(program, into, (_, node) => into.Intern(node with { Axes = Rename(node.Axes), Over = Rename(node.Over) }));
        return rewritten with
        {
            Inputs = program.Inputs.ToDictionary(p => p.Key, p => RenameBuffer(p.Value)),
            Outputs = rewritten.Outputs.Select(o => o with { Buffer = RenameBuffer(o.Buffer) }).ToArray(),
        };
    }
}
