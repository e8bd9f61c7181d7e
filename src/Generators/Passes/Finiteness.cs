using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Which values are finite if the arguments of the kernel are, overflow aside, and which slopes. It decides where a gradient of zero has to be
/// told from one that something reaches, so it may err towards "no". Scalars are taken for positive (the epsilon of a norm), and
/// where a selection has a finite branch, it is taken to choose that one in time.
/// </summary>
internal sealed class Finiteness
{
    private readonly Graph graph;
    private readonly LaunchScalars scalars;
    private readonly Dictionary<int, bool> finite = new();
    private readonly Dictionary<int, bool> positive = new();
    private readonly Dictionary<int, bool> notNegative = new();

    /// <param name="graph">The values.</param>
    /// <param name="scalars">What computes the scalars that the graph names.</param>
    public Finiteness(Graph graph, LaunchScalars scalars)
    {
        this.graph = graph;
        this.scalars = scalars;
    }

    public bool IsFinite(int id) => Known(finite, id, node => node.Op switch
    {
        _ when node.Type.IsWhole() => true,
        Op.Scalar => scalars.IsFinite(node.Name),
        Op.Const => Number(node) is var number && !double.IsNaN(number) && !double.IsInfinity(number),
        Op.Call or Op.Rem => false,
        Op.Div => IsFinite(node.Args[0]) && IsPositive(node.Args[1]),
        Op.Log or Op.Rsqrt => IsPositive(node.Args[0]),
        Op.Sqrt => IsNotNegative(node.Args[0]),
        Op.Pow => IsFinite(node.Args[1]) && IsPositive(node.Args[0]),
        Op.Select => node.Args.Skip(1).Any(IsFinite),
        _ => node.Type == ValueType.Bool || node.Args.All(IsFinite),
    });

    /// <summary>Whether the derivative of an elementwise primitive by one of its arguments is finite.</summary>
    public bool IsSlopeFinite(Node node, int arg) => node.Op switch
    {
        Op.Neg or Op.Add or Op.Sub or Op.Difference or Op.Abs or Op.Min or Op.Max or Op.Select or Op.StopGradient => true,
        Op.Mul or Op.Gate => node.Args.All(a => (a == arg && node.Args[0] != node.Args[1]) || IsFinite(a)),
        Op.Sqrt or Op.Rsqrt or Op.Log => IsPositive(node.Args[0]),
        Op.Div => IsPositive(node.Args[1]) && (arg != node.Args[1] || IsFinite(node.Args[0])),
        Op.Pow => IsPositive(node.Args[0]) && IsFinite(node.Args[1]),
        _ => node.Args.All(IsFinite),
    };

    public bool IsPositive(int id) => Known(positive, id, node => node.Op switch
    {
        Op.Const => Number(node) > 0,
        Op.Size or Op.Exp or Op.Sigmoid => true,
        Op.Scalar => scalars.IsPositive(node.Name),
        Op.Convert => IsPositive(node.Args[0]),
        Op.Add => IsNotNegative(node.Args[0]) && IsNotNegative(node.Args[1]) && node.Args.Any(IsPositive),
        Op.Max => node.Args.Any(IsPositive),
        Op.Mul or Op.Gate or Op.Div or Op.Min or Op.Sqrt or Op.Rsqrt or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => node.Args.All(IsPositive),
        _ => false,
    });

    private bool IsNotNegative(int id) => IsPositive(id) || Known(notNegative, id, node => node.Op switch
    {
        Op.Const => Number(node) >= 0,
        Op.Abs or Op.Random or Op.Index => true,
        Op.Mul when node.Args[0] == node.Args[1] => true,
        Op.Max => node.Args.Any(IsNotNegative),
        Op.Add or Op.Mul or Op.Gate or Op.Div or Op.Min or Op.Sqrt or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => node.Args.All(IsNotNegative),
        _ => false,
    });

    private static double Number(Node constant) => constant.Type.IsScalar() ? Convert.ToDouble(ScalarText.Value(constant)) : constant.Number;

    private bool Known(Dictionary<int, bool> known, int id, Func<Node, bool> find)
    {
        if (!known.TryGetValue(id, out var answer)) known.Add(id, answer = find(graph[id]));
        return answer;
    }
}
