using System;
using System.Collections.Generic;
using System.Linq;
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
    private readonly IReadOnlyDictionary<string, int> arguments;
    private readonly Func<int, int, int, int> select;
    private readonly Dictionary<int, int> made = new();
    private readonly Dictionary<int, int> likes = new();

    public Graft(ParseContext context, KernelModel model, IReadOnlyDictionary<string, int> arguments, Func<int, int, int, int> select)
    {
        this.context = context;
        this.model = model;
        this.arguments = arguments;
        this.select = select;
        foreach (var like in model.Likes) likes[like.Random] = like.Like;
    }

    private Graph Graph => context.Graph;

    public IReadOnlyList<int> Results()
    {
        var results = model.Results.Select(r => Make(r.Value)).ToArray();
        foreach (var rule in model.Rules) context.AddRule(rule);
        return results;
    }

    private int Make(int id)
    {
        if (made.TryGetValue(id, out var done)) return done;
        return made[id] = Build(id, model.Nodes[id]);
    }

    private int Build(int id, Node node)
    {
        switch (node.Op)
        {
            case Op.Input or Op.Scalar:
                return arguments[node.Name];
            case Op.Const or Op.Size:
                return Graph.Intern(node);
            case Op.Lift:
                return Graph.Lift(Make(node.Args[0]));
            case Op.Index:
                return Graph.Index(node.Axes[0]);
            case Op.Random:
                return Random(id, node);
            case var op when node.Type.IsScalar():
                return context.Scalar(op, node.Type, node.Name, node.Args.Select(Make).ToArray());
            case Op.Select:
                return Choose(node);
            case Op.Not:
                var inner = Make(node.Args[0]);
                return Graph.Known(inner) is { } known ? Graph.Const(!known) : Graph.Map(Op.Not, inner);
            case Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax or Op.ArgMin:
                return Graph.Reduce(node.Op, Make(node.Args[0]), node.Over.ToArray());
            case Op.Gather:
                return Graph.Gather(Make(node.Args[0]), node.Over[0], Make(node.Args[1]));
            case Op.View:
                return context.View(Make(node.Args[0]), node.Over[0], node.Map!);
            case Op.ScatterAdd or Op.Stack:
                throw new IrException($"the IR holds {node.Op}, which no definition can");
            default:
                return Graph.Map(node.Op, node.Args.Select(Make).ToArray());
        }
    }

    private int Random(int id, Node node)
    {
        var like = likes.TryGetValue(id, out var source) ? Make(source) : -1;
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
        if (isChoice && !Graph.Axes(a).IsSameSetAs(Graph.Axes(b)))
            throw new IrException($"the branches of a condition have axes [{string.Join(" ", Graph.Axes(a))}] and [{string.Join(" ", Graph.Axes(b))}]", "MDSL013");
        return select(condition, a, b);
    }
}
