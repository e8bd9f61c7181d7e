using MageDsl;
using Xunit;
using static Dsl.Tests.Language.Values;
using static MageDsl.Ops;

namespace Dsl.Tests.Language;

public class ReductionTests
{
    private static readonly Expr Table = Of("a=2 b=3", 1, 5, 2, 7, -4, 7);

    [Fact]
    public void Sum_over_one_axis()
    {
        AssertIs(Sum(Table, over: "a"), "b", 8, 1, 9);
        AssertIs(Sum(Table, over: "b"), "a", 8, 10);
    }

    [Fact]
    public void Sum_over_all_axes_is_a_scalar() => AssertIs(Sum(Table, over: "b a"), "", 18);

    [Fact]
    public void Sum_over_nothing_is_the_value() => Assert.Same(Table, Sum(Table, over: ""));

    [Fact]
    public void Reductions_keep_the_order_of_what_is_left()
    {
        var value = Of("a=2 b=2 c=2", 1, 2, 3, 4, 5, 6, 7, 8);
        AssertIs(Sum(value, over: "b"), "a c", 4, 6, 12, 14);
        AssertIs(Sum(value, over: "c a"), "b", 14, 22);
    }

    [Fact]
    public void Mean_divides_by_the_sizes()
    {
        AssertIs(Mean(Table, over: "b"), "a", 8 / 3.0, 10 / 3.0);
        AssertIs(Mean(Table, over: "a b"), "", 3);
    }

    [Fact]
    public void Largest_and_smallest()
    {
        AssertIs(Max(Table, over: "b"), "a", 5, 7);
        AssertIs(Min(Table, over: "b"), "a", 1, -4);
        AssertIs(Max(Table, over: "a b"), "", 7);
        Assert.True(Max(Ids("a=2", 3, 4), over: "a").IsIds);
    }

    [Fact]
    public void The_largest_of_NaN_is_NaN() => Assert.True(double.IsNaN(Max(Of("a=2", 1, double.NaN), over: "a").Item()));

    [Fact]
    public void Positions_are_ids_and_the_first_of_equals()
    {
        var where = ArgMax(Table, over: "b");
        AssertIs(where, "a", 1, 0);
        Assert.True(where.IsIds);
        AssertIs(ArgMin(Table, over: "b"), "a", 0, 1);
        AssertIs(ArgMin(Table, over: "a"), "b", 0, 1, 0);
    }

    [Fact]
    public void A_contraction_is_the_sum_of_the_product()
    {
        var left = Of("m=2 k=3", 1, 2, 3, 4, 5, 6);
        var right = Of("k=3 n=2", 7, 8, 9, 10, 11, 12);
        AssertIs(Sum(left * right, over: "k"), "m n", 58, 64, 139, 154);
    }

    [Fact]
    public void A_contraction_does_not_depend_on_whether_the_product_was_built()
    {
        var product = Some("b=2 m=3 k=4", 1) * Some("n=2 k=4 b=2", 2);
        var lazily = Sum(product, over: "k").ToArray("b m n");
        Assert.Equal(48, product.ToArray("b m k n").Length);
        Assert.Equal(lazily, Sum(product, over: "k").ToArray("b m n"));
    }

    [Fact]
    public void A_contraction_over_axes_of_one_factor_and_of_both()
    {
        var left = Some("m=3 k=2 l=4", 3);
        var right = Some("k=2 n=2", 4);
        var expected = new double[3];
        var (a, b) = (left.ToArray("m k l"), right.ToArray("k n"));
        for (var m = 0; m < 3; m++)
        {
            for (var k = 0; k < 2; k++)
            {
                for (var l = 0; l < 4; l++)
                {
                    for (var n = 0; n < 2; n++)
                        expected[m] += a[(m * 2 + k) * 4 + l] * b[k * 2 + n];
                }
            }
        }

        AssertIs(Sum(left * right, over: "n l k"), "m", expected);
    }

    [Fact]
    public void Softmax_written_in_the_language_sums_to_one()
    {
        var x = Some("n=3 d=5");
        var e = Exp(x - Max(x, over: "d"));
        AssertIs(Sum(e / Sum(e, over: "d"), over: "d"), "n", 1, 1, 1);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        AssertSays(() => Sum(Table, over: "c"), "Sum", "no axis 'c'", "[a=2 b=3]");
        AssertSays(() => Sum(Table, over: "a a"), "Sum", "twice");
        AssertSays(() => ArgMax(Table, over: "a b"), "ArgMax goes over one axis");
        AssertSays(() => Max(Expr.From([], "a", [0]), over: "a"), "Max", "'a'", "size 0");
    }

    [Fact]
    public void The_sum_of_nothing_is_zero() => Assert.Equal(0, Sum(Expr.From([], "a", [0]), over: "a").Item());
}
