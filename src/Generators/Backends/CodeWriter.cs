using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;

namespace MageDsl.Generators.Backends;

/// <summary>
/// Text of nested loops while it is written. A line goes to the innermost of them, or as far out as what it needs is known; the text of a loop is
/// put into the one around it when it is finished, after what was moved out of it.
/// </summary>
internal sealed class CodeWriter
{
    // How deep the body of a generated method is indented.
    private const int Indent = 3;

    private readonly List<Level> levels = new();
    private readonly string prefix;
    private int counter;
    private int origin = -1;

    /// <param name="prefix">What all names begin with, where another writer writes into the same method.</param>
    public CodeWriter(string prefix = "") => this.prefix = prefix;

    /// <summary>The innermost nesting.</summary>
    private Level Top => levels[levels.Count - 1];

    /// <summary>The number of the innermost nesting.</summary>
    public int Innermost => levels.Count - 1;

    /// <summary>Opens a nesting.</summary>
    /// <param name="level">What is known in it, as the level of a value.</param>
    public void Push(int level) => levels.Add(new Level(level, Indent + levels.Count));

    /// <summary>Opens a nesting in which no further value is known: a part of the loop around it.</summary>
    public void PushWithin() => Push(Top.Number);

    /// <summary>Opens a nesting that goes on where the innermost one is, without a loop around it.</summary>
    /// <param name="level">What is known in it.</param>
    /// <param name="suffix">What all names that are declared in it end with.</param>
    public void PushBeside(int level, string suffix = "") => levels.Add(new Level(level, Top.Indent, suffix));

    /// <summary>Closes the innermost nesting; its text is yet to be appended.</summary>
    public string Pop()
    {
        var text = Top.Text.ToString();
        levels.RemoveAt(levels.Count - 1);
        return text;
    }

    /// <summary>Takes what was written into a nesting so far; what is known in it stays so.</summary>
    public string Take(int nesting)
    {
        var text = levels[nesting].Text.ToString();
        levels[nesting].Text.Clear();
        return text;
    }

    /// <summary>The number of the outermost nesting in which values of a level are known.</summary>
    public int Nesting(int level) => levels.FindIndex(l => l.Number == level);

    /// <summary>A name that nothing else has.</summary>
    public string Name(string kind) => $"{prefix}{kind}{++counter}";

    /// <summary>Writes a line into the innermost nesting.</summary>
    public void Line(string line) => Line(Innermost, line);

    /// <summary>Writes a line into a nesting.</summary>
    public void Line(int nesting, string line)
    {
        var level = levels[nesting];
        level.Text.Append(LineMarks.Mark(new string(' ', 4 * level.Indent) + line, origin)).Append('\n');
    }

    /// <summary>The text of a nesting that was closed.</summary>
    public void Append(string text) => Append(Innermost, text);

    /// <summary>The same, into a nesting.</summary>
    public void Append(int nesting, string text) => levels[nesting].Text.Append(text);

    /// <summary>Texts of nestings that were closed, in braces; of several, in braces each.</summary>
    public void Block(string head, params string[] texts)
    {
        Line(head);
        Line("{");
        foreach (var text in texts)
        {
            if (texts.Length > 1) Line("{");
            Append(text);
            if (texts.Length > 1) Line("}");
        }
        Line("}");
    }

    /// <summary>The name that something has where values of its level are known; null if it has none yet.</summary>
    public string? Known(object what, int nesting) => levels[nesting].Names.TryGetValue(what, out var name) ? name : null;

    /// <summary>From here to the end of a nesting, something has a name.</summary>
    public void Know(object what, string name, int nesting) => levels[nesting].Names[what] = name;

    /// <summary>The name of an expression, which is declared in a nesting unless it is known there.</summary>
    public string Declare(string prefix, string type, string text, int nesting)
    {
        if (Known(text, nesting) is not { } name) Know(text, name = New(prefix, type, text, nesting), nesting);
        return name;
    }

    /// <summary>Declares an expression in a nesting, under a name of its own.</summary>
    public string New(string prefix, string type, string text, int nesting)
    {
        var name = Name(prefix) + levels[nesting].Suffix;
        Line(nesting, $"{type} {name} = {text};");
        return name;
    }

    /// <summary>From here on lines belong to where something was written, if that is known; returns what <see cref="Leave"/> goes back to.</summary>
    public int Enter(int place)
    {
        var before = origin;
        if (place >= 0) origin = place;
        return before;
    }

    public void Leave(int before) => origin = before;

    /// <summary>One nesting: which values are known in it, its text so far, and names of what was computed in it.</summary>
    private sealed record Level(int Number, int Indent, string Suffix = "")
    {
        public StringBuilder Text { get; } = new();

        public Dictionary<object, string> Names { get; } = new();
    }
}
