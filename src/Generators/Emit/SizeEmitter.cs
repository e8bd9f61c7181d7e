using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Emit.Cpu;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Emit;

/// <summary>Writes how a launch finds the size of every axis from its arguments, and checks that they agree.</summary>
internal sealed class SizeEmitter
{
    private readonly KernelModel kernel;
    private readonly List<string> lines = new();
    private readonly List<string> known = new();
    private readonly HashSet<(string, int)> done = new();
    private readonly HashSet<AxisRule> applied = new();

    public SizeEmitter(KernelModel kernel)
    {
        this.kernel = kernel;
        Run();
    }

    public IReadOnlyList<string> Lines => lines;

    /// <summary>All axes, in the order in which they become known.</summary>
    public IReadOnlyList<string> Axes => known;

    /// <summary>The tensor that gives the leading dimensions of "...", or null; and how many dimensions follow them in it.</summary>
    public (string Parameter, int Trailing)? Leading { get; private set; }

    private IEnumerable<ParameterModel> Tensors => kernel.Parameters.Where(p => p.Layout != null);

    private void Run()
    {
        foreach (var parameter in kernel.Parameters.Where(p => p.Kind == ParameterKind.Size))
        {
            lines.Add($"{Library.Check}.Size(_kernel, \"{parameter.Name}\", \"{parameter.SizeOf}\", {Names.Parameter(parameter.Name)});");
            Define(parameter.SizeOf, Names.Parameter(parameter.Name), parameter.Name);
        }
        foreach (var axis in Tensors.SelectMany(p => p.Layout!.Axes).Concat(kernel.Results.SelectMany(r => r.Layout.Axes)).Where(a => a.Fixed > 0))
            if (!known.Contains(axis.Name)) Define(axis.Name, axis.Fixed.ToString(System.Globalization.CultureInfo.InvariantCulture), "");
        foreach (var parameter in Tensors) Rank(parameter);
        bool progress;
        do
        {
            progress = false;
            foreach (var parameter in Tensors)
                for (var i = 0; i < parameter.Layout!.Dims.Count; i++) progress |= !done.Contains((parameter.Name, i)) && Dimension(parameter, i);
            foreach (var rule in kernel.Rules) progress |= !applied.Contains(rule) && Rule(rule);
        }
        while (progress);
    }

    private void Define(string axis, string value, string parameter)
    {
        if (known.Contains(axis))
        {
            lines.Add($"{Library.Check}.Axis(_kernel, \"{parameter}\", \"{axis}\", {Names.Size(axis)}, {value});");
            return;
        }
        known.Add(axis);
        lines.Add($"int {Names.Size(axis)} = {value};");
    }

    private void Rank(ParameterModel parameter)
    {
        var dims = parameter.Layout!.Dims;
        var hasLeading = dims.Count > 0 && dims[0].Axes[0].Name == Layout.Ellipsis;
        lines.Add(hasLeading
            ? $"{Library.Check}.RankAtLeast(_kernel, \"{parameter.Name}\", {Names.Parameter(parameter.Name)}, {dims.Count - 1}, \"{parameter.Layout}\");"
            : $"{Library.Check}.Rank(_kernel, \"{parameter.Name}\", {Names.Parameter(parameter.Name)}, {dims.Count}, \"{parameter.Layout}\");");
    }

    private bool Dimension(ParameterModel parameter, int index)
    {
        var dims = parameter.Layout!.Dims;
        var axes = dims[index].Axes;
        var tensor = Names.Parameter(parameter.Name);
        var size = $"{tensor}.Shape[^{dims.Count - index}]";
        if (axes[0].Name == Layout.Ellipsis) return Ellipsis(parameter, dims.Count - 1, index);
        if (axes.Count == 1)
        {
            Define(axes[0].Name, size, parameter.Name);
            return done.Add((parameter.Name, index));
        }
        var unknown = axes.Where(a => !known.Contains(a.Name)).ToArray();
        if (unknown.Length > 1) return false;
        var product = string.Join(" * ", axes.Where(a => known.Contains(a.Name)).Select(a => Names.Size(a.Name)));
        var group = new Layout(EquatableArray.Of(dims[index])).ToString();
        if (unknown.Length == 0) lines.Add($"{Library.Check}.Axis(_kernel, \"{parameter.Name}\", \"{group}\", {product}, {size});");
        else
        {
            lines.Add($"{Library.Check}.Divides(_kernel, \"{parameter.Name}\", \"{group}\", {size}, {product});");
            Define(unknown[0].Name, $"{size} / ({product})", parameter.Name);
        }
        return done.Add((parameter.Name, index));
    }

    private bool Ellipsis(ParameterModel parameter, int trailing, int index)
    {
        if (Leading is var (first, firstTrailing))
            lines.Add($"{Library.Shape}.SameLeading(_kernel, \"{parameter.Name}\", {Names.Parameter(first)}, {firstTrailing}, {Names.Parameter(parameter.Name)}, {trailing});");
        else
        {
            Leading = (parameter.Name, trailing);
            Define(Layout.Ellipsis, $"{Library.Shape}.Leading({Names.Parameter(parameter.Name)}, {trailing})", parameter.Name);
        }
        return done.Add((parameter.Name, index));
    }

    private bool Rule(AxisRule rule)
    {
        var holder = Tensors.FirstOrDefault(p => p.Layout!.Names.Contains(rule.From))?.Name ?? "";
        if (rule.By.Length > 0)
        {
            if (!known.Contains(rule.From) || !known.Contains(rule.By)) return false;
            lines.Add($"{Library.Check}.AxisAtLeast(_kernel, \"{holder}\", \"{rule.From}\", {Names.Size(rule.By)} - {rule.Offset}, {Names.Size(rule.From)});");
            Define(rule.Axis, $"(({Names.Size(rule.From)} + {rule.Offset} - {Names.Size(rule.By)}) / {rule.Stride}) + 1", holder);
        }
        else if (known.Contains(rule.From))
        {
            if (rule.Offset < 0) lines.Add($"{Library.Check}.AxisAtLeast(_kernel, \"{holder}\", \"{rule.From}\", {-rule.Offset}, {Names.Size(rule.From)});");
            Define(rule.Axis, rule.Offset == 0 ? Names.Size(rule.From) : $"{Names.Size(rule.From)} - {-rule.Offset}", holder);
        }
        else if (known.Contains(rule.Axis)) Define(rule.From, $"{Names.Size(rule.Axis)} + {-rule.Offset}", holder);
        else return false;
        return applied.Add(rule);
    }
}
