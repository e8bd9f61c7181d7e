using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;
using Xunit;
using ValueType = MageDsl.Generators.Ir.ValueType;

namespace Generators.Tests.Compiler;

/// <summary>That the verifier finds what is not sound.</summary>
public class IrVerifierTests
{
    [Fact]
    public void Every_compilation_of_these_tests_is_looked_at()
    {
        IrVerifier.Passes.Clear();
        GeneratorHarness.Model("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Exp(x);");
        Assert.Contains("place", IrVerifier.Passes);
    }

    [Fact]
    public void An_axis_that_does_not_follow_from_the_arguments_is_found()
    {
        var graph = new Graph();
        var x = graph.Input("x", ValueType.Real, ["n", "d"]);
        IrVerifier.Check(graph.Nodes, [graph.Map(Op.Exp, x)]);
        var wrong = graph.Intern(graph[graph.Map(Op.Exp, x)] with { Axes = new[] { "n" }.ToEquatable() });
        Assert.Contains("Real [n d]", Assert.ThrowsAny<Exception>(() => IrVerifier.Check(graph.Nodes, [wrong])).Message);
    }

    [Fact]
    public void An_argument_that_comes_later_is_found()
    {
        var graph = new Graph();
        var x = graph.Input("x", ValueType.Real, ["n"]);
        Node[] nodes = [.. graph.Nodes, graph[graph.Map(Op.Exp, x)] with { Args = EquatableArray.Of(7) }];
        Assert.ThrowsAny<Exception>(() => IrVerifier.Check(nodes, [nodes.Length - 1]));
    }

    [Fact]
    public void A_buffer_without_an_axis_of_its_value_is_found()
    {
        var graph = new Graph();
        var x = graph.Input("x", ValueType.Real, ["n", "d"]);
        Program Program(params string[] axes) => new(
            graph,
            new Dictionary<string, BufferModel> { ["x"] = new("x", ValueType.Real, new[] { "n", "d" }.ToEquatable()) },
            [new ProgramOutput(graph.Map(Op.Exp, x), new BufferModel("y", ValueType.Real, axes.ToEquatable()))],
            new Dictionary<string, int>());
        IrVerifier.Check(Program("d", "n"));
        Assert.Contains("'y'", Assert.ThrowsAny<Exception>(() => IrVerifier.Check(Program("d"))).Message);
    }

    [Fact]
    public void A_value_that_is_read_before_it_is_computed_is_found()
    {
        var schedule = LibraryKernels.Schedule(LibraryKernels.Programs(LibraryKernels.Find("Activations.Softmax")).Inference, fusion: false);
        IrVerifier.Check(schedule);
        var backwards = schedule.StageOf.ToDictionary(s => s.Key, s => schedule.Stages.Count - s.Value);
        Assert.ThrowsAny<Exception>(() => IrVerifier.Check(schedule with { StageOf = backwards }));
    }
}
