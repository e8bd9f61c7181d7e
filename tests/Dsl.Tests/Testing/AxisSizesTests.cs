using MageDsl;
using MageDsl.Testing;
using Xunit;
using static Dsl.Tests.Testing.HandMade;
using static MageDsl.Ops;

namespace Dsl.Tests.Testing;

public class AxisSizesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fixed_given_and_free_sizes(int seed)
    {
        var sizes = AxisSizes.Choose(Of(a => [a[0]], "b (s=3 h e)", "b (s=3 h e)"), seed, new Dictionary<string, int> { ["h"] = 7 });
        Assert.Equal(3, sizes["s"]);
        Assert.Equal(7, sizes["h"]);
        Assert.InRange(sizes["b"], 2, 5);
        Assert.InRange(sizes["e"], 2, 5);
    }

    [Fact]
    public void The_same_seed_gives_the_same_sizes()
    {
        var kernel = Of(a => [a[0]], "a b c d e f", "a b c d e f");
        Assert.Equal(AxisSizes.Choose(kernel, 1), AxisSizes.Choose(kernel, 1));
        Assert.NotEqual(AxisSizes.Choose(kernel, 1), AxisSizes.Choose(kernel, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_slice_that_must_match_another_value_decides_its_size(int seed)
    {
        var kernel = Of(a => [a[0].Slice("l", "t", start: 1) + a[1]], "t", "l", "t");
        var sizes = AxisSizes.Choose(kernel, seed);
        Assert.Equal(sizes["l"] - 1, sizes["t"]);
    }

    [Fact]
    public void An_axis_grows_until_what_is_cut_off_fits()
    {
        var sizes = AxisSizes.Choose(Of(a => [a[0].Slice("v", "u", trim: 1001)], "u", "v"), 1);
        Assert.True(sizes["v"] > 1001);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void An_axis_grows_until_a_window_fits(int seed)
    {
        var kernel = Of(a => [Sum(a[0].Window("t", "u", "k", like: a[1]) * a[1], over: "k")], "u", "t", "k");
        var sizes = AxisSizes.Choose(kernel, seed, new Dictionary<string, int> { ["k"] = 9 });
        Assert.True(sizes["t"] >= 9);
    }

    [Fact]
    public void A_size_parameter_gets_its_axis()
    {
        object? heads = null;
        var kernel = new KernelInfo
        {
            Name = "Tests.Heads",
            Parameters = [Real("x", "(h e)"), new("heads", KernelParameterKind.Size, "h")],
            Results = ["(h e)"],
            Definition = a =>
            {
                heads = a[1];
                return [(Expr)a[0]];
            },
            Launch = a => [(Tensor)a[0]],
        };
        Assert.Equal(AxisSizes.Choose(kernel, 1)["h"], heads);
    }

    [Fact]
    public void Sizes_that_cannot_be_found_are_an_error_with_the_definition_s_reason()
    {
        var given = new Dictionary<string, int> { ["t"] = 2, ["l"] = 9 };
        var kernel = Of(a => [a[0].Slice("l", "t", start: 1) + a[1]], "t", "l", "t");
        var error = Assert.Throws<ExprException>(() => AxisSizes.Choose(kernel, 1, given));
        Assert.Contains("Tests.Sizes", error.Message);
        Assert.Contains("'t'", error.Message);
    }

    private static KernelInfo Of(Func<Expr[], Expr[]> definition, string result, params string[] layouts) => new()
    {
        Name = "Tests.Sizes",
        Parameters = [.. layouts.Select((layout, i) => Real($"p{i}", layout))],
        Results = [result],
        Definition = a => definition([.. a.Cast<Expr>()]),
        Launch = _ => throw new NotSupportedException("only the definition is asked"),
    };
}
