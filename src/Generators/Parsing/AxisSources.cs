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

    private static string And(IReadOnlyList<string> texts) =>
        texts.Count == 1 ? texts[0] : string.Join(", ", texts.Take(texts.Count - 1)) + " and " + texts[texts.Count - 1];
}
