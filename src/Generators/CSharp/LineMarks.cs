using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using MageDsl.Generators.Diagnostics;

namespace MageDsl.Generators.CSharp;

/// <summary>
/// Ties lines of generated code to the definition. The compiler, which is cached, marks a line with the number of its origin; the
/// last step, which is not, replaces the marks by <c>#line</c> directives with the places of the day. So a definition that moves
/// is not compiled again.
/// </summary>
internal static class LineMarks
{
    private const string Sign = " //@";
    private const string End = "//@end";

    /// <summary>A line with its mark; as it is where there is no origin.</summary>
    public static string Mark(string line, int origin) =>
        origin < 0 ? line : line + Sign + origin.ToString(CultureInfo.InvariantCulture);

    /// <summary>The line after which the generated file is its own source again.</summary>
    public static string EndLine => End + "\n";

    /// <summary>The text without marks.</summary>
    public static string Strip(string text) => Resolve(text, Array.Empty<SourcePlace>());

    /// <summary>The text with directives in place of the marks; without any, where the file of the definition has no path.</summary>
    public static string Resolve(string text, IReadOnlyList<SourcePlace> places)
    {
        if (text.IndexOf("//@", StringComparison.Ordinal) < 0) return text;
        var result = new StringBuilder(text.Length + (text.Length / 2));
        var current = -1;
        var counts = false;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            var sign = text.LastIndexOf(Sign, end - 1, end - start, StringComparison.Ordinal);
            if (sign >= 0 && int.TryParse(
                text.Substring(sign + Sign.Length, end - sign - Sign.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var origin))
            {
                if (origin != current && Directive(places, origin, sign - start) is { } directive)
                {
                    result.Append(directive);
                    (current, counts) = (origin, true);
                }
                else
                {
                    Hide();
                }

                result.Append(text, start, sign - start).Append('\n');
            }
            else if (end - start == End.Length && string.CompareOrdinal(text, start, End, 0, End.Length) == 0)
            {
                if (places.Count > 0) result.Append("#line default\n");
                (current, counts) = (-1, false);
            }
            else
            {
                Hide();
                current = -1;
                result.Append(text, start, Math.Min(end + 1, text.Length) - start);
            }
            start = end + 1;
        }
        return result.ToString();

        // A directive holds for one line; the next would count as the next line of the definition.
        void Hide()
        {
            if (!counts) return;
            result.Append("#line hidden\n");
            counts = false;
        }
    }

    /// <summary>Maps all of the next line, whose length is given, to the whole span: that is what an offset beyond its statements does.</summary>
    private static string? Directive(IReadOnlyList<SourcePlace> places, int origin, int length)
    {
        if (origin >= places.Count || places[origin] is not { Path: { Length: > 0 } path } place || path.IndexOf('"') >= 0) return null;
        return string.Format(
            CultureInfo.InvariantCulture, "#line ({0},{1})-({2},{3}) {4} \"{5}\"\n",
            place.StartLine + 1, place.StartCharacter + 1, place.EndLine + 1, Math.Max(place.EndCharacter, 1), Math.Max(length, 1), path);
    }
}
