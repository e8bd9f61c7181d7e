using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>What of a graph the results need, renumbered in order, with the places and rules that go with it.</summary>
internal sealed class LiveNodes
{
    private readonly Dictionary<int, int> newIds = new();
    private readonly Dictionary<Location, int> places = new();

    public LiveNodes(ParseContext context, IReadOnlyList<ResultModel> results, IEnumerable<string> declared, Location identifier)
    {
        PlaceOf(identifier);
        var live = new HashSet<int>();
        var holders = new AxisHolders(context);
        var todo = new Stack<int>(results.Select(r => r.Value));
        while (todo.Count > 0)
        {
            var id = todo.Pop();
            if (!live.Add(id)) continue;
            foreach (var arg in context.Graph[id].Args) todo.Push(arg);
            if (context.Likes.TryGetValue(id, out var like)) todo.Push(like);
            foreach (var holder in holders.Of(id)) todo.Push(holder);
        }
        foreach (var id in live.OrderBy(i => i))
        {
            newIds.Add(id, Nodes.Count);
            if (context.Spans.TryGetValue(id, out var span)) Spans.Add(Nodes.Count, span);
            Origins.Add(context.Origins.TryGetValue(id, out var origin) ? PlaceOf(origin) : TracedModel.Name);
            var node = context.Graph[id];
            Nodes.Add(node with { Args = node.Args.Select(a => newIds[a]).ToEquatable() });
        }
        foreach (var pair in context.Likes.Where(p => newIds.ContainsKey(p.Key)).OrderBy(p => p.Key))
            Likes.Add(new AxisLike(newIds[pair.Key], newIds[pair.Value]));
        foreach (var id in live.OrderBy(i => i))
            foreach (var holder in holders.Of(id)) Likes.Add(new AxisLike(newIds[id], newIds[holder]));
        var had = Nodes.SelectMany(n => n.Op == Op.Size ? EquatableArray.Of(n.Name) : n.Axes);
        KeepRules(context, new HashSet<string>(declared.Concat(results.SelectMany(r => r.Layout.Names)).Concat(had)));
    }

    /// <summary>Rules of axes that something has, though the value that made them be gone: an index along a renamed axis needs its size.</summary>
    private void KeepRules(ParseContext context, HashSet<string> axes)
    {
        int before;
        do
        {
            before = axes.Count;
            foreach (var rule in context.Rules.Where(r => axes.Contains(r.Axis))) axes.UnionWith(new[] { rule.From, rule.By });
        }
        while (axes.Count > before);
        Rules.AddRange(context.Rules.Where(r => axes.Contains(r.Axis)));
    }

    public List<Node> Nodes { get; } = new();

    public List<KernelSizeRule> Rules { get; } = new();

    public List<AxisLike> Likes { get; } = new();

    public Dictionary<int, Location> Spans { get; } = new();

    /// <summary>The number of each node's place in <see cref="Places"/>.</summary>
    public List<int> Origins { get; } = new();

    /// <summary>Where the nodes were written; the kernel's name is the first.</summary>
    public List<LocationInfo> Places { get; } = new();

    public int NewId(int id) => newIds[id];

    private int PlaceOf(Location location)
    {
        if (places.TryGetValue(location, out var known)) return known;
        places.Add(location, Places.Count);
        Places.Add(LocationInfo.From(location));
        return Places.Count - 1;
    }
}
