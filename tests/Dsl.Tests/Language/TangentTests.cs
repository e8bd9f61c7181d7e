using MageDsl;
using Xunit;
using static MageDsl.Ops;

namespace Dsl.Tests.Language;

/// <summary>What a value's elements do while the inputs move: forward mode, rule by rule, against derivatives by hand.</summary>
public class TangentTests
{
    private static readonly double[] Points = [0.3, -1.2, 2, 0.7];
    private static readonly double[] Direction = [1, -2, 0.5, 3];

    private static Expr Moving(double[] values, double[] direction, string layout, params int[] shape) =>
        Expr.From(values, layout, shape).WithTangent(direction);

    private static Expr X => Moving(Points, Direction, "n", 4);

    private static readonly Dictionary<string, (Func<Expr, Expr> F, Func<double, double> Slope)> Known = new()
    {
        ["exp"] = (Exp, Math.Exp),
        ["log"] = (x => Log(x * x), x => 2 / x),
        ["sqrt"] = (x => Sqrt(x * x + 1), x => x / Math.Sqrt((x * x) + 1)),
        ["rsqrt"] = (x => Rsqrt(x * x + 1), x => -x * Math.Pow((x * x) + 1, -1.5)),
        ["erf"] = (Erf, x => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x)),
        ["tanh"] = (Tanh, x => 1 - (Math.Tanh(x) * Math.Tanh(x))),
        ["sigmoid"] = (Sigmoid, x => Math.Exp(-x) / Math.Pow(1 + Math.Exp(-x), 2)),
        ["sin"] = (Sin, Math.Cos),
        ["cos"] = (Cos, x => -Math.Sin(x)),
        ["abs"] = (Abs, x => Math.Sign(x)),
        ["floor"] = (Floor, _ => 0),
        ["negative"] = (x => -x, _ => -1),
        ["sum"] = (x => x + 2 * x, _ => 3),
        ["difference"] = (x => 1 - x, _ => -1),
        ["product"] = (x => x * x, x => 2 * x),
        ["quotient"] = (x => x / (x * x + 1), x => (1 - (x * x)) / Math.Pow((x * x) + 1, 2)),
        ["power"] = (x => Pow(x * x + 1, 1.5), x => 3 * x * Math.Sqrt((x * x) + 1)),
        ["exponent"] = (x => Pow(2.0, x), x => Math.Log(2) * Math.Pow(2, x)),
        ["maximum"] = (x => Max(x, 0.5), x => x > 0.5 ? 1 : 0),
        ["minimum"] = (x => Min(x, 0.5), x => x < 0.5 ? 1 : 0),
        ["choice"] = (x => Select(x < 0.5, x * x, 3 * x), x => x < 0.5 ? 2 * x : 3),
        ["constant"] = (x => x * StopGradient(x), x => x),
    };

    public static IEnumerable<TheoryDataRow<string>> Functions() => Known.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Moves_by_its_slope(string name)
    {
        var (f, slope) = Known[name];
        var tangent = f(X).Moving.Values;
        for (var i = 0; i < Points.Length; i++) Assert.Equal(slope(Points[i]) * Direction[i], tangent[i], 1e-13);
    }

    [Fact]
    public void Constants_do_not_move()
    {
        Assert.Null(StopGradient(X).Tangent);
        Assert.Null((X > 0).Tangent);
        Assert.Null(X.Index("n").Tangent);
        Assert.Null(X.Random(1).Tangent);
        Assert.Null(X.Size("n").Tangent);
        Assert.Null(ArgMax(X, "n").Tangent);
    }

    [Fact]
    public void A_broadcast_operand_moves_every_element()
    {
        var a = Moving([1, 2], [10, 20], "n", 2);
        var b = Moving([3, 4, 5], [1, 1, -1], "d", 3);
        // a' b + a b', a row for each element of a.
        Assert.Equal([30 + 1, 40 + 1, 50 - 1, 60 + 2, 80 + 2, 100 - 2], (a * b).Moving.Values);
    }

    [Fact]
    public void A_contraction_moves_as_the_sum_of_its_product_does()
    {
        var a = Moving([1, 2, 3, 4, 5, 6], [1, 0, -1, 2, 0.5, 3], "n k", 2, 3);
        var b = Moving([0.5, -1, 2, 3, 1, -2], [0, 1, 1, -1, 2, 0], "k d", 3, 2);
        var product = a * b;
        _ = product.Values; // no longer pending: the other way through Sum
        Assert.Equal(Sum(product, "k").Moving.Values, Sum(a * b, "k").Moving.Values);
        Assert.Equal((1 * 0.5) + (0 * 2) + (-1 * 1) + (1 * 0) + (2 * 1) + (3 * 2), Sum(a * b, "k").Moving.Values[0], 1e-14);
    }

    [Fact]
    public void Equal_extrema_move_by_their_mean()
    {
        var x = Moving([2, 5, 5, 1], [7, 1, 4, 9], "n", 4);
        Assert.Equal(2.5, Max(x, "n").Moving.Item());
        Assert.Equal(9, Min(x, "n").Moving.Item());
    }

    [Fact]
    public void Of_two_equal_numbers_the_first_moves_the_extremum()
    {
        var (a, b) = (Moving([1], [3], "n", 1), Moving([1], [5], "n", 1));
        Assert.Equal([3, 3, 5], new[] { Max(a, b), Min(a, b), Max(b, a) }.Select(v => v.Moving.Values[0]));
    }

    [Fact]
    public void Views_move_with_what_they_read()
    {
        Assert.Equal(-2, X["n", 1].Moving.Item());
        Assert.Equal(Direction, X.Rename("n", "m").Moving.Values);
        Assert.Equal([-2, 0.5], X.Slice("n", "k", start: 1, trim: 1).Moving.Values);
        var filter = Expr.From([1, 1, 1], "i", [3]);
        Assert.Equal([0, 1, -2, -2, 0.5, 3], X.Window("n", "y", "i", filter, stride: 2, pad: 1).Moving.Values);
    }

    [Fact]
    public void A_lookup_moves_with_the_table() =>
        Assert.Equal([3, 1, 3], Gather(X, "n", Expr.From([3, 0, 3], "b", [3], ids: true)).Moving.Values);

    [Fact]
    public void What_does_not_move_has_no_part_in_an_infinite_slope()
    {
        var x = Moving([0, 4], [0, 1], "n", 2);
        Assert.Equal([0, 0.25], Sqrt(x).Moving.Values);
        Assert.Equal([0, 1], Select(x > 1, x, Log(x)).Moving.Values);
    }
}
