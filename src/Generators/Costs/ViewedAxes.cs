using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Costs;

/// <summary>What the axes of a value stand for where views look at it. One without an entry stands for itself.</summary>
internal sealed class ViewedAxes
{
    public static readonly ViewedAxes Plain = new(new Dictionary<string, Seen>());

    private readonly Dictionary<string, Seen> seen;

    private ViewedAxes(Dictionary<string, Seen> seen) => this.seen = seen;

    /// <param name="Computed">The axes along which a value is computed in the axis's stead.</param>
    /// <param name="Touched">The axes whose sizes' product is the number of different positions that are read.</param>
    /// <param name="Where">Tells reads of different parts of the axis apart; empty for the whole of it.</param>
    private sealed record Seen(IReadOnlyList<string> Computed, IReadOnlyList<string> Touched, string Where);

    /// <summary>The axes along which a value over these is computed.</summary>
    public IEnumerable<string> Computed(IEnumerable<string> axes) => axes.SelectMany(a => At(a).Computed).Distinct();

    /// <summary>The axes whose product is how many elements of memory over these are read.</summary>
    public IEnumerable<string> Touched(IEnumerable<string> axes) => axes.SelectMany(a => At(a).Touched).Distinct();

    /// <summary>Which part of memory over these axes is read; empty for all of it.</summary>
    public string Part(IEnumerable<string> axes) => string.Concat(axes.Select(a => At(a).Where is { Length: > 0 } part ? $"{a}:{part};" : ""));

    /// <summary>All of this for the given axes, as a key.</summary>
    public string Text(IEnumerable<string> axes) =>
        string.Join(";", axes.Select(a => At(a) is var s ? $"{string.Join("*", s.Computed)} {string.Join("*", s.Touched)} {s.Where}" : ""));

    /// <summary>What the axes of a node's argument stand for.</summary>
    public ViewedAxes Inside(Graph graph, Node node, int argument)
    {
        if (node.Op == Op.View) return With(node.Over[0], Through(node.Over[0], node.Map!));
        // Of a table, only what is looked up.
        if (node.Op == Op.Gather && argument == 0)
        {
            var fresh = graph.Axes(node.Args[1]).Where(a => !graph.Axes(node.Args[0]).Contains(a)).ToArray();
            return With(node.Over[0], new Seen(Computed(fresh).ToArray(), Touched(fresh).ToArray(), "looked up"));
        }
        return this;
    }

    private Seen Through(string axis, AxisMap map)
    {
        var axes = map.Terms.Select(t => t.Axis).ToArray();
        var computed = Computed(axes).ToArray();
        // Windows overlap, and a view that may miss reads no more than there is.
        if (axes.Length > 1 || map.Checked || map.Divisor != 1) return new Seen(computed, new[] { axis }, "");
        var where = string.Concat(axes.Select(a => At(a).Where));
        return new Seen(computed, Touched(axes).ToArray(), axes.Length == 0 || map.Offset != 0 ? $"{where}+{map.Offset}" : where);
    }

    private Seen At(string axis) => seen.TryGetValue(axis, out var found) ? found : new Seen(new[] { axis }, new[] { axis }, "");

    private ViewedAxes With(string axis, Seen value) => new(new Dictionary<string, Seen>(seen) { [axis] = value });
}
