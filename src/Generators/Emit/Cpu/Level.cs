using System.Collections.Generic;
using System.Text;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>One nesting of loops: its text so far, the variables it introduced, and the values known in it.</summary>
internal sealed class Level
{
    private readonly StringBuilder text = new();
    private readonly string indent;

    public Level(int depth, params string[] variables)
    {
        Depth = depth;
        indent = new string(' ', 4 * depth);
        foreach (var variable in variables) Variables.Add(variable);
    }

    public int Depth { get; }

    public HashSet<string> Variables { get; } = new();

    public Dictionary<string, string> Known { get; } = new();

    public void Line(string line) => text.Append(indent).Append(line).Append('\n');

    /// <summary>Adds finished text of an inner level.</summary>
    public void Append(Level inner) => text.Append(inner.text);

    public override string ToString() => text.ToString();
}
