using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// Builds a model's values anew in a kernel's graph, with the arguments in place of the parameters. Everything goes through the
/// graph's constructors, so that axes which the callee does not mention pass through and misfits are found. Only what the results
/// need is built: the branch that a constant flag does not take is not looked at.
/// </summary>
internal sealed class Graft
{
    private readonly ParseContext context;
    private readonly KernelModel model;
    private readonly Dictionary<string, int> arguments = new();
    private readonly CalleeAxes axes;
    private readonly Func<int, int, int, int> select;
    private readonly Dictionary<int, int> made = new();
    private readonly ILookup<int, int> likes;

    /// <param name="context">The kernel that is being read.</param>
    /// <param name="model">The callee.</param>
    /// <param name="arguments">The nodes that stand for its parameters.</param>
    /// <param name="sizes">The axes whose sizes its [Size] parameters are.</param>
    /// <param name="select">Makes a select.</param>
    public Graft(
        ParseContext context, KernelModel model, IReadOnlyList<int> arguments,
        IReadOnlyDictionary<string, string> sizes, Func<int, int, int, int> select)
    {
        this.context = context;
        this.model = model;
        this.select = select;
        for (var i = 0; i < arguments.Count; i++) this.arguments[model.Parameters[i].Name] = arguments[i];
        axes = new CalleeAxes(context, model, arguments, sizes);
        likes = model.Likes.ToLookup(l => l.Node, l => l.Like);
    }

    private ReadGraph Graph => context.Graph;

    public IReadOnlyList<int> Results() => model.Results.Select(r => Make(r.Value)).ToArray();

    private int Make(int id)
    {
        if (made.TryGetValue(id, out var done)) return done;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Expressions = KernelLimits.Count(context.Expressions);
        return made[id] = Build(id, model.Nodes[id]);
    }

    private int Build(int id, Node node)
    {
        switch (node.Op)
        {
            case Op.Input or Op.Scalar:
                return arguments[node.Name];
            case Op.Const:
                return Graph.Intern(node);
            case Op.Size:
                return Sized(id, node.Name, node.Type.IsScalar() ? Graph.SizeOf : Graph.Size);
            case Op.Lift:
                return Graph.Lift(Make(node.Args[0]));
            case Op.Index:
                return Sized(id, node.Axes[0], Graph.Index);
            case Op.Random:
                return Random(id, node);
            case var op when node.Type.IsScalar():
                return context.Scalar(op, node.Type, node.Name, node.Args.Select(Make).ToArray());
            case Op.Select:
                return Choose(node);
            case Op.Not:
                var inner = Make(node.Args[0]);
                return Graph.Known(inner) is { } known ? Graph.Const(!known) : Graph.Map(Op.Not, inner);
            case var op when OpFacts.Of(op).Kind == OpKind.Reduction:
                var reduced = Make(node.Args[0]);
                return Graph.Reduce(node.Op, reduced, node.Over.Select(o => Along(reduced, o)).ToArray());
            case Op.Gather:
                var table = Make(node.Args[0]);
                return Graph.Gather(table, Along(table, node.Over[0]), Make(node.Args[1]));
            case Op.View:
                var viewed = Make(node.Args[0]);
                var along = Along(viewed, node.Over[0]);
                return context.View(viewed, along, axes.Made(along, node.Over[0], node.Map!));
            case Op.ScatterAdd or Op.Stack:
                throw new IrException($"the IR holds {node.Op}, which no definition can");
            default:
                return Graph.Map(node.Op, node.Args.Select(Make).ToArray());
        }
    }

    /// <summary>The axis of a value that the callee's axis is.</summary>
    private string Along(int value, string axis) => Graph.Find(value, AxisNames.Written(axis))
        ?? throw new IrException($"there is no axis '{AxisNames.Written(axis)}' in {AxisSources.All(Graph, value)}");

    private int Sized(int id, string axis, Func<string, int> make)
    {
        var (found, holders) = axes.Of(axis, likes[id].Select(like => model.Nodes[like].Name).ToArray());
        return context.Like(make(found), holders);
    }

    private int Random(int id, Node node)
    {
        var like = likes.Contains(id) ? Make(likes[id].First()) : -1;
        var random = Graph.Random(like < 0 ? node.Axes : Graph.Axes(like), Make(node.Args[0]), (int)node.Number);
        if (like >= 0 && !context.Likes.ContainsKey(random)) context.Likes.Add(random, like);
        return random;
    }

    private int Choose(Node node)
    {
        var condition = Make(node.Args[0]);
        // Equal axes in the callee may come from if or ?:, where only one branch is wanted and the axes cannot broadcast.
        var isChoice = Graph.Axes(condition).Count == 0
            && model.Nodes[node.Args[1]].Axes.IsSameSetAs(model.Nodes[node.Args[2]].Axes);
        if (isChoice && Graph.Known(condition) is { } taken) return Make(node.Args[taken ? 1 : 2]);
        var (a, b) = (Make(node.Args[1]), Make(node.Args[2]));
        if (isChoice) Graph.Meet(a, b);
        if (isChoice && !Graph.Axes(a).IsSameSetAs(Graph.Axes(b)))
        {
            throw new IrException(
                $"the branches of a condition have axes [{AxisNames.List(Graph.Axes(a))}] and [{AxisNames.List(Graph.Axes(b))}]", "MDSL013");
        }
        return select(condition, a, b);
    }
}
