using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using Xunit;
using ValueType = MageDsl.Generators.Ir.ValueType;

namespace Generators.Tests.Passes;

/// <summary>The rewrites that decide whether a backward pass is made of contractions.</summary>
public class SimplifierTests
{
    private readonly Graph graph = new();
    private readonly Simplifier simplifier;

    public SimplifierTests() => simplifier = new Simplifier(graph);

    [Fact]
    public void The_sum_of_a_contraction_sums_first_what_the_weight_lacks()
    {
        // The gradient of a bias before a linear layer: sum over rows of sum over f of gradient[r f] weight[f d].
        var (gradient, weight) = (Input("gradient", "r", "f"), Input("weight", "f", "d"));
        var contraction = simplifier.Sum(simplifier.Mul(gradient, weight), ["f"]);
        var sum = graph[simplifier.Sum(contraction, ["r"])];
        Assert.Equal((Op.ReduceSum, "f"), (sum.Op, Assert.Single(sum.Over)));
        var product = graph[sum.Args[0]];
        Assert.Equal(["f", "d"], product.Axes);
        Assert.Contains(simplifier.Sum(gradient, ["r"]), product.Args);
        Assert.Contains(weight, product.Args);
    }

    [Fact]
    public void Sums_in_which_all_factors_vary_become_one()
    {
        var (image, filter) = (Input("image", "c", "y", "i"), Input("filter", "c", "i", "o"));
        var sum = graph[simplifier.Sum(simplifier.Sum(simplifier.Mul(image, filter), ["i"]), ["c"])];
        Assert.Equal(["c", "i"], sum.Over.Order());
        Assert.Equal(Op.Mul, graph[sum.Args[0]].Op);
    }

    [Fact]
    public void The_adjoint_of_a_convolution_is_a_convolution()
    {
        // Sum over o of gradient[o y] filter[o i], read along y = h - i + 1 and summed over i.
        var (gradient, filter) = (Input("gradient", "o", "y"), Input("filter", "o", "i"));
        var columns = simplifier.Sum(simplifier.Mul(gradient, filter), ["o"]);
        var map = new AxisMap(EquatableArray.Of(new AxisTerm("h", 1), new AxisTerm("i", -1)), 1, 1, true);
        var result = graph[simplifier.Sum(simplifier.View(columns, "y", map), ["i"])];
        Assert.Equal(["h"], result.Axes);
        Assert.Equal(["i", "o"], result.Over.Order());
        var product = graph[result.Args[0]];
        Assert.Equal(Op.Mul, product.Op);
        Assert.Contains(filter, product.Args);
        Assert.Contains(product.Args, arg => graph[arg].Op == Op.View && graph[arg].Args[0] == gradient);
    }

    [Fact]
    public void A_window_over_a_contraction_does_not_repeat_it()
    {
        // This view opens new axes, so every element of the contraction is read several times; it must be computed before.
        var (a, b) = (Input("a", "k", "x"), Input("b", "k"));
        var contraction = simplifier.Sum(simplifier.Mul(a, b), ["k"]);
        var map = new AxisMap(EquatableArray.Of(new AxisTerm("y", 1), new AxisTerm("i", 1)), -1, 1, true);
        var view = graph[simplifier.View(contraction, "x", map)];
        Assert.Equal((Op.View, contraction), (view.Op, view.Args[0]));
    }

    private int Input(string name, params string[] axes) => graph.Input(name, ValueType.Real, axes);
}
