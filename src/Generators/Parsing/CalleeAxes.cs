using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// Which axes of a kernel the axes of a callee's IR are: those of the arguments, and what its views make of them. Where a value is at hand, its own
/// axis of that name is meant; an index or a size has none.
/// </summary>
internal sealed class CalleeAxes
{
    private readonly ParseContext context;
    private readonly KernelModel model;
    private readonly IReadOnlyList<int> arguments;
    private readonly Dictionary<string, List<string>> known = new();

    public CalleeAxes(ParseContext context, KernelModel model, IReadOnlyList<int> arguments, IReadOnlyDictionary<string, string> sizes)
    {
        this.context = context;
        this.model = model;
        this.arguments = arguments;
        foreach (var size in sizes) Add(size.Key, size.Value);
        for (var i = 0; i < arguments.Count; i++)
        {
            foreach (var axis in model.Parameters[i].Layout?.Names ?? default)
                if (context.Graph.Find(arguments[i], axis) is { } found) Add(axis, found);
        }
    }

    /// <summary>The axis of an index or a size, and the arguments that it is taken of. Where these have several axes, they are one.</summary>
    /// <param name="axis">The callee's axis.</param>
    /// <param name="parameters">The parameters that are meant; empty for all.</param>
    public (string Axis, int[] Holders) Of(string axis, IReadOnlyCollection<string> parameters)
    {
        var holders = Enumerable.Range(0, arguments.Count)
            .Where(i => parameters.Count == 0 ? model.Parameters[i].Layout != null : parameters.Contains(model.Parameters[i].Name)).ToArray();
        return (parameters.Count == 0 ? Of(axis) : Along(axis, holders),
            holders.Select(i => arguments[i]).Where(a => context.Graph.Axes(a).Count > 0).ToArray());
    }

    private string Along(string axis, int[] holders)
    {
        var found = holders.Where(i => model.Parameters[i].Layout!.Names.Contains(axis))
            .Select(i => context.Graph.Find(arguments[i], axis)).OfType<string>().ToList();
        if (found.Count == 0)
        {
            foreach (var rule in model.Rules.Where(r => r.Axis == axis))
            {
                found.Add(Made(rule, rule.From.Length == 0 ? "" : Along(rule.From, holders)));
            }
        }
        return found.Count == 0 ? Of(axis) : One(found);
    }

    private string Of(string axis)
    {
        if (!known.ContainsKey(axis))
            foreach (var rule in model.Rules.Where(r => r.Axis == axis)) Add(axis, Made(rule, rule.From.Length == 0 ? "" : Of(rule.From)));
        if (!known.TryGetValue(axis, out var found)) throw new IrException($"no argument has an axis '{AxisNames.Written(axis)}'");
        return One(found);
    }

    private string One(IReadOnlyList<string> axes)
    {
        foreach (var other in axes.Skip(1)) context.Axes.Meet(axes[0], other);
        return axes[0];
    }

    /// <summary>A view's map in terms of the kernel's axes.</summary>
    /// <param name="along">The axis that it reads, of the kernel.</param>
    /// <param name="from">The same, of the callee.</param>
    /// <param name="map">The map, of the callee.</param>
    public AxisMap Made(string along, string from, AxisMap map)
    {
        if (map.Terms.Count == 0) return map;
        if (map.Terms[0].Axis == from) return map with { Terms = EquatableArray.Of(map.Terms[0] with { Axis = along }) };
        var (into, by) = (map.Terms[0], map.Terms.Skip(1).FirstOrDefault());
        var rule = model.Rules.First(r => r.Axis == into.Axis && r.From == from && r.By == (by?.Axis ?? ""));
        var made = Made(rule, along);
        Add(into.Axis, made);
        var terms = new[] { into with { Axis = made } }.Concat(map.Terms.Skip(1).Select(t => t with { Axis = Of(t.Axis) }));
        return map with { Terms = terms.ToEquatable() };
    }

    private string Made(KernelSizeRule rule, string from) =>
        context.MakeAxis(rule with { Axis = AxisNames.Written(rule.Axis), From = from, By = rule.By.Length == 0 ? "" : Of(rule.By) });

    private void Add(string axis, string found)
    {
        if (!known.TryGetValue(axis, out var list)) known.Add(axis, list = new List<string>());
        if (!list.Contains(found)) list.Add(found);
    }
}
