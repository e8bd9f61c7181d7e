using System;
using System.Collections.Generic;
using System.Text;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>One nesting of loops: its text so far, the variables it introduced, and the values known in it.</summary>
internal sealed class Level
{
    private readonly StringBuilder text = new();
    private readonly string indent;
    private readonly Func<int> origin;

    public Level(int depth, Func<int> origin, params string[] variables)
    {
        this.origin = origin;
        Depth = depth;
        indent = new string(' ', 4 * depth);
        foreach (var variable in variables) Variables.Add(variable);
    }

    public int Depth { get; }

    public HashSet<string> Variables { get; } = new();

    public Dictionary<string, string> Known { get; } = new();

    public void Line(string line) => text.Append(LineMarks.Mark(indent + line, origin())).Append('\n');

    /// <summary>Adds finished text of an inner level.</summary>
    public void Append(Level inner) => text.Append(inner.text);

    public override string ToString() => text.ToString();
}
