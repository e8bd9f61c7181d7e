using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// Which parameter an index or a size was taken of. Two parameters with one axis, as queries and keys, have one size of it where the kernel is
/// launched, but need not where it is inlined. An index in the IR has no value to tell them apart by, so the IR says which parameters are meant.
/// </summary>
internal sealed class AxisHolders
{
    private readonly ParseContext context;
    private readonly HashSet<string> shared;

    public AxisHolders(ParseContext context)
    {
        this.context = context;
        shared = new HashSet<string>(
            Inputs.SelectMany(i => Graph.Axes(i)).GroupBy(a => a).Where(g => g.Count() > 1 && !IsMet(g.Key)).Select(g => g.Key));
        int before;
        do
        {
            before = shared.Count;
            shared.UnionWith(context.Rules.Where(r => shared.Contains(r.From) || shared.Contains(r.By)).Select(r => r.Axis));
        }
        while (shared.Count > before);
    }

    private ReadGraph Graph => context.Graph;

    private IEnumerable<int> Inputs => Enumerable.Range(0, Graph.Nodes.Count).Where(id => Graph[id].Op == Op.Input);

    /// <summary>The parameters that a node is an index or a size of; none where all that have the axis meet anyway.</summary>
    public IEnumerable<int> Of(int node)
    {
        var axis = Graph[node] switch { { Op: Op.Size } size => size.Name, { Op: Op.Index } index => index.Axes[0], _ => "" };
        var found = new SortedSet<int>();
        if (shared.Contains(axis) && context.SizeLikes.TryGetValue(node, out var likes))
            foreach (var like in likes) Visit(like, axis, found, new HashSet<(int, string)>());
        return found;
    }

    private void Visit(int value, string axis, SortedSet<int> found, HashSet<(int, string)> seen)
    {
        if (!seen.Add((value, axis))) return;
        var node = Graph[value];
        if (!node.Axes.Contains(axis))
            foreach (var rule in context.Rules.Where(r => r.Axis == axis && node.Axes.Contains(r.From))) Visit(value, rule.From, found, seen);
        else if (node.Op == Op.Input) found.Add(value);
        else if (node.Op == Op.View && node.Map!.Terms.Any(t => t.Axis == axis)) Visit(node.Args[0], node.Over[0], found, seen);
        else if (context.SizeLikes.TryGetValue(value, out var likes))
            foreach (var like in likes) Visit(like, axis, found, seen);
        else
            foreach (var arg in node.Args.Where(a => Graph.Axes(a).Contains(axis))) Visit(arg, axis, found, seen);
    }

    /// <summary>Whether all parameters with the axis are in one operation along it, in the end.</summary>
    private bool IsMet(string axis)
    {
        var first = new Dictionary<int, int>();
        int Find(int id)
        {
            while (first.TryGetValue(id, out var other)) id = other;
            return id;
        }

        for (var id = 0; id < Graph.Nodes.Count; id++)
        {
            foreach (var arg in Graph[id].Args.Where(a => Graph.Axes(id).Contains(axis) && Graph.Axes(a).Contains(axis)))
                if (Find(arg) != Find(id)) first.Add(Find(arg), Find(id));
        }

        return Inputs.Where(i => Graph.Axes(i).Contains(axis)).Select(Find).Distinct().Count() == 1;
    }
}
