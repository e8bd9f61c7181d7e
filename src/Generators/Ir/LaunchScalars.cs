using System;
using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>
/// The C# scalars of one variant of a kernel: computed once where it is launched, by the operations that the definition applies, in the
/// same types. Programs see leaves.
/// </summary>
internal sealed class LaunchScalars
{
    private readonly IReadOnlyList<Node> model;
    private readonly Graph graph = new();
    private readonly Dictionary<int, int> made = new();
    private readonly Dictionary<int, string> names = new();

    /// <param name="model">The nodes of the kernel.</param>
    /// <param name="flags">The values of its bool parameters.</param>
    public LaunchScalars(IReadOnlyList<Node> model, IReadOnlyDictionary<string, bool> flags)
    {
        this.model = model;
        // Numbered as in the model, so that stages of variants come out equal.
        var number = 0;
        for (var id = 0; id < model.Count; id++)
        {
            var node = model[id];
            if (!node.Type.IsScalar()) continue;
            made[id] = node switch
            {
                { Op: Op.Scalar, Type: ValueType.Flag } => graph.Literal(flags[node.Name]),
                { Args.Count: 0 } => graph.Intern(node),
                _ => graph.Scalar(node.Op, node.Type, node.Name, node.Args.Select(a => made[a]).ToArray()),
            };
            if (node.Op is Op.Scalar or Op.Size) continue;
            number++;
            if (!names.ContainsKey(made[id])) names.Add(made[id], $"_scalar{number}");
        }
    }

    public static LaunchScalars None { get; } = new(Array.Empty<Node>(), new Dictionary<string, bool>());

    /// <summary>What stands in a program for a scalar of the model, lifted or not; null for what is no scalar.</summary>
    public int? Leaf(Graph program, int id)
    {
        var scalar = model[id].Op == Op.Lift ? model[id].Args[0] : id;
        if (!made.TryGetValue(scalar, out var at)) return null;
        var node = graph[at];
        return node.Op switch
        {
            Op.Const => program.Intern(graph[graph.Lift(at)]),
            Op.Size => program.Size(node.Name),
            Op.Scalar => program.Scalar(node.Name, ValueType.Real),
            _ => program.Scalar(names[at], node.Type == ValueType.Flag ? ValueType.Bool : ValueType.Real),
        };
    }

    /// <summary>The scalars as nodes.</summary>
    public Graph Graph => graph;

    /// <summary>The node that a leaf stands for; null for a parameter.</summary>
    public int? Computed(string leaf)
    {
        foreach (var named in names)
            if (named.Value == leaf) return named.Key;
        return null;
    }

    /// <summary>The declarations of what leaves name and of what it is computed from, in C#.</summary>
    /// <param name="leaves">Names of scalars, parameters among them.</param>
    /// <param name="parameter">How a parameter is called in the code.</param>
    /// <param name="size">The size of an axis in the code, as an int.</param>
    public IEnumerable<(string Type, string Name, string Value)> Declarations(
        IEnumerable<string> leaves, Func<string, string> parameter, Func<string, string> size)
    {
        var wanted = new HashSet<string>(leaves);
        var needed = graph.Nodes.Reachable(names.Where(n => wanted.Contains(n.Value)).Select(n => n.Key));
        var declared = new HashSet<int>(needed.Where(id => graph[id].Args.Count > 0));
        // C# must not compute with constants itself: it refuses what overflows, and what divides by zero.
        foreach (var node in needed.Select(id => graph[id]).Where(n => n.Args.Count > 0))
        {
            if (node.Args.All(IsConst)) declared.UnionWith(node.Args);
            else if (node.Op is Op.Div or Op.Rem && IsConst(node.Args[1])) declared.Add(node.Args[1]);
        }
        return needed.Where(declared.Contains).Select(id => (ScalarText.Keyword(graph[id].Type), names[id], Value(id)));

        bool IsConst(int id) => graph[id].Op == Op.Const;

        string Operand(int id) => declared.Contains(id) ? names[id] : Value(id);

        string Value(int id)
        {
            var node = graph[id];
            var text = Expression(node, Operand, parameter, size);
            return !node.Type.IsWhole() || node.Args.Count == 0 || node.Op is Op.Call or Op.Select ? text
                : node.Name == "checked" ? $"checked({text})"
                : $"unchecked({text})";
        }
    }

    /// <summary>What a leaf is computed from, for people; cut off where it gets long.</summary>
    public string Text(string leaf)
    {
        var budget = 8;
        return Computed(leaf) is { } computed ? Operand(computed) : leaf;

        string Operand(int id)
        {
            if (graph[id].Args.Count > 0 && --budget < 0) return "…";
            var text = Expression(graph[id], Operand, p => p, a => a).Replace("global::System.", "");
            return graph[id].Args.Count == 0 || graph[id].Op == Op.Call ? text : $"({text})";
        }
    }

    private static string Expression(Node node, Func<int, string> operand, Func<string, string> parameter, Func<string, string> size)
    {
        var args = node.Args.Select(operand).ToArray();
        return node.Op switch
        {
            Op.Scalar => parameter(node.Name),
            Op.Size => size(node.Name),
            Op.Const when node.Type is ValueType.SByte or ValueType.Byte or ValueType.Short or ValueType.UShort =>
                $"(({ScalarText.Keyword(node.Type)}){node.Name})",
            Op.Const => node.Name[0] == '-' ? $"({node.Name})" : node.Name,
            Op.Convert => $"({ScalarText.Keyword(node.Type)}){args[0]}",
            Op.Call => $"global::{node.Name}({string.Join(", ", args)})",
            Op.Select => $"{args[0]} ? {args[1]} : {args[2]}",
            Op.Neg => $"-{args[0]}",
            Op.Not => $"!{args[0]}",
            Op.Complement => $"~{args[0]}",
            _ => $"{args[0]} {Operator(node.Op)} {args[1]}",
        };
    }

    private static string Operator(Op op) => op switch
    {
        Op.Add => "+",
        Op.Sub => "-",
        Op.Mul => "*",
        Op.Div => "/",
        Op.Rem => "%",
        Op.And => "&",
        Op.Or => "|",
        Op.Xor => "^",
        Op.ShiftLeft => "<<",
        Op.ShiftRight => ">>",
        Op.ShiftRightUnsigned => ">>>",
        Op.Less => "<",
        Op.LessEqual => "<=",
        Op.Equal => "==",
        _ => throw new IrException($"{op} is no operator of scalars", "MDSL023"),
    };
}
