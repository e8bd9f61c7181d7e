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

    private readonly Dictionary<string, int> sizes = new();
    private readonly KernelModel model;
    private readonly ParseContext context;
    private readonly Location identifier;

    private SizeCheck(KernelModel model, ParseContext context, Location identifier)
    {
        this.model = model;
        this.context = context;
        this.identifier = identifier;
    }

    /// <param name="model">The kernel.</param>
    /// <param name="context">Takes the diagnostics; gives demands.</param>
    /// <param name="spans">Where each node of the model was written.</param>
    /// <param name="identifier">The kernel's name.</param>
    public static void Run(KernelModel model, ParseContext context, IReadOnlyDictionary<int, Location> spans, Location identifier)
    {
        var check = new SizeCheck(model, context, identifier);
        check.Solve();
        check.Demand();
        check.FindUnknown(spans);
    }

    private IEnumerable<Layout> ParameterLayouts => model.Parameters.Where(p => p.Layout != null).Select(p => p.Layout!);

    private void Solve()
    {
        foreach (var axis in ParameterLayouts.Concat(model.Results.Select(r => r.Layout)).SelectMany(l => l.Axes))
            if (axis.Fixed > 0) Add(axis.Name, axis.Fixed, "a layout fixes it");
        foreach (var parameter in model.Parameters)
            if (parameter.Kind == ParameterKind.Size) Add(parameter.SizeOf, Later, "");
        foreach (var layout in ParameterLayouts)
            foreach (var dim in layout.Dims)
                if (dim.Axes.Count == 1) Add(dim.Axes[0].Name, Later, "");

        int before;
        do
        {
            before = sizes.Count;
            foreach (var dim in ParameterLayouts.SelectMany(l => l.Dims))
            {
                var unknown = dim.Axes.Where(a => !sizes.ContainsKey(a.Name)).ToArray();
                if (unknown.Length == 1) Add(unknown[0].Name, Later, "");
            }
            foreach (var rule in model.Rules) Apply(rule);
        }
        while (sizes.Count > before);
    }

    private void Apply(AxisRule rule)
    {
        if (!sizes.TryGetValue(rule.From, out var from)) return;
        var by = Later;
        if (rule.By.Length > 0 && !sizes.TryGetValue(rule.By, out by)) return;
        if (from == Later || (rule.By.Length > 0 && by == Later))
        {
            Add(rule.Axis, Later, "");
            return;
        }
        var rest = from + rule.Offset - by;
        var size = rule.By.Length == 0 ? rest : rest < 0 ? 0 : (rest / rule.Stride) + 1;
        if (size < 1) context.Report(Descriptors.SizeConflict, identifier, $"axis '{rule.Axis}' would have size {size}: axis '{rule.From}' has {from}");
        Add(rule.Axis, size < 1 ? Later : size, $"it follows from axis '{rule.From}'");
    }

    private void Add(string axis, int size, string why)
    {
        if (!sizes.TryGetValue(axis, out var known) || known == Later) sizes[axis] = size;
        else if (size != Later && size != known)
            context.Report(Descriptors.SizeConflict, identifier, $"axis '{axis}' has size {known}, but also {size}: {why}");
    }

    private void Demand()
    {
        foreach (var demand in context.Demands)
        {
            var known = sizes.TryGetValue(demand.Axis, out var size) && size != Later;
            if (!demand.Exact && known && size < demand.Size)
                context.Report(Descriptors.SizeConflict, demand.Location, $"{demand.Message}, which has size {size}");
            if (demand.Exact && known && size != demand.Size)
                context.Report(Descriptors.SizeConflict, demand.Location, $"{demand.Message}, but here it has size {size}");
            if (demand.Exact && !known)
                context.Report(Descriptors.SizeConflict, demand.Location, $"{demand.Message}: fix it in a layout of this kernel too ({demand.Axis}={demand.Size})");
        }
    }

    private void FindUnknown(IReadOnlyDictionary<int, Location> spans)
    {
        var reported = new HashSet<string>();
        void Need(string axis, Location at)
        {
            if (!sizes.ContainsKey(axis) && reported.Add(axis))
                context.Report(
                    Descriptors.UnknownSize, at,
                    $"the size of axis '{axis}' cannot be determined at launch: give it a dimension of its own, fix it ({axis}=2), or add a parameter [Size(\"{axis}\")] int");
        }

        foreach (var axis in ParameterLayouts.Concat(model.Results.Select(r => r.Layout)).SelectMany(l => l.Axes)) Need(axis.Name, identifier);
        for (var id = 0; id < model.Nodes.Count; id++)
        {
            var at = spans.TryGetValue(id, out var span) ? span : identifier;
            foreach (var axis in model.Nodes[id].Axes) Need(axis, at);
            if (model.Nodes[id].Op == Op.Size) Need(model.Nodes[id].Name, at);
        }
    }
}
