using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

#if GENERATOR
namespace MageDsl.Generators;
#else
namespace MageDsl;
#endif

/// <summary>One axis of a layout, with its size where the layout fixes it, and 0 otherwise.</summary>
public readonly record struct TensorAxis(string Name, int Fixed);

/// <summary>How layouts are written, as <c>"... t (s=3 h e)"</c>.</summary>
internal static class LayoutGrammar
{
    /// <summary>The axis that stands for all leading dimensions.</summary>
    public const string Ellipsis = "...";

    /// <summary>The axes of each dimension, slowest first.</summary>
    /// <param name="text">The layout.</param>
    /// <param name="wrong">What to throw, given what is wrong.</param>
    public static IReadOnlyList<IReadOnlyList<TensorAxis>> Read(string text, Func<string, Exception> wrong)
    {
        var dimensions = new List<TensorAxis[]>();
        var seen = new HashSet<string>();
        List<TensorAxis>? group = null;
        foreach (var word in text.Replace("(", " ( ").Replace(")", " ) ").Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "(")
            {
                if (group != null) throw wrong("groups do not nest");
                group = new List<TensorAxis>();
            }
            else if (word == ")")
            {
                if (group == null || group.Count == 0) throw wrong("')' closes no group");
                dimensions.Add(group.ToArray());
                group = null;
            }
            else
            {
                var axis = ReadAxis(word, wrong);
                if (!seen.Add(axis.Name)) throw wrong(Twice(axis.Name));
                if (axis.Name == Ellipsis && (group != null || dimensions.Count > 0)) throw wrong("'...' must come first");
                if (group != null) group.Add(axis);
                else dimensions.Add(new[] { axis });
            }
        }
        return group == null ? dimensions : throw wrong("'(' is not closed");
    }

    /// <summary>Why this cannot be the name of an axis; null if it can.</summary>
    public static string? NameProblem(string name) =>
        name.Length > 0 && char.IsLetter(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c == '_') ? null
            : $"'{name}' is not an axis name: it begins with a letter and goes on with letters, digits and '_'";

    private static TensorAxis ReadAxis(string word, Func<string, Exception> wrong)
    {
        var equals = word.IndexOf('=');
        var name = equals < 0 ? word : word.Substring(0, equals);
        var size = 0;
        if (equals >= 0 && (!int.TryParse(word.Substring(equals + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out size) || size < 1))
            throw wrong($"'{word}' does not fix a size of 1 or more");
        return name == Ellipsis || NameProblem(name) is not { } problem ? new TensorAxis(name, size) : throw wrong(problem);
    }

    private static string Twice(string axis) =>
        $"axis '{axis}' appears twice: two axes of one size have two names, as '{axis}' and '{axis}2', "
        + $"and Rename(\"{axis}\", into: \"{axis}2\") makes the second";
}
