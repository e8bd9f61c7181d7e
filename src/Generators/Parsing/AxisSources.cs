using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>Says which parameters and views the axes of a value come from, for messages about axes that do not fit.</summary>
internal static class AxisSources
{
    /// <summary>"of parameter 'x'", "of parameters 'x' and 'w'", "made by a view of axis 'h'".</summary>
    public static string Of(Graph graph, int value, string axis)
    {
        var parameters = new List<string>();
        var made = new List<string>();
        var seen = new HashSet<int>();
        Visit(value);
        var texts = new List<string>();
        if (parameters.Count > 0) texts.Add($"of parameter{(parameters.Count > 1 ? "s" : "")} {And(parameters.Select(p => $"'{p}'").ToArray())}");
        texts.AddRange(made);
        return texts.Count == 0 ? "of no parameter" : And(texts);

        void Visit(int id)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var node = graph[id];
            if (!node.Axes.Contains(axis) || !seen.Add(id)) return;
            if (node.Op == Op.Input)
            {
                Add(parameters, node.Name);
            }
            else if (node.Op == Op.View && node.Map!.Terms.Any(t => t.Axis == axis))
            {
                Add(made, $"made by a view of axis '{AxisNames.Written(node.Over[0])}'");
            }
            else if (node.Op is Op.Index or Op.Random)
            {
                Add(made, $"of {node.Op}");
            }
            else
            {
                foreach (var arg in node.Args) Visit(arg);
            }
        }

        static void Add(List<string> list, string text)
        {
            if (!list.Contains(text)) list.Add(text);
        }
    }

    /// <summary>"[n d], n of parameter 'x', d of parameters 'x' and 'w'".</summary>
    public static string All(Graph graph, int value)
    {
        var axes = graph.Axes(value);
        return graph[value].Op == Op.Input ? $"parameter '{graph[value].Name}' over [{AxisNames.List(axes)}]"
            : axes.Count == 0 ? "a value without axes"
            : $"a value over [{AxisNames.List(axes)}] ({string.Join(", ", axes.Select(a => $"'{AxisNames.Written(a)}' {Of(graph, value, a)}"))})";
    }

    /// <summary>The axis that was probably meant: the nearest by letters; null if none is near.</summary>
    public static string? Nearest(string word, IReadOnlyList<string> axes)
    {
        var near = axes.Select(a => (Axis: a, Distance: Distance(word, a))).OrderBy(a => a.Distance).ToArray();
        if (near.Length == 0) return null;
        var isClear = near.Length == 1 || near[0].Distance < near[1].Distance;
        return isClear && near[0].Distance * 2 <= System.Math.Max(word.Length, near[0].Axis.Length) ? near[0].Axis : null;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], System.Math.Min(System.Math.Min(row[j], row[j - 1]) + 1, replaced));
            }
        }
        return row[b.Length];
    }

    private static string And(IReadOnlyList<string> texts) =>
        texts.Count == 1 ? texts[0] : string.Join(", ", texts.Take(texts.Count - 1)) + " and " + texts[texts.Count - 1];
}
