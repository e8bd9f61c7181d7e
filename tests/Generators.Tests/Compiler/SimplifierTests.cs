using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using Xunit;

namespace Generators.Tests.Compiler;

/// <summary>Every simplification: a value built through the simplifier is the simpler one.</summary>
public class SimplifierTests
{
    private readonly Graph graph = new();
    private readonly Simplifier build;
    private readonly int x;
    private readonly int y;
    private readonly int n;

    public SimplifierTests()
    {
        build = new Simplifier(graph);
        x = graph.Input("x", MageDsl.Generators.Ir.ValueType.Real, ["n", "d"]);
        y = graph.Input("y", MageDsl.Generators.Ir.ValueType.Real, ["n", "d"]);
        n = graph.Input("s", MageDsl.Generators.Ir.ValueType.Real, ["n"]);
    }

    private string Text(int id) => graph[id] switch
    {
        { Op: Op.Input or Op.Size } leaf => leaf.Name,
        { Op: Op.Const } constant => IrText.Text(constant.Number),
        var node =>
            $"{IrText.Word(node.Op)}({string.Join(" ", node.Args.Select(Text))}" +
            $"{(node.Over.Count > 0 ? $" over {string.Join(" ", node.Over)}" : "")})",
    };

    private int C(double value) => graph.Const(value);

    [Fact]
    public void Neutral_elements_go()
    {
        Assert.Equal(x, build.Add(x, C(0)));
        Assert.Equal(x, build.Add(C(0), x));
        Assert.Equal(x, build.Map(Op.Sub, x, C(0)));
        Assert.Equal(x, build.Mul(x, C(1)));
        Assert.Equal(x, build.Mul(C(1), x));
        Assert.Equal(x, build.Map(Op.Div, x, C(1)));
    }

    [Fact]
    public void What_may_be_NaN_is_not_folded()
    {
        Assert.Equal("mul(x 0)", Text(build.Mul(x, C(0))));
        Assert.Equal("mul(0 x)", Text(build.Mul(C(0), x)));
        Assert.Equal("div(0 x)", Text(build.Map(Op.Div, C(0), x)));
        Assert.Equal("sub(x x)", Text(build.Map(Op.Sub, x, x)));
        Assert.Equal("div(x x)", Text(build.Map(Op.Div, x, x)));
        Assert.Equal("0", Text(build.Mul(graph.Index("n"), C(0))));
        Assert.Equal("0", Text(build.Mul(C(0), graph.Size("n"))));
    }

    [Fact]
    public void Signs_move_outwards_and_meet()
    {
        Assert.Equal(x, build.Neg(build.Neg(x)));
        Assert.Equal("sub(x y)", Text(build.Add(x, build.Neg(y))));
        Assert.Equal("sub(y x)", Text(build.Add(build.Neg(x), y)));
        Assert.Equal("add(x y)", Text(build.Map(Op.Sub, x, build.Neg(y))));
        Assert.Equal("sub(y x)", Text(build.Neg(build.Map(Op.Sub, x, y))));
        Assert.Equal("neg(mul(x y))", Text(build.Mul(build.Neg(x), y)));
        Assert.Equal("neg(mul(x y))", Text(build.Mul(x, build.Neg(y))));
        Assert.Equal("neg(x)", Text(build.Mul(C(-1), x)));
        Assert.Equal("neg(x)", Text(build.Map(Op.Sub, C(0), x)));
    }

    [Theory]
    [InlineData("add", 5)]
    [InlineData("sub", 1)]
    [InlineData("mul", 6)]
    [InlineData("div", 1.5)]
    [InlineData("max", 3)]
    [InlineData("min", 2)]
    [InlineData("pow", 9)]
    public void Constants_are_computed(string op, double expected) =>
        Assert.Equal(expected, graph[build.Map(Enum.Parse<Op>(op, ignoreCase: true), C(3), C(2))].Number);

    [Fact]
    public void A_known_condition_chooses()
    {
        Assert.Equal(x, build.Map(Op.Select, graph.Const(true), x, y));
        Assert.Equal(y, build.Map(Op.Select, build.Map(Op.Less, C(2), C(1)), x, y));
        Assert.Equal(x, build.Map(Op.Select, graph.Map(Op.Less, x, y), x, x));
    }

    [Fact]
    public void Sums_take_out_what_does_not_vary()
    {
        Assert.Equal("mul(reducesum(x over d) s)", Text(build.Sum(build.Mul(x, n), ["d"])));
        Assert.Equal("div(reducesum(x over d) s)", Text(build.Sum(build.Map(Op.Div, x, n), ["d"])));
        Assert.Equal("neg(reducesum(x over d))", Text(build.Sum(build.Neg(x), ["d"])));
        Assert.Equal("reducesum(x over n d)", Text(build.Sum(build.Sum(x, ["d"]), ["n"])));
        Assert.Equal("mul(s d)", Text(build.Sum(n, ["d"])));
        Assert.Equal("reducesum(mul(x y) over d)", Text(build.Sum(build.Mul(x, y), ["d"])));
    }

    [Fact]
    public void Other_reductions_do_not_count_repetitions() => Assert.Equal(n, build.Reduce(Op.ReduceMax, n, ["d"]));

    [Fact]
    public void The_stop_of_a_gradient_goes_once_derivatives_are_taken()
    {
        Assert.Equal("stopgradient(x)", Text(build.Map(Op.StopGradient, x)));
        build.IsDerived = true;
        Assert.Equal(x, build.Map(Op.StopGradient, x));
    }

    [Fact]
    public void A_gather_goes_inside_what_is_computed_of_inputs_once_derivatives_are_taken()
    {
        var ids = graph.Input("ids", MageDsl.Generators.Ir.ValueType.Ids, ["n"]);
        var more = graph.Input("more", MageDsl.Generators.Ir.ValueType.Ids, ["m"]);
        var largest = build.Reduce(Op.ReduceMax, x, ["d"]);
        var shifted = build.Map(Op.Exp, build.Map(Op.Sub, x, largest));
        const string Outside = "gather(exp(sub(x reducemax(x over d))) ids over d)";
        Assert.Equal(Outside, Text(build.Gather(shifted, "d", ids)));
        build.IsDerived = true;
        Assert.Equal("exp(sub(gather(x ids over d) reducemax(x over d)))", Text(build.Gather(shifted, "d", ids)));
        // Of more elements than the table has, each would be computed as often as it is read; and a reduction is stored anyway.
        Assert.Equal(Outside.Replace("ids", "more"), Text(build.Gather(shifted, "d", more)));
        var scaled = build.Mul(build.Reduce(Op.ReduceMax, x, ["n"]), x);
        Assert.Equal("gather(mul(reducemax(x over n) x) ids over d)", Text(build.Gather(scaled, "d", ids)));
        // Random numbers and positions belong to the element that is read.
        var random = graph.Random(["n", "d"], graph.Input("seed", MageDsl.Generators.Ir.ValueType.ULong, []), 0);
        Assert.Equal(Op.Gather, graph[build.Gather(build.Mul(x, random), "d", ids)].Op);
        Assert.Equal(Op.Gather, graph[build.Gather(build.Mul(x, graph.Index("d")), "d", ids)].Op);
    }

    [Fact]
    public void A_component_of_a_stack_is_the_component()
    {
        var stack = build.Stack("s", [n, graph.Map(Op.Exp, n)], ["s", "n"]);
        Assert.Equal(n, build.View(stack, "s", new AxisMap(default, 0, 1, false)));
        Assert.Equal("exp(s)", Text(build.View(stack, "s", new AxisMap(default, 1, 1, false))));
        Assert.Equal("0", Text(build.Stack("s", [C(0), C(0)], ["s", "n"])));
    }

    [Fact]
    public void Broadcasting_adds_the_axes_that_lack()
    {
        Assert.Equal(["n", "d"], graph.Axes(build.Broadcast(n, ["n", "d"])));
        Assert.Equal(x, build.Broadcast(x, ["d"]));
    }
}
