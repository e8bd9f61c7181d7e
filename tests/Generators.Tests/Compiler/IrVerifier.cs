using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;
using Xunit;
using ValueType = MageDsl.Generators.Ir.ValueType;

namespace Generators.Tests.Compiler;

/// <summary>Checks that a graph is sound: arguments come earlier, and axes and types are those that follow from the arguments.</summary>
internal static class IrVerifier
{
    /// <summary>Verifies what a program computes, and that its buffers fit.</summary>
    public static void Check(Program program)
    {
        foreach (var id in Rewriter.Reachable(program.Graph.Nodes, program.Outputs.Select(o => o.Value)))
        {
            Check(program.Graph.Nodes, id);
            if (program.Graph[id] is { Op: Op.Input } input)
            {
                Assert.True(program.Inputs.TryGetValue(input.Name, out var buffer), $"%{id} reads '{input.Name}', which is no buffer");
                Assert.Equal(buffer.Type, input.Type);
                Assert.Equal(buffer.Axes.Order(), input.Axes.Order());
            }
        }
        foreach (var output in program.Outputs)
            Assert.True(program.Graph.Axes(output.Value).All(output.Buffer.Axes.Contains), $"'{output.Buffer.Name}' lacks an axis of its value");
    }

    public static void Check(IReadOnlyList<Node> nodes, int id)
    {
        var node = nodes[id];
        Assert.All(node.Args, arg => Assert.InRange(arg, 0, id - 1));
        Assert.Equal(node.Axes.Count, node.Axes.Distinct().Count());
        if (node.Op != Op.Stack) Assert.Equal(Arity(node.Op), node.Args.Count);

        // A graph of the arguments alone infers the node anew.
        var graph = new Graph();
        var copies = new Dictionary<int, int>();
        foreach (var reached in Rewriter.Reachable(nodes, node.Args))
            copies[reached] = graph.Intern(nodes[reached] with { Args = nodes[reached].Args.Select(a => copies[a]).ToEquatable() });
        var args = node.Args.Select(a => copies[a]).ToArray();
        var inferred = node.Op switch
        {
            Op.Input or Op.Scalar or Op.Const or Op.Size or Op.Random => node,
            Op.Index => graph[graph.Index(Assert.Single(node.Axes))],
            Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax or Op.ArgMin => graph[graph.Reduce(node.Op, args[0], node.Over)],
            Op.Gather => graph[graph.Gather(args[0], node.Over[0], args[1])],
            Op.View => graph[graph.View(args[0], node.Over[0], node.Map!)],
            Op.ScatterAdd => Scatter(graph, node, args),
            Op.Stack => Stack(graph, node, args),
            _ => graph[graph.Map(node.Op, args)],
        };
        Assert.Equal($"{inferred.Type} [{string.Join(" ", inferred.Axes)}]", $"{node.Type} [{string.Join(" ", node.Axes)}]");
    }

    /// <summary>A value, its index, and a result over the value's axes and the one that is indexed.</summary>
    private static Node Scatter(Graph graph, Node node, int[] args)
    {
        var axis = Assert.Single(node.Over);
        Assert.Equal(ValueType.Ids, graph[args[1]].Type);
        Assert.Contains(axis, node.Axes);
        Assert.DoesNotContain(axis, graph.Axes(args[0]));
        Assert.All(graph.Axes(args[1]), a => Assert.Contains(a, graph.Axes(args[0])));
        Assert.All(node.Axes, a => Assert.True(a == axis || graph.Axes(args[0]).Contains(a)));
        return node;
    }

    private static Node Stack(Graph graph, Node node, int[] args)
    {
        var axis = Assert.Single(node.Over);
        Assert.Contains(axis, node.Axes);
        Assert.All(args, arg => Assert.All(graph.Axes(arg), a => Assert.True(a != axis && node.Axes.Contains(a))));
        return node;
    }

    private static int Arity(Op op) => op switch
    {
        Op.Input or Op.Scalar or Op.Const or Op.Size or Op.Index => 0,
        Op.Select => 3,
        Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Min or Op.Max or Op.Pow or Op.Less or Op.LessEqual or Op.Equal or Op.And or Op.Or or Op.Gather or Op.ScatterAdd => 2,
        _ => 1,
    };

    /// <summary>Verifies a schedule: every value that a stage reads is placed, and by an earlier stage.</summary>
    public static void Check(Schedule schedule)
    {
        Check(schedule.Program);
        foreach (var stage in schedule.Stages)
        {
            foreach (var item in stage.Items)
            {
                var operands = stage is ContractionStage c && item.Node == c.Root ? [c.Contraction.Left, c.Contraction.Right] : schedule.Graph[item.Node].Args.ToArray();
                foreach (var operand in operands) Read(stage, operand);
            }
        }
        foreach (var output in schedule.Program.Outputs)
            Assert.True(schedule.Places.ContainsKey(output.Value), $"'{output.Buffer.Name}' has no place");

        void Read(Stage stage, int id)
        {
            if (!schedule.IsRead(id, stage))
            {
                foreach (var arg in schedule.Graph[id].Args) Read(stage, arg);
                return;
            }
            Assert.True(schedule.Places.ContainsKey(id), $"stage {stage.Index} reads %{id}, which has no place");
            if (schedule.StageOf.TryGetValue(id, out var owner)) Assert.True(owner < stage.Index, $"stage {stage.Index} reads %{id}, which stage {owner} writes");
        }
    }
}
