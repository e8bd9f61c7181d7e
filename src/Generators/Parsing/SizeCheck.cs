using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// Checks that the launcher can find the size of every axis: from a dimension of its own, from a group of which all other sizes
/// are known, fixed in a layout, from a [Size] parameter, or from a view's rule; and that what is known now does not conflict.
/// </summary>
internal sealed class SizeCheck
{
    /// <summary>Known at launch, but not now.</summary>
    private const int Later = 0;

    private readonly Dictionary<string, Size> sizes = new();
    private readonly KernelModel model;
    private readonly ParseContext context;
    private readonly SignaturePlaces places;

    private SizeCheck(KernelModel model, ParseContext context, SignaturePlaces places)
    {
        this.model = model;
        this.context = context;
        this.places = places;
    }

    /// <summary>The size of an axis, where it comes from in words, and where that was written.</summary>
    private sealed record Size(int Value, string From, Location At);

    /// <param name="model">The kernel.</param>
    /// <param name="context">Takes the diagnostics; gives demands.</param>
    /// <param name="spans">Where each node of the model was written.</param>
    /// <param name="places">Where the layouts were written.</param>
    public static void Run(KernelModel model, ParseContext context, IReadOnlyDictionary<int, Location> spans, SignaturePlaces places)
    {
        var check = new SizeCheck(model, context, places);
        check.Solve();
        check.FindContradictions();
        check.Demand();
        check.FindUnknown(spans);
        check.FindUnused();
    }

    private IEnumerable<(string Name, Layout Layout)> Parameters => model.Parameters.Where(p => p.Layout != null).Select(p => (p.Name, p.Layout!));

    private void Solve()
    {
        foreach (var (name, layout) in Parameters)
        {
            foreach (var axis in layout.Axes.Where(a => a.Fixed > 0))
            {
                Add(axis.Name, axis.Fixed, $"parameter '{name}' (\"{layout}\")", places.Of(name));
            }
        }
        for (var i = 0; i < model.Results.Count; i++)
        {
            foreach (var axis in model.Results[i].Layout.Axes.Where(a => a.Fixed > 0))
            {
                Add(axis.Name, axis.Fixed, $"the result (\"{model.Results[i].Layout}\")", places.Results);
            }
        }
        foreach (var parameter in model.Parameters)
            if (parameter.Kind == KernelParameterKind.Size) AddLater(parameter.SizeOf);
        foreach (var (_, layout) in Parameters)
        {
            foreach (var dim in layout.Dims)
                if (dim.Axes.Count == 1) AddLater(dim.Axes[0].Name);
        }

        int before;
        do
        {
            before = sizes.Count;
            foreach (var dim in Parameters.SelectMany(p => p.Layout.Dims))
            {
                var unknown = dim.Axes.Where(a => !sizes.ContainsKey(a.Name)).ToArray();
                if (unknown.Length == 1) AddLater(unknown[0].Name);
            }
            foreach (var rule in model.Rules) Apply(rule);
        }
        while (sizes.Count > before);
    }

    private void Apply(KernelSizeRule rule)
    {
        var place = context.RulePlaces.TryGetValue(rule, out var found) ? found : places.Identifier;
        if (rule.From.Length == 0)
        {
            Add(rule.Axis, rule.Offset, "what it is given here", place);
            return;
        }
        // A part tells the size of the whole.
        if (rule.By.Length == 0 && sizes.ContainsKey(rule.Axis)) AddLater(rule.From);
        if (!sizes.TryGetValue(rule.From, out var from)) return;
        var by = from;
        if (rule.By.Length > 0 && !sizes.TryGetValue(rule.By, out by)) return;
        if (from.Value == Later || by.Value == Later)
        {
            AddLater(rule.Axis);
            return;
        }
        var length = from.Value + rule.Offset;
        var size = rule.By.Length == 0 ? length : KernelSizeRule.Windows(length, by.Value, rule.Stride);
        var source = $"axis '{AxisNames.Written(rule.From)}' of size {from.Value} " +
            $"from {from.From}{(rule.By.Length == 0 ? "" : $" and axis '{AxisNames.Written(rule.By)}' of size {by.Value} from {by.From}")}";
        if (size < 1)
        {
            context.Report(
                Descriptors.SizeConflict, place, $"axis '{AxisNames.Written(rule.Axis)}' would have size {size}: it is made from {source}");
            AddLater(rule.Axis);
        }
        else
        {
            Add(rule.Axis, size, source, place);
        }
    }

    private void AddLater(string axis)
    {
        if (!sizes.ContainsKey(axis)) sizes[axis] = new Size(Later, "", places.Identifier);
    }

    private void Add(string axis, int size, string from, Location at)
    {
        if (!sizes.TryGetValue(axis, out var known) || known.Value == Later)
        {
            sizes[axis] = new Size(size, from, at);
        }
        else if (size != known.Value)
        {
            context.Report(
                Descriptors.SizeConflict, at,
                $"axis '{AxisNames.Written(axis)}' has size {known.Value} from {known.From}, and size {size} from {from}: " +
                "where values meet, a name has one size");
        }
    }

    /// <summary>An axis that is two different parts of another, which no sizes of the arguments can make one.</summary>
    private void FindContradictions()
    {
        var links = new Dictionary<string, (string To, int Plus)>();
        (string Root, int Plus) At(string axis)
        {
            var plus = 0;
            for (; links.TryGetValue(axis, out var link); axis = link.To) plus += link.Plus;
            return (axis, plus);
        }

        foreach (var rule in model.Rules.Where(r => r.By.Length == 0 || r.Stride == 1))
        {
            var ((axis, plus), (from, more)) = (At(rule.Axis), At(rule.By.Length == 0 ? rule.From : $"{rule.From} by {rule.By}"));
            var difference = more + rule.Offset - plus;
            if (axis != from)
            {
                links.Add(axis, (from, difference));
            }
            else if (difference != 0 && sizes[rule.Axis].Value == Later)
            {
                context.Report(
                    Descriptors.SizeConflict, context.RulePlaces.TryGetValue(rule, out var place) ? place : places.Identifier,
                    $"axis '{AxisNames.Written(rule.Axis)}' would have two sizes that differ by {System.Math.Abs(difference)}, " +
                    "whatever the arguments: where values meet, a name has one size");
            }
        }
    }

    private void Demand()
    {
        foreach (var demand in context.Demands)
        {
            var known = sizes.TryGetValue(demand.Axis, out var size) && size.Value != Later;
            if (!demand.Exact && known && size!.Value < demand.Size)
                context.Report(Descriptors.SizeConflict, demand.Location, $"{demand.Message}, which has size {size.Value} from {size.From}");
            if (demand.Exact && known && size!.Value != demand.Size)
                context.Report(Descriptors.SizeConflict, demand.Location, $"{demand.Message}, but here it has size {size.Value} from {size.From}");
            if (demand.Exact && !known)
            {
                context.Report(
                    Descriptors.SizeConflict, demand.Location,
                    $"{demand.Message}: fix it in a layout of this kernel too ({AxisNames.Written(demand.Axis)}={demand.Size})");
            }
        }
    }

    private void FindUnknown(IReadOnlyDictionary<int, Location> spans)
    {
        var reported = new HashSet<string>();
        void Need(string axis, Location at, string otherwise = "")
        {
            if (!sizes.ContainsKey(axis) && reported.Add(axis))
            {
                context.Report(
                    Descriptors.UnknownSize, at,
                    $"the size of axis '{AxisNames.Written(axis)}' cannot be determined at launch: give it a dimension of its own, " +
                    $"fix it ({AxisNames.Written(axis)}=2), or add a parameter [Size(\"{AxisNames.Written(axis)}\")] int{otherwise}");
            }
        }

        foreach (var (name, layout) in Parameters)
            foreach (var axis in layout.Axes) Need(axis.Name, places.Of(name));
        foreach (var result in model.Results)
        {
            foreach (var axis in result.Layout.Axes)
            {
                var advice = model.Nodes[result.Value].Axes.Select(AxisNames.Written)
                    .Select(a => $"; for a second axis of the size of '{a}', make it with Rename(\"{a}\", into: \"{axis.Name}\")");
                Need(axis.Name, places.Results, advice.FirstOrDefault() ?? "");
            }
        }

        for (var id = 0; id < model.Nodes.Count; id++)
        {
            var at = spans.TryGetValue(id, out var span) ? span : places.Identifier;
            foreach (var axis in model.Nodes[id].Axes) Need(axis, at);
            if (model.Nodes[id].Op == Op.Size) Need(model.Nodes[id].Name, at);
        }
    }

    /// <summary>The size of an axis that nothing has is a slip of the pen.</summary>
    private void FindUnused()
    {
        // The dimensions that "..." stands for are those of a tensor; a number says too little.
        var made = model.Results.SelectMany(r => r.Layout.Names).Concat(model.Nodes.SelectMany(n => n.Axes)).Concat(model.Rules.Select(r => r.From));
        var used = new HashSet<string>(Parameters.SelectMany(p => p.Layout.Names).Concat(made.Where(a => a != Layout.Ellipsis)));
        foreach (var parameter in model.Parameters.Where(p => p.Kind == KernelParameterKind.Size && !used.Contains(p.SizeOf)))
        {
            context.Report(
                Descriptors.Parameter, places.Of(parameter.Name),
                $"parameter '{parameter.Name}' is the size of axis '{parameter.SizeOf}', which no layout and no value has; " +
                "a number that is no size needs no [Size]");
        }
    }
}
