using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MageDsl.Generators.Ir;

/// <summary>One axis of a layout, with its size where the layout fixes it (0 otherwise).</summary>
internal sealed record LayoutAxis(string Name, int Fixed);

/// <summary>One dimension of a tensor: one axis, or a group of axes with the last one fastest.</summary>
internal sealed record LayoutDim(EquatableArray<LayoutAxis> Axes);

/// <summary>A parsed <c>Dims</c> string.</summary>
internal sealed record Layout(EquatableArray<LayoutDim> Dims)
{
    /// <summary>The axis that stands for all leading dimensions.</summary>
    public const string Ellipsis = "...";

    /// <summary>All axes, slowest first.</summary>
    public IEnumerable<LayoutAxis> Axes => Dims.SelectMany(d => d.Axes);

    /// <summary>The names of all axes, slowest first.</summary>
    public EquatableArray<string> Names => Axes.Select(a => a.Name).ToEquatable();

    /// <summary>Reads <c>"b t (s=3 h e)"</c>; throws <see cref="IrException"/> with what is wrong.</summary>
    public static Layout Parse(string text)
    {
        var dims = new List<LayoutDim>();
        var seen = new HashSet<string>();
        var at = 0;
        List<LayoutAxis>? group = null;
        while (at < text.Length)
        {
            var c = text[at];
            if (c == ' ') { at++; continue; }
            if (c == '(')
            {
                if (group != null) throw Wrong(text, "groups do not nest");
                group = new List<LayoutAxis>();
                at++;
                continue;
            }
            if (c == ')')
            {
                if (group == null || group.Count == 0) throw Wrong(text, "')' closes no group");
                dims.Add(new LayoutDim(group.ToEquatable()));
                group = null;
                at++;
                continue;
            }
            var start = at;
            while (at < text.Length && text[at] is not (' ' or '(' or ')')) at++;
            var axis = ParseAxis(text, text.Substring(start, at - start));
            if (!seen.Add(axis.Name))
            {
                throw Wrong(
                    text,
                    $"axis '{axis.Name}' appears twice: two axes of one size have two names, as '{axis.Name}' and '{axis.Name}2', " +
                    $"and Rename(\"{axis.Name}\", into: \"{axis.Name}2\") makes the second");
            }
            if (axis.Name == Ellipsis && (group != null || dims.Count > 0)) throw Wrong(text, "'...' must come first");
            if (group != null) group.Add(axis);
            else dims.Add(new LayoutDim(EquatableArray.Of(axis)));
        }
        if (group != null) throw Wrong(text, "'(' is not closed");
        return new Layout(dims.ToEquatable());
    }

    private static LayoutAxis ParseAxis(string text, string word)
    {
        var equals = word.IndexOf('=');
        var name = equals < 0 ? word : word.Substring(0, equals);
        var size = 0;
        if (equals >= 0 && (!int.TryParse(word.Substring(equals + 1), out size) || size < 1))
            throw Wrong(text, $"'{word}' does not fix a size of 1 or more");
        if (name != Ellipsis && NameProblem(name) is var (id, problem)) throw new IrException($"layout \"{text}\": {problem}", id);
        return new LayoutAxis(name, size);
    }

    /// <summary>Why this cannot be the name of an axis, and the diagnostic to report it under; null if it can.</summary>
    public static (string Id, string Problem)? NameProblem(string name)
    {
        if (name.Length == 0 || !name.All(c => char.IsLetterOrDigit(c) || c == '_') || !char.IsLetter(name[0]))
            return ("MDSL005", $"'{name}' is not an axis name: it begins with a letter and goes on with letters, digits and '_'");
        // Generated code calls the merged axes h and w h__w, and loop variables of d d_at1, d_at2, …
        if (name.Contains("__")
            || (char.IsDigit(name[name.Length - 1])
                && name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').EndsWith("_at", StringComparison.Ordinal)))
        {
            return ("MDSL027", $"'{name}' may be the name of something in generated code: leave out '__' and '_at' before a number");
        }
        return null;
    }

    private static IrException Wrong(string text, string problem) => new($"layout \"{text}\": {problem}", "MDSL005");

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
