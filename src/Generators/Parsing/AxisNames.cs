using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// The axes of one kernel while it is read. Values meet by the names that are written, but a name that a view makes may come from
/// axes of two sizes: two parts of an axis, or a helper that is called twice and renames inside. So the graph has a name of its own for
/// each axis of another origin: the written one, and <c>u__2</c> for the next that is written <c>u</c>. Where two of them meet in an
/// operation they have one size and are one axis; the kernel is then read once more, with that known (<see cref="AxesMet"/>).
/// </summary>
internal sealed class AxisNames
{
    private const string Mark = "__";

    private readonly AxisMeetings meetings;
    private readonly Dictionary<string, string> nameOf = new();
    private readonly Dictionary<string, Size> sizeOf = new();

    public AxisNames(AxisMeetings meetings) => this.meetings = meetings;

    /// <summary>The name as it was written.</summary>
    public static string Written(string axis) => axis.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at ? axis.Substring(0, at) : axis;

    /// <summary>The written names, as in "n d".</summary>
    public static string List(IEnumerable<string> axes) => string.Join(" ", axes.Select(Written));

    /// <summary>The axis that a view, or a size, makes: its name in the graph, the same for equal sizes under one written name.</summary>
    /// <param name="rule">How its size follows; <see cref="KernelSizeRule.Axis"/> is the written name.</param>
    public string Made(KernelSizeRule rule)
    {
        var size = Of(rule);
        // What is renamed back, or sliced in two steps, is what it would be at once.
        var origin = size.Less == 0 && size.Of.Split('(')[0] == rule.Axis ? size.Of : meetings.Of($"{rule.Axis}({size.Of} - {size.Less})");
        if (nameOf.TryGetValue(origin, out var known)) return known;
        var name = rule.Axis;
        if (origin != name)
            for (var i = 2; meetings.IsDeclared(name) || sizeOf.ContainsKey(name); i++) name = $"{rule.Axis}{Mark}{i}";
        nameOf.Add(origin, name);
        sizeOf.Add(name, origin == name ? new Size(name, name, 0) : size with { Origin = origin });
        return name;
    }

    /// <summary>Two axes with one written name are in one operation: they are one.</summary>
    public void Meet(string axis, string other)
    {
        if (axis == other) return;
        meetings.Add(Origin(axis), Origin(other));
        throw new AxesMet();
    }

    /// <summary>An axis is that of a result's layout, which has the written name for itself.</summary>
    public void Declare(string axis)
    {
        if (axis == Written(axis)) return;
        meetings.Declare(Written(axis));
        meetings.Add(Written(axis), Origin(axis));
        throw new AxesMet();
    }

    private string Origin(string axis) => At(axis).Origin;

    private Size At(string axis) => sizeOf.TryGetValue(axis, out var size) ? size : new Size(axis, axis, 0);

    private Size Of(KernelSizeRule rule)
    {
        if (rule.From.Length == 0) return new Size("", "", -rule.Offset);
        var from = At(rule.From);
        if (rule.By.Length == 0) return new Size("", from.Of, from.Less - rule.Offset);
        var window = meetings.Of($"{rule.Axis}({from.Origin} by {Origin(rule.By)}, {rule.Offset}/{rule.Stride})");
        return new Size("", window, 0);
    }

    /// <summary>What an axis is made of, in terms of the kernel's signature; of one in the signature its name.</summary>
    /// <param name="Origin">Tells it from others with the same written name.</param>
    /// <param name="Of">The axis of the signature, or the window, that it is a part of; empty for a constant size.</param>
    /// <param name="Less">How many elements of that it lacks.</param>
    private sealed record Size(string Origin, string Of, int Less);
}

/// <summary>What all readings of a kernel have found out about its axes: which names the signature has, and which origins are one axis.</summary>
internal sealed class AxisMeetings
{
    private readonly HashSet<string> declared;
    private readonly Dictionary<string, string> sameAs = new();

    public AxisMeetings(IEnumerable<string> declared) => this.declared = new HashSet<string>(declared);

    public bool IsDeclared(string name) => declared.Contains(name);

    public void Declare(string name) => declared.Add(name);

    /// <summary>The origin that stands for this one and all that it met.</summary>
    public string Of(string origin)
    {
        while (sameAs.TryGetValue(origin, out var other)) origin = other;
        return origin;
    }

    public void Add(string origin, string other)
    {
        var (first, second) = (Of(origin), Of(other));
        if (first == second) throw new InvalidOperationException($"'{origin}' and '{other}' are one axis already");
        // The signature's own name stands for all that meets it.
        if (declared.Contains(second)) (first, second) = (second, first);
        sameAs.Add(second, first);
    }
}

/// <summary>Two axes are one, which the reading so far did not know.</summary>
internal sealed class AxesMet : Exception
{
}

/// <summary>The graph of a kernel that is being read: values meet by the written names of their axes.</summary>
internal sealed class ReadGraph : Graph
{
    private readonly AxisNames names;

    public ReadGraph(AxisNames names) => this.names = names;

    /// <summary>The axis of a value that is written so; null if there is none.</summary>
    public string? Find(int value, string written) => Axes(value).FirstOrDefault(a => AxisNames.Written(a) == written);

    /// <inheritdoc/>
    public override void Meet(params int[] values)
    {
        var seen = new Dictionary<string, string>();
        foreach (var axis in values.SelectMany(Axes))
        {
            if (!seen.TryGetValue(AxisNames.Written(axis), out var other)) seen.Add(AxisNames.Written(axis), axis);
            else names.Meet(other, axis);
        }
    }
}
