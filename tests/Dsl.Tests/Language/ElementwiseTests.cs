using MageDsl;
using Xunit;
using static Dsl.Tests.Language.Values;
using static MageDsl.Ops;

namespace Dsl.Tests.Language;

public class ElementwiseTests
{
    [Fact]
    public void Addition_broadcasts_by_name_with_the_left_axes_first() =>
        AssertIs(Of("a=2", 1, 2) + Of("b=3", 10, 20, 30), "a b", 11, 21, 31, 12, 22, 32);

    [Fact]
    public void The_right_operand_s_axes_come_after_in_their_order() =>
        AssertIs(Of("b=2", 10, 20) - Of("a=2 b=2", 1, 2, 3, 4), "b a", 9, 7, 18, 16);

    [Fact]
    public void Shared_axes_are_aligned_whatever_their_order() =>
        AssertIs(Of("a=2 b=2", 1, 2, 3, 4) * Of("b=2 a=2", 10, 20, 30, 40), "a b", 10, 60, 60, 160);

    [Fact]
    public void Division_of_ids_is_real() => AssertIs(Ids("a=2", 1, 3) / 2, "a", 0.5, 1.5);

    [Fact]
    public void Minus_negates() => AssertIs(-Of("a=2", 1, -2), "a", -1, 2);

    [Fact]
    public void Scalars_convert_from_every_number()
    {
        Assert.Equal(1 + 2.5f + 0.25 + 3, ((Expr)1 + 2.5f + 0.25 + 3).Item());
        Assert.True(((Expr)true).IsBool);
        Assert.True(((Expr)3).IsIds);
        Assert.False(((Expr)3.0).IsIds);
    }

    [Theory]
    [InlineData(1, 2, true, true, false, false, false)]
    [InlineData(2, 2, false, true, true, true, false)]
    [InlineData(3, 2, false, false, true, false, true)]
    public void Comparisons(double a, double b, bool less, bool atMost, bool atLeast, bool equal, bool greater)
    {
        Expr x = a, y = b;
        Expr[] found = [x < y, x <= y, x >= y, x == y, x > y, x != y];
        Assert.All(found, value => Assert.True(value.IsBool));
        Assert.Equal([less, atMost, atLeast, equal, greater, !equal], found.Select(value => value.Item() == 1));
    }

    [Fact]
    public void Logic_of_conditions()
    {
        var a = Of("i=4", 0, 0, 1, 1) > 0.5;
        var b = Of("i=4", 0, 1, 0, 1) > 0.5;
        AssertIs(a & b, "i", 0, 0, 0, 1);
        AssertIs(a | b, "i", 0, 1, 1, 1);
        AssertIs(!a, "i", 1, 1, 0, 0);
    }

    [Theory]
    [InlineData("Exp", 0.5, 1.6487212707001281468)]
    [InlineData("Log", 0.5, -0.6931471805599453094)]
    [InlineData("Sqrt", 2.25, 1.5)]
    [InlineData("Rsqrt", 6.25, 0.4)]
    [InlineData("Tanh", 0.5, 0.4621171572600097585)]
    [InlineData("Sin", 0.5, 0.4794255386042030003)]
    [InlineData("Cos", 0.5, 0.8775825618903727161)]
    [InlineData("Abs", -0.5, 0.5)]
    [InlineData("Floor", -0.5, -1)]
    [InlineData("Sigmoid", 0.5, 0.6224593312018545646)]
    [InlineData("StopGradient", 0.5, 0.5)]
    public void Functions_of_one_number(string name, double x, double expected)
    {
        Func<Expr, Expr> function = name switch
        {
            "Exp" => Exp,
            "Log" => Log,
            "Sqrt" => Sqrt,
            "Rsqrt" => Rsqrt,
            "Tanh" => Tanh,
            "Sin" => Sin,
            "Cos" => Cos,
            "Abs" => Abs,
            "Floor" => Floor,
            "Sigmoid" => Sigmoid,
            _ => StopGradient,
        };
        var value = function(Of("a=2", x, x));
        AssertIs(value, "a", expected, expected);
    }

    // erf to 20 digits, from the tables in Abramowitz and Stegun (7.1) and the series in exact arithmetic.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-10, 1.1283791670955125739e-10)]
    [InlineData(0.1, 0.11246291601828489220)]
    [InlineData(0.5, 0.52049987781304653768)]
    [InlineData(1, 0.84270079294971486934)]
    [InlineData(1.5, 0.96610514647531072707)]
    [InlineData(2, 0.99532226501895273416)]
    [InlineData(3, 0.99997790950300141456)]
    [InlineData(7, 1)]
    public void Erf_to_the_last_digits(double x, double expected)
    {
        Assert.Equal(expected, Erf(x).Item(), 1e-15);
        Assert.Equal(-expected, Erf(-x).Item(), 1e-15);
        if (x is > 0 and < 1) Assert.Equal(1, Erf(x).Item() / expected, 2e-15);
    }

    [Fact]
    public void Erf_is_smooth_where_its_two_methods_meet()
    {
        var below = Erf(Math.BitDecrement(2.0)).Item();
        Assert.Equal(below, Erf(2.0).Item(), 4e-16);
    }

    [Fact]
    public void Erf_at_the_ends()
    {
        Assert.Equal(1, Erf(double.PositiveInfinity).Item());
        Assert.Equal(-1, Erf(double.NegativeInfinity).Item());
        Assert.True(double.IsNaN(Erf(double.NaN).Item()));
    }

    [Fact]
    public void Power_and_the_larger_and_smaller_of_two()
    {
        AssertIs(Pow(Of("a=2", 2, 3), Of("b=2", 2, -1)), "a b", 4, 0.5, 9, 1.0 / 3);
        AssertIs(Atan2(Of("a=3", 0, 1, 1), Of("b=2", 1, -1)), "a b", 0, Math.PI, Math.PI / 4, 3 * Math.PI / 4, Math.PI / 4, 3 * Math.PI / 4);
        AssertIs(Atan2(Of("a=2", 0, double.PositiveInfinity), 0), "a", 0, Math.PI / 2);
        AssertIs(Max(Of("a=3", -1, 0, 2), 0), "a", 0, 0, 2);
        AssertIs(Min(Of("a=3", -1, 0, 2), 0), "a", -1, 0, 0);
        Assert.True(double.IsNaN(Max(double.NaN, 1).Item()));
    }

    [Fact]
    public void Select_has_the_axes_of_condition_then_choices_and_ignores_the_other_choice()
    {
        var value = Select(Of("a=2", 1, -1) > 0, Of("b=2", 5, 6), Of("c=1", double.NaN));
        Assert.Equal(["a", "b", "c"], value.Axes);
        var found = value.ToArray("a b c");
        Assert.Equal([5, 6, double.NaN, double.NaN], found);
    }

    [Fact]
    public void Select_keeps_ids_and_conditions()
    {
        Assert.True(Select(true, Ids("a=1", 4), 5).IsIds);
        Assert.False(Select(true, Ids("a=1", 4), 5.0).IsIds);
        Assert.True(Select(true, Of("a=1", 4) > 1, false).IsBool);
    }

    [Fact]
    public void Different_sizes_of_one_axis_are_named()
    {
        var error = AssertSays(() => Of("a=2", 1, 2) + Of("a=3", 1, 2, 3), "+:", "'a'", "size 2", "3");
        Assert.Equal(("a", 2, 3), (error.Axis, error.Expected, error.Found));
        AssertSays(() => Of("a=2", 1, 2) * Of("a=3", 1, 2, 3), "*:", "'a'");
    }

    [Fact]
    public void Conditions_are_no_numbers_and_numbers_no_conditions()
    {
        var condition = Of("a=1", 1) > 0;
        AssertSays(() => condition + 1, "+ takes numbers", "Select");
        AssertSays(() => condition * 1, "* takes numbers");
        AssertSays(() => Exp(condition), "Exp takes numbers");
        AssertSays(() => Sum(condition, over: "a"), "Sum takes numbers");
        AssertSays(() => (Expr)1.0 & condition, "& takes conditions", "compare");
        AssertSays(() => !(Expr)1.0, "! takes conditions");
        AssertSays(() => Select(1.0, 1, 2), "Select takes conditions");
        AssertSays(() => Select(condition, 1.0, true), "both must be");
    }
}
