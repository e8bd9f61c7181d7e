using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Compiler;

/// <summary>The derivative rule of every primitive, as the IR of the gradient that it leaves.</summary>
public class DifferentiatorTests
{
    /// <summary>The gradient of x, where g is the gradient of the result and r the result.</summary>
    private static string Gradient(string parameters, string expression, string layout = "n d", string of = "x")
    {
        var model = Model($"[Kernel] [return: Dims(\"{layout}\")] public static Expr F({parameters}) => {expression};");
        var graph = new Graph();
        var build = new Simplifier(graph);
        var result = Rewriter.Rebuild(model.Nodes, [], [model.Results[0].Value], build, _ => null)[0];
        var g = graph.Input("g", MageDsl.Generators.Ir.ValueType.Real, model.Results[0].Layout.Names);
        var found = new Differentiator(build, axis => axis == "s" ? 3 : 0, (_, _) => false).Run([(result, g)]);
        return found.TryGetValue(of, out var gradient) ? Text(gradient) : "none";

        string Text(int id) => id == result ? "r" : graph[id] switch
        {
            { Op: Op.Input or Op.Scalar } leaf => leaf.Name,
            { Op: Op.Size } size => $"|{size.Name}|",
            { Op: Op.Const } constant => IrText.Text(Math.Round(constant.Number, 4)),
            { Op: Op.Index } index => $"#{index.Axes[0]}",
            { Op: Op.View } view =>
                $"{Text(view.Args[0])}@{view.Over[0]}=(" +
                $"{string.Join("+", view.Map!.Terms.Select(t => $"{t.Scale}{t.Axis}").Append($"{view.Map.Offset}"))})/{view.Map.Divisor}",
            var node =>
                $"{IrText.Word(node.Op)}({string.Join(" ", node.Args.Select(Text))}" +
                $"{(node.Over.Count > 0 ? $" over {string.Join(" ", node.Over)}" : "")})",
        };
    }

    private const string X = "[Dims(\"n d\")] Expr x";
    private const string XY = X + ", [Dims(\"n d\")] Expr y";

    [Theory]
    [InlineData("-x", "neg(g)")]
    [InlineData("Exp(x)", "mul(g r)")]
    [InlineData("Log(x)", "div(g x)")]
    [InlineData("Sqrt(x)", "div(mul(g 0.5) r)")]
    [InlineData("Rsqrt(x)", "mul(mul(g -0.5) mul(r mul(r r)))")]
    [InlineData("Erf(x)", "gate(mul(g 1.1284) exp(neg(mul(x x))))")]
    [InlineData("Tanh(x)", "gate(g sub(1 mul(r r)))")]
    [InlineData("Sigmoid(x)", "gate(g mul(r sub(1 r)))")]
    [InlineData("Sin(x)", "mul(g cos(x))")]
    [InlineData("Cos(x)", "neg(mul(g sin(x)))")]
    [InlineData("Abs(x)", "select(less(0 x) g select(less(x 0) neg(g) 0))")]
    [InlineData("x + y", "g")]
    [InlineData("y - x", "neg(g)")]
    [InlineData("Difference(y, x)", "neg(g)")]
    [InlineData("Gate(x, y)", "mul(g y)")]
    [InlineData("Gate(y, x)", "mul(g y)")]
    [InlineData("x * y", "mul(g y)")]
    [InlineData("x / y", "div(g y)")]
    [InlineData("y / x", "neg(div(mul(g r) x))")]
    [InlineData("Pow(x, y)", "mul(g select(equal(y 0) 0 mul(y pow(x sub(y 1)))))")]
    [InlineData("Pow(y, x)", "mul(g select(and(equal(y 0) lessequal(0 x)) 0 mul(r log(y))))")]
    [InlineData("Max(x, y)", "select(less(x y) 0 g)")]
    [InlineData("Min(x, y)", "select(less(y x) 0 g)")]
    [InlineData("Select(y > 0, x, y)", "select(less(0 y) g 0)")]
    [InlineData("StopGradient(x) * y", "none")]
    [InlineData("x * StopGradient(x)", "mul(g stopgradient(x))")]
    [InlineData("x * x", "add(mul(g x) mul(g x))")]
    [InlineData("Select(x > y, y, 0)", "none")]
    public void Elementwise(string expression, string gradient) => Assert.Equal(gradient, Gradient(XY, expression));

    [Theory]
    [InlineData("Sum(x, \"d\")", "n", "g")]
    [InlineData("Max(x, \"d\")", "n", "select(or(equal(x r) not(equal(x x))) div(g reducesum(select(or(equal(x r) not(equal(x x))) 1 0) over d)) 0)")]
    [InlineData("Sum(x, \"d\") * 1", "n", "g")]
    [InlineData("x[\"d\", 2]", "n", "select(equal(#d 2) g 0)")]
    [InlineData("x.Rename(\"d\", \"e\")", "n e", "g@e=(1d+0)/1")]
    [InlineData("x.Slice(\"d\", \"e\", 2, 1)", "n e", "g@e=(1d+-2)/1")]
    public void Reductions_and_views(string expression, string layout, string gradient) => Assert.Equal(gradient, Gradient(X, expression, layout));

    [Fact]
    public void A_broadcast_argument_gets_the_sum() =>
        Assert.Equal("reducesum(g over n)", Gradient("[Dims(\"d\")] Expr x, [Dims(\"n d\")] Expr y", "x + y"));

    [Fact]
    public void A_pick_of_a_fixed_axis_becomes_a_stack() =>
        Assert.Equal("stack(0 g 0 over s)", Gradient("[Dims(\"n (s=3 d)\")] Expr x", "x[\"s\", 1]"));

    [Fact]
    public void Picks_of_all_components_become_one_stack() =>
        Assert.Equal("stack(g neg(g) g over s)", Gradient("[Dims(\"n (s=3 d)\")] Expr x", "x[\"s\", 0] - x[\"s\", 1] + x[\"s\", 2]"));

    [Fact]
    public void A_lookup_becomes_a_scatter() =>
        Assert.Equal("scatteradd(g i over v)", Gradient("[Dims(\"v d\")] Expr x, [Ids(\"n\")] Expr i", "Gather(x, \"v\", i)"));

    [Fact]
    public void A_window_is_read_backwards()
    {
        const string Window = "[Dims(\"n h\")] Expr x, [Dims(\"k=3\")] Expr w";
        var gradient = Gradient(Window, "Sum(x.Window(\"h\", into: \"y\", by: \"k\", like: w, stride: 2, pad: 1) * w, \"k\")", "n y");
        Assert.Equal("reducesum(mul(g@y=(1h+-1k+1)/2 w) over k)", gradient);
    }
}
