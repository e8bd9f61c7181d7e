using MageDsl;
using Xunit;
using static Dsl.Tests.Language.Values;

namespace Dsl.Tests.Language;

public class LayoutTests
{
    private static readonly Dictionary<string, int> Nothing = [];

    [Fact]
    public void Groups_fixed_sizes_and_leading_dimensions_are_read()
    {
        var layout = TensorLayout.Parse("... t (s=3 h e)");
        Assert.True(layout.HasEllipsis);
        Assert.Equal(3, layout.Dimensions.Count);
        Assert.Equal([new("...", 0), new("t", 0), new("s", 3), new("h", 0), new TensorAxis("e", 0)], layout.Axes);
        Assert.Same(layout, TensorLayout.Parse("... t (s=3 h e)"));
    }

    [Fact]
    public void An_empty_layout_is_a_scalar()
    {
        Assert.Empty(TensorLayout.Parse("").Dimensions);
        Assert.Equal(4, Expr.From([4.0], "", []).Item());
    }

    [Theory]
    [InlineData("a a", "axis 'a' appears twice")]
    [InlineData("a ...", "'...' must come first")]
    [InlineData("(a (b))", "do not nest")]
    [InlineData("(a b", "not closed")]
    [InlineData("a )", "closes no group")]
    [InlineData("()", "closes no group")]
    [InlineData("a=0", "size of 1 or more")]
    [InlineData("2a", "not an axis name")]
    [InlineData("_a", "not an axis name")]
    [InlineData("a-b", "not an axis name")]
    public void Bad_layouts_say_why(string text, string why) => AssertSays(() => TensorLayout.Parse(text), $"layout \"{text}\"", why);

    [Fact]
    public void The_open_axis_of_a_group_follows_from_the_rest()
    {
        var sizes = new Dictionary<string, int> { ["h"] = 2 };
        TensorLayout.Parse("b t (s=3 h e)").Resolve([4, 5, 24], sizes);
        Assert.Equal(new Dictionary<string, int> { ["h"] = 2, ["b"] = 4, ["t"] = 5, ["s"] = 3, ["e"] = 4 }, sizes);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 6)]
    [InlineData(3, 30)]
    public void Leading_dimensions_are_one_axis(int leading, int product)
    {
        int[] shape = [.. new[] { 2, 3, 5 }[..leading], 7];
        var sizes = new Dictionary<string, int>();
        TensorLayout.Parse("... d").Resolve(shape, sizes);
        Assert.Equal(leading == 1 ? 2 : product, sizes["..."]);
        Assert.Equal(7, sizes["d"]);
    }

    [Fact]
    public void No_leading_dimension_at_all_is_an_axis_of_one()
    {
        var sizes = new Dictionary<string, int>();
        TensorLayout.Parse("... d").Resolve([7], sizes);
        Assert.Equal(1, sizes["..."]);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        AssertSays(() => Expr.From(new double[6], "a b", [6]), "\"a b\"", "2 dimensions", "[6]");
        AssertSays(() => Expr.From(new double[6], "... a b", [6]), "2 or more dimensions");
        AssertSays(() => Expr.From(new double[6], "a b=2", [2, 3]), "'b'", "size 2", "3");
        AssertSays(() => Expr.From(new double[7], "(a b=2)", [7]), "7", "multiple of 2", "'a'");
        AssertSays(() => Expr.From(new double[6], "(a b)", [6]), "'a' and 'b'", "give one");
        AssertSays(() => Expr.From(new double[6], "(a b=2)", [6], new Dictionary<string, int> { ["a"] = 4 }), "group (a b)", "size 8", "6");
        AssertSays(() => Expr.From(new double[5], "a b", [2, 3]), "6 elements", "data has 5");
        AssertSays(() => Expr.From(new double[5], "a", Nothing), "size of axis 'a' is not known");
        AssertSays(() => Expr.From([0.5], "a", [1], ids: true), "whole numbers", "0.5");
    }

    [Fact]
    public void Arrays_go_in_and_out_in_any_order_of_axes()
    {
        var x = Expr.From([0, 1, 2, 3, 4, 5], "a b", [2, 3]);
        Assert.Equal([0, 3, 1, 4, 2, 5], x.ToArray("b a"));
        Assert.Equal([0, 3, 1, 4, 2, 5], x.ToArray("(b a)"));
        Assert.Equal([6], x.ShapeOf("(b a)"));
    }

    [Fact]
    public void A_group_holds_its_last_axis_fastest()
    {
        var x = Expr.From([0, 1, 2, 3, 4, 5], "(s=3 e)", [6]);
        AssertIs(x["s", 1], "e", 2, 3);
    }

    [Fact]
    public void Axes_that_the_value_lacks_are_repeated()
    {
        var x = Of("a=2", 1, 2);
        Assert.Equal([1, 2, 1, 2, 1, 2], x.ToArray("b a", new Dictionary<string, int> { ["b"] = 3 }));
        AssertSays(() => x.ToArray("b a"), "lacks axis 'b'", "not given");
        AssertSays(() => x.ToArray("b=2"), "lacks axis 'a'");
        AssertSays(() => x.ToArray("a=3"), "'a'", "size 3", "2");
        AssertSays(() => x.ToArray("a", new Dictionary<string, int> { ["a"] = 5 }), "'a'", "5", "2");
    }

    [Fact]
    public void The_array_handed_out_is_a_copy()
    {
        var x = Of("a=2", 1, 2);
        x.ToArray("a")[0] = 9;
        AssertIs(x, "a", 1, 2);
    }

    [Fact]
    public void A_value_describes_itself()
    {
        Assert.Equal("real [a=2 b=1]", Of("a=2 b=1", 1, 2).ToString());
        Assert.Equal("ids [a=1]", Ids("a=1", 2).ToString());
        Assert.Equal("bool []", ((Expr)1 > 0).ToString());
        AssertSays(() => Of("a=2", 1, 2).Item(), "Item", "[a=2]", "2 elements");
    }
}
