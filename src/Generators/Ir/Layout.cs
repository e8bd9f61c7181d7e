using System;
using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>One dimension of a tensor: one axis, or a group of axes with the last one fastest.</summary>
internal sealed record LayoutDim(EquatableArray<TensorAxis> Axes);

/// <summary>A parsed <c>Dims</c> string.</summary>
internal sealed record Layout(EquatableArray<LayoutDim> Dims)
{
    /// <summary>The axis that stands for all leading dimensions.</summary>
    public const string Ellipsis = LayoutGrammar.Ellipsis;

    /// <summary>All axes, slowest first.</summary>
    public IEnumerable<TensorAxis> Axes => Dims.SelectMany(d => d.Axes);

    /// <summary>The names of all axes, slowest first.</summary>
    public EquatableArray<string> Names => Axes.Select(a => a.Name).ToEquatable();

    /// <summary>Reads <c>"b t (s=3 h e)"</c>; throws <see cref="IrException"/> with what is wrong.</summary>
    public static Layout Parse(string text)
    {
        var dims = LayoutGrammar.Read(text, problem => Wrong(text, problem, "MDSL005"));
        foreach (var axis in dims.SelectMany(d => d))
            if (axis.Name != Ellipsis && NameProblem(axis.Name) is var (id, problem)) throw Wrong(text, problem, id);
        return new Layout(dims.Select(d => new LayoutDim(d.ToEquatable())).ToEquatable());
    }

    /// <summary>Why this cannot be the name of an axis, and the diagnostic to report it under; null if it can.</summary>
    public static (string Id, string Problem)? NameProblem(string name)
    {
        if (LayoutGrammar.NameProblem(name) is { } problem) return ("MDSL005", problem);
        // Generated code calls the merged axes h and w h__w, and loop variables of d d_at1, d_at2, …
        if (name.Contains("__")
            || (char.IsDigit(name[name.Length - 1])
                && name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').EndsWith("_at", StringComparison.Ordinal)))
        {
            return ("MDSL027", $"'{name}' may be the name of something in generated code: leave out '__' and '_at' before a number");
        }
        return null;
    }

    private static IrException Wrong(string text, string problem, string id) => new($"layout \"{text}\": {problem}", id);

    /// <summary>The canonical text, that <see cref="Parse"/> reads back.</summary>
    public override string ToString() => string.Join(" ", Dims.Select(d =>
    {
        var names = string.Join(" ", d.Axes.Select(a => a.Fixed > 0 ? $"{a.Name}={a.Fixed}" : a.Name));
        return d.Axes.Count > 1 ? $"({names})" : names;
    }));
}

/// <summary>What is wrong with a definition, in the user's terms; the parser adds where.</summary>
internal sealed class IrException : Exception
{
    public IrException(string message, string id = "MDSL002") : base(message) => Id = id;

    /// <summary>The diagnostic to report it under.</summary>
    public string Id { get; }

    /// <summary>The number of the place that is to blame, or -1.</summary>
    public int Origin { get; private set; } = -1;

    /// <summary>For exception filters on its way out: notes the first place it passes, and catches nothing.</summary>
    public bool PassesBy(int origin)
    {
        if (Origin < 0) Origin = origin;
        return false;
    }
}
