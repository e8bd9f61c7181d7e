using MageDsl.Generators.Ir;
using MageDsl.Generators.Pipeline;
using MageDsl.Generators.Scheduling;
using Xunit;
using ValueType = MageDsl.Generators.Ir.ValueType;

namespace Generators.Tests.Compiler;

/// <summary>
/// Looks on while kernels are compiled, and checks after every pass that what it made is sound: arguments come earlier, axes and types
/// are those that follow from the arguments, buffers fit, and stages read what has been computed. What is not fails the compilation
/// of the kernel, and so the test that asked for it.
/// </summary>
internal sealed class IrVerifier : IPassObserver
{
    [ThreadStatic]
    private static List<string>? passes;

    /// <summary>The passes after which something was checked on this thread, in order.</summary>
    public static List<string> Passes => passes ??= [];

    public void Values(string pass, IReadOnlyList<Node> nodes, IEnumerable<int> values) => After(pass, () => Check(nodes, values));

    public void Program(string pass, Program program) => After(pass, () => Check(program));

    public void Partition(Partition partition) => After("partition", () => Check(partition));

    public void Schedule(Schedule schedule) => After("place", () => Check(schedule));

    private static void After(string pass, Action check)
    {
        Passes.Add(pass);
        try
        {
            check();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"after '{pass}': {error.Message}", error);
        }
    }

    /// <summary>Verifies what a program computes, and that its buffers fit.</summary>
    public static void Check(Program program)
    {
        Check(program.Graph.Nodes, program.Outputs.Select(o => o.Value));
        foreach (var id in program.Reachable)
        {
            if (program.Graph[id] is not { Op: Op.Input } input) continue;
            Assert.True(program.Inputs.TryGetValue(input.Name, out var buffer), $"%{id} reads '{input.Name}', which is no buffer");
            Assert.Equal(buffer.Type, input.Type);
            Assert.Equal(buffer.Axes.Order(), input.Axes.Order());
        }
        foreach (var output in program.Outputs)
            Assert.True(program.Graph.Axes(output.Value).All(output.Buffer.Axes.Contains), $"'{output.Buffer.Name}' lacks an axis of its value");
    }

    /// <summary>Verifies every node that some values need.</summary>
    public static void Check(IReadOnlyList<Node> nodes, IEnumerable<int> values)
    {
        // A graph of the same nodes, which infers each of them anew.
        var graph = new Graph();
        var copies = new Dictionary<int, int>();
        foreach (var id in nodes.Reachable(values))
        {
            Assert.All(nodes[id].Args, arg => Assert.InRange(arg, 0, id - 1));
            var args = nodes[id].Args.Select(a => copies[a]).ToArray();
            Check(nodes[id], graph, args);
            copies[id] = graph.Intern(nodes[id] with { Args = args.ToEquatable() });
        }
    }

    private static void Check(Node node, Graph graph, int[] args)
    {
        Assert.Equal(node.Axes.Count, node.Axes.Distinct().Count());
        if (node.Facts.Arity >= 0) Assert.Equal(node.Facts.Arity, node.Args.Count);
        if (node.Type.IsScalar() || node.Op is Op.Lift or Op.Random)
        {
            Assert.All(args, a => Assert.True(graph[a].Type.IsScalar() || (node.Op == Op.Random && graph[a].Args.Count == 0)));
        }
        else
        {
            Assert.All(args, a => Assert.False(graph[a].Type.IsScalar()));
        }
        var inferred = node.Op switch
        {
            _ when node.Type.IsScalar() => node,
            Op.Lift => graph[graph.Lift(args[0])],
            Op.Input or Op.Scalar or Op.Const or Op.Size or Op.Random => node,
            Op.Index => graph[graph.Index(Assert.Single(node.Axes))],
            Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax or Op.ArgMin => graph[graph.Reduce(node.Op, args[0], node.Over)],
            Op.Gather => graph[graph.Gather(args[0], node.Over[0], args[1])],
            Op.View => graph[graph.View(args[0], node.Over[0], node.Map!)],
            Op.ScatterAdd => Scatter(graph, node, args),
            Op.Stack => Stack(graph, node, args),
            Op.Copy => graph[graph.Copy(args[0])],
            Op.Broadcast => graph[graph.Broadcast(args[0], node.Axes)],
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

    /// <summary>Verifies a partition: every anchor that is used is in one stage, and a stage needs nothing of later ones.</summary>
    public static void Check(Partition partition)
    {
        var (stages, stageOf) = (partition.Stages, partition.StageOf);
        Check(partition.Program);
        Assert.Equal(stages.Select((_, i) => i), stages.Select(s => s.Index));
        Assert.Equal(stageOf.Count, stages.Sum(s => s.Items.Count));
        foreach (var stage in stages)
        {
            foreach (var item in stage.Items)
            {
                Assert.True(
                    stageOf.TryGetValue(item.Node, out var owner) && owner == stage.Index,
                    $"%{item.Node} is in stage {stage.Index}, but counts as one of another");
            }
        }

        foreach (var stage in stages)
        {
            foreach (var read in StageReads.Of(partition, stage))
                Assert.True(read.Stage < stage.Index, $"stage {stage.Index} needs %{read.Value} of stage {read.Stage}");
        }

        foreach (var anchor in partition.Anchors.All) Assert.True(stageOf.ContainsKey(anchor), $"%{anchor} is an anchor without a stage");
    }

    /// <summary>Verifies a schedule: every value that a stage reads is placed, and by an earlier stage.</summary>
    public static void Check(Schedule schedule)
    {
        Check(schedule.Program);
        // Stages run in the order of the launches, whatever their numbers: the parts of a block together.
        var positions = schedule.Launches.SelectMany(parts => parts)
            .Select((stage, position) => (stage.Index, position)).ToDictionary(p => p.Index, p => p.position);
        foreach (var stage in schedule.Stages)
        {
            var seen = new HashSet<int>();
            foreach (var item in stage.Items)
            {
                var operands = stage is ContractionStage c && item.Node == c.Root
                    ? [c.Contraction.Left, c.Contraction.Right]
                    : schedule.Graph[item.Node].Args.ToArray();
                foreach (var operand in operands) Read(stage, operand, seen);
            }
        }
        foreach (var output in schedule.Program.Outputs)
            Assert.True(schedule.Places.ContainsKey(output.Value), $"'{output.Buffer.Name}' has no place");

        void Read(Stage stage, int id, HashSet<int> seen)
        {
            if (!seen.Add(id)) return;
            if (!schedule.IsRead(id, stage))
            {
                foreach (var arg in schedule.Graph[id].Args) Read(stage, arg, seen);
                return;
            }
            Assert.True(schedule.Places.ContainsKey(id), $"stage {stage.Index} reads %{id}, which has no place");
            if (schedule.StageOf.TryGetValue(id, out var owner))
            {
                Assert.True(positions[owner] < positions[stage.Index], $"stage {stage.Index} reads %{id}, which stage {owner} writes");
            }
        }
    }
}
