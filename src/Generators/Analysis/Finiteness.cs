using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Analysis;

/// <summary>
/// Which values are finite if the arguments of the kernel are, and which slopes; overflow aside, but for exponentials and powers, which overflow
/// (and vanish) at ordinary numbers already. It decides where a gradient of zero has to be told from one that something reaches, so it may err
/// towards "no".
/// Scalars are taken for positive (the epsilon of a norm), and where a selection has a finite branch, it is taken to choose that one in time.
/// </summary>
internal sealed class Finiteness
{
    private readonly Graph graph;
    private readonly LaunchScalars scalars;
    private readonly Lazy<Finiteness> ofScalars;
    private readonly Dictionary<int, bool> finite = new();
    private readonly Dictionary<int, bool> positive = new();
    private readonly Dictionary<int, bool> notNegative = new();
    private readonly Dictionary<int, bool> bounded = new();

    /// <param name="graph">The values.</param>
    /// <param name="scalars">What computes the scalars that the graph names.</param>
    public Finiteness(Graph graph, LaunchScalars scalars)
    {
        this.graph = graph;
        this.scalars = scalars;
        ofScalars = new Lazy<Finiteness>(() => new Finiteness(scalars.Graph, scalars));
    }

    public bool IsFinite(int id) => Known(finite, id, node => node.Op switch
    {
        _ when node.Type.IsWhole() => true,
        // A parameter is.
        Op.Scalar => scalars.Computed(node.Name) is not { } computed || ofScalars.Value.IsFinite(computed),
        Op.Const => Number(node) is var number && !double.IsNaN(number) && !double.IsInfinity(number),
        Op.Call or Op.Rem => false,
        Op.Div => IsFinite(node.Args[0]) && IsPositive(node.Args[1]),
        Op.Log or Op.Rsqrt => IsPositive(node.Args[0]),
        Op.Sqrt => IsNotNegative(node.Args[0]),
        Op.Exp => IsBounded(node.Args[0]),
        Op.Pow => IsFixed(node.Args[1]) && IsFinite(node.Args[1]) && IsPositive(node.Args[0]),
        Op.Select => node.Args.Skip(1).Any(IsFinite),
        _ => node.Type == ValueType.Bool || node.Args.All(IsFinite),
    });

    /// <summary>Whether the derivative of an elementwise primitive by one of its arguments is finite.</summary>
    public bool IsSlopeFinite(Node node, int arg) => node.Op switch
    {
        Op.Copy or Op.Broadcast or Op.Neg or Op.Add or Op.Sub or Op.Difference or Op.Abs or Op.Min or Op.Max or Op.Select or Op.StopGradient => true,
        Op.Mul or Op.Gate => node.Args.All(a => (a == arg && node.Args[0] != node.Args[1]) || IsFinite(a)),
        Op.Sqrt or Op.Rsqrt or Op.Log => IsPositive(node.Args[0]),
        Op.Div => IsPositive(node.Args[1]) && (arg != node.Args[1] || IsFinite(node.Args[0])),
        Op.Exp => IsBounded(node.Args[0]),
        Op.Pow => IsPositive(node.Args[0]) && IsFixed(node.Args[1]) && IsFinite(node.Args[1]),
        _ => node.Args.All(IsFinite),
    };

    public bool IsPositive(int id) => Known(positive, id, node => node.Op switch
    {
        Op.Const => Number(node) > 0,
        Op.Size => true,
        Op.Exp or Op.Sigmoid => IsBoundedBelow(node.Args[0]),
        Op.Scalar => scalars.Computed(node.Name) is not { } computed || ofScalars.Value.IsPositive(computed),
        Op.Convert => IsPositive(node.Args[0]),
        Op.Add => IsNotNegative(node.Args[0]) && IsNotNegative(node.Args[1]) && node.Args.Any(IsPositive),
        Op.Max => node.Args.Any(IsPositive),
        // A softmax's sum: the exponential of the maximum less itself is 1.
        Op.ReduceSum when graph[node.Args[0]] is { Op: Op.Exp } exp && IsLessItsMaximum(exp.Args[0]) => true,
        Op.Mul or Op.Gate or Op.Div or Op.Min or Op.Sqrt or Op.Rsqrt or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => node.Args.All(IsPositive),
        _ => false,
    });

    private bool IsNotNegative(int id) => IsPositive(id) || Known(notNegative, id, node => node.Op switch
    {
        Op.Const => Number(node) >= 0,
        _ when node.Facts.IsNotNegative => true,
        Op.Mul when node.Args[0] == node.Args[1] => true,
        Op.Max => node.Args.Any(IsNotNegative),
        Op.Add or Op.Mul or Op.Gate or Op.Div or Op.Min or Op.Sqrt or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => node.Args.All(IsNotNegative),
        _ => false,
    });

    /// <summary>Whether a value stays below some moderate number, so that its exponential does not overflow: as what is less its maximum.</summary>
    private bool IsBounded(int id) => Known(bounded, id, node => node.Op switch
    {
        Op.Const or Op.Scalar or Op.Lift or Op.Size => IsFinite(id),
        _ when node.Facts.IsBounded => true,
        Op.Neg => IsNotNegative(node.Args[0]),
        Op.Sub or Op.Difference => IsLessItsMaximum(id) || (IsBounded(node.Args[0]) && IsNotNegative(node.Args[1])),
        Op.Mul when node.Args.Any(a => IsFixed(a) && IsPositive(a)) => node.Args.All(a => (IsFixed(a) && IsPositive(a)) || IsBounded(a)),
        Op.Min => node.Args.Any(IsBounded),
        Op.Select => node.Args.Skip(1).Any(IsBounded),
        Op.View or Op.Gather or Op.StopGradient or Op.ReduceMax or Op.ReduceMin => IsBounded(node.Args[0]),
        Op.Add or Op.Max => node.Args.All(IsBounded),
        _ => false,
    });

    /// <summary>The same from below, so that the exponential does not vanish.</summary>
    private bool IsBoundedBelow(int id) => IsNotNegative(id) || graph[id].Op switch
    {
        Op.Const or Op.Scalar or Op.Lift => IsFinite(id),
        var op when OpFacts.Of(op).IsBounded => true,
        Op.Neg => IsBounded(graph[id].Args[0]),
        _ => false,
    };

    /// <summary>Whether a value is another less its maximum along some axes.</summary>
    private bool IsLessItsMaximum(int id)
    {
        if (graph[id].Op is not (Op.Sub or Op.Difference)) return false;
        var maximum = graph[graph[id].Args[1]];
        if (maximum.Op == Op.StopGradient) maximum = graph[maximum.Args[0]];
        return maximum.Op == Op.ReduceMax && maximum.Args[0] == graph[id].Args[0];
    }

    private bool IsFixed(int id) => graph[id].Op is Op.Const or Op.Scalar or Op.Lift;

    private static double Number(Node constant) => constant.Type.IsScalar() ? Convert.ToDouble(ScalarText.Value(constant)) : constant.Number;

    private bool Known(Dictionary<int, bool> known, int id, Func<Node, bool> find)
    {
        if (!known.TryGetValue(id, out var answer)) known.Add(id, answer = find(graph[id]));
        return answer;
    }
}
