using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Emit;

/// <summary>Writes how a launch finds the size of every axis from its arguments, and checks that they agree.</summary>
internal sealed class SizeEmitter
{
    private readonly KernelModel kernel;
    private readonly List<string> lines = new();
    private readonly List<string> known = new();
    private readonly HashSet<(string, int)> done = new();
    private readonly HashSet<KernelSizeRule> applied = new();

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
        foreach (var parameter in kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Size))
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
        Picks();
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
            ? $"{Library.Check}.RankAtLeast(_kernel, \"{parameter.Name}\", {Names.Parameter(parameter.Name)}, {dims.Count - 1}, " +
                $"\"{parameter.Layout}\");"
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
        if (unknown.Length == 0)
        {
            lines.Add($"{Library.Check}.Axis(_kernel, \"{parameter.Name}\", \"{group}\", {product}, {size});");
        }
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
        {
            lines.Add($"{Library.Shape}.SameLeading(_kernel, \"{parameter.Name}\", {Names.Parameter(first)}, {firstTrailing}, " +
                $"{Names.Parameter(parameter.Name)}, {trailing});");
        }
        else
        {
            Leading = (parameter.Name, trailing);
            Define(Layout.Ellipsis, $"{Library.Shape}.Leading({Names.Parameter(parameter.Name)}, {trailing})", parameter.Name);
        }
        return done.Add((parameter.Name, index));
    }

    private bool Rule(KernelSizeRule rule)
    {
        var isKnown = known.Contains(rule.Axis);
        if (rule.From.Length == 0)
        {
            if (isKnown) Equal(rule.Axis, Text(rule.Offset));
            else Define(rule.Axis, Text(rule.Offset), "");
        }
        else if (rule.By.Length > 0)
        {
            if (!known.Contains(rule.From) || !known.Contains(rule.By)) return false;
            AtLeast(rule.From, $"{Names.Size(rule.By)}", -rule.Offset);
            // KernelSizeRule.Windows in the words of the launch, which has just checked that there is one.
            var size = $"(({Names.Size(rule.From)} + {rule.Offset} - {Names.Size(rule.By)}) / {rule.Stride}) + 1";
            if (isKnown) Equal(rule.Axis, size);
            else Define(rule.Axis, size, "");
        }
        else if (known.Contains(rule.From))
        {
            if (rule.Offset < 0) AtLeast(rule.From, "", -rule.Offset);
            if (isKnown) Equal(rule.From, Names.Size(rule.Axis), -rule.Offset);
            else Define(rule.Axis, Plus(Names.Size(rule.From), rule.Offset), "");
        }
        else if (isKnown)
        {
            Define(rule.From, Plus(Names.Size(rule.Axis), -rule.Offset), "");
        }
        else
        {
            return false;
        }

        return applied.Add(rule);
    }

    /// <summary>What a pick reads is there.</summary>
    private void Picks()
    {
        var isFixed = new HashSet<string>(Tensors.SelectMany(p => p.Layout!.Axes)
            .Concat(kernel.Results.SelectMany(r => r.Layout.Axes)).Where(a => a.Fixed > 0).Select(a => a.Name));
        foreach (var picks in kernel.Nodes.Where(n => n.Op == Op.View && n.Map!.Terms.Count == 0 && !isFixed.Contains(n.Over[0]))
            .GroupBy(n => n.Over[0]))
        {
            AtLeast(picks.Key, "", picks.Max(n => n.Map!.Least));
        }
    }

    /// <summary>Checks the size of an axis against another expression plus an offset, in terms of the parameter that the axis comes from.</summary>
    private void Equal(string axis, string size, int offset = 0)
    {
        var (parameter, root, less) = Source(axis);
        if (size != Names.Size(root) || offset + less != 0)
            lines.Add($"{Library.Check}.Axis(_kernel, \"{parameter}\", \"{Written(root)}\", {Plus(size, offset + less)}, {Names.Size(root)});");
    }

    private void AtLeast(string axis, string size, int offset)
    {
        var (parameter, root, less) = Source(axis);
        lines.Add($"{Library.Check}.AxisAtLeast(_kernel, \"{parameter}\", \"{Written(root)}\", {Plus(size, offset + less)}, {Names.Size(root)});");
    }

    /// <summary>
    /// The axis of a parameter that an axis is a part of, and how many elements it lacks of that: what a message is about. An axis that a window
    /// made stands for itself, beside the parameter that the window is of.
    /// </summary>
    private (string Parameter, string Axis, int Less) Source(string axis)
    {
        var less = 0;
        var seen = new HashSet<string>();
        for (var at = axis; seen.Add(at);)
        {
            if (kernel.Parameters.FirstOrDefault(p => p.SizeOf == at || p.Layout?.Names.Contains(at) == true) is { } holder)
            {
                return (holder.Name, at, less);
            }
            if (kernel.Rules.FirstOrDefault(r => r.Axis == at && r.From.Length > 0) is not { } rule) break;
            if (rule.By.Length > 0) return (Source(rule.From).Parameter, axis, 0);
            less -= rule.Offset;
            at = rule.From;
        }
        return ("", axis, 0);
    }

    private static string Plus(string size, int offset) =>
        size.Length == 0 ? Text(offset) : offset == 0 ? size : offset > 0 ? $"{size} + {offset}" : $"{size} - {-offset}";

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Written(string axis) => Parsing.AxisNames.Written(axis);
}
