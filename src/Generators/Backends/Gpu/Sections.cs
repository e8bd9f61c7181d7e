using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>Code without loops of its own: a thread knows all indices at once, and the values of each level follow those of the one before.</summary>
internal static class Sections
{
    /// <summary>Begins a section for each level, in the nesting that is open.</summary>
    /// <param name="code">Where to.</param>
    /// <param name="first">The level of the first.</param>
    /// <param name="last">The level of the last.</param>
    public static void Open(CodeWriter code, int first, int last)
    {
        for (var level = first; level <= last; level++) code.PushBeside(level);
    }

    /// <summary>The text of the sections from one to the innermost, in order.</summary>
    /// <param name="code">Where they are.</param>
    /// <param name="count">How many there are.</param>
    public static string Close(CodeWriter code, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => code.Pop()).Reverse());

    /// <summary>Takes a flat index apart into one per axis, slowest first; in the innermost nesting.</summary>
    public static void Decode(Dialect values, string flat, IReadOnlyList<LoopVariable> axes) =>
        Decode(values, flat, axes.Select(a => (Names.Variable(a), values.Fields.Size(a.Axis))).ToArray());

    /// <param name="values">Writes them.</param>
    /// <param name="flat">The name of the index.</param>
    /// <param name="parts">The name of each part, and how many there are of it.</param>
    public static void Decode(Dialect values, string flat, IReadOnlyList<(string Name, string Size)> parts)
    {
        var rest = flat;
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            var (name, size) = parts[i];
            values.Code.Line(i == 0 ? $"int {name} = {rest};" : $"int {name} = {rest} % ({size});");
            if (i > 0) rest = values.Code.New("rest", "int", $"{rest} / ({size})", values.Code.Innermost);
        }
    }
}
