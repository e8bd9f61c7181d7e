using MageDsl;
using MageDsl.Testing;
using Xunit;
using static Dsl.Tests.Testing.HandMade;
using static MageDsl.Ops;

namespace Dsl.Tests.Testing;

/// <summary>What <see cref="GradientCheck"/> sees in float32, the precision of training, and what it puts down to rounding.</summary>
public class Float32CheckTests
{
    private static readonly KernelInfo Square = Elementwise("Tests.Square", x => x * x, x => x * x, x => 2 * x);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1.00001)]
    [InlineData(0)]
    public void A_gradient_that_is_wrong_in_float32_only_is_found(double factor)
    {
        var kernel = InFloat32(Square, Elementwise("Tests.Square", x => x * x, x => x * x, x => 2 * x * factor));
        var result = GradientCheck.Run(kernel);
        Assert.StartsWith("Float32: gradient of x at index 0", Assert.Single(result.Failures));
        GradientCheck.Run(kernel, new GradientCheckOptions { CheckFloat32 = false }).Assert();
    }

    [Fact]
    public void A_small_element_is_held_to_its_own_size()
    {
        // The largest gradient is some 2e4 of these.
        var kernel = InFloat32(Square, Elementwise("Tests.Square", x => x * x, x => x * x, x => Math.Abs(x) < 1e-2 ? 2.001 * x : 2 * x));
        var options = new GradientCheckOptions { Sizes = new Dictionary<string, int> { ["..."] = 300 } };
        Assert.Contains("gradient of x", Assert.Single(GradientCheck.Run(kernel, options, range: 1e4).Failures));
    }

    [Fact]
    public void Rounding_of_what_cancels_is_no_failure()
    {
        Func<Expr, Expr> definition = x => (x + 1e4) - 1e4;
        var rounded = Elementwise("Tests.Cancel", definition, x => (float)((float)x + 1e4f) - 1e4f, _ => 1);
        var result = GradientCheck.Run(InFloat32(Elementwise("Tests.Cancel", definition, x => (x + 1e4) - 1e4, _ => 1), rounded));
        result.Assert();
        Assert.InRange(result.Float32Error, 1e-5, 1e-2);

        // But only where something cancels.
        var plain = Elementwise("Tests.Plain", x => x * 1, x => x, _ => 1);
        var coarse = Elementwise("Tests.Plain", x => x * 1, x => (float)((float)x + 1e4f) - 1e4f, _ => 1);
        Assert.Contains("Float32: result 0", Assert.Single(GradientCheck.Run(InFloat32(plain, coarse)).Failures));
    }

    [Fact]
    public void A_gradient_that_grows_by_rounding_is_no_failure()
    {
        // The slope of the square of a difference is as wrong as the difference.
        Func<Expr, Expr> definition = x => ((x + 1e4) - 1e4) * x;
        static double Rounded(double x) => (float)((float)x + 1e4f) - 1e4f;
        var rounded = Elementwise("Tests.Cancel", definition, x => Rounded(x) * x, x => Rounded(x) + x);
        var result = GradientCheck.Run(InFloat32(Elementwise("Tests.Cancel", definition, x => x * x, x => 2 * x), rounded));
        result.Assert();
        Assert.InRange(result.Float32GradientError, 1e-5, 1e-2);
    }

    [Fact]
    public void A_decision_that_rounding_may_turn_is_no_failure()
    {
        // A third of three times x may be x or its neighbour.
        Func<Expr, Expr> definition = x => Select(3 * x / 3 < x, -x, x);
        var right = Elementwise("Tests.Decide", definition, x => 3 * x / 3 < x ? -x : x, x => 3 * x / 3 < x ? -1 : 1);
        var other = Elementwise("Tests.Decide", definition, x => x > 0 ? -x : x, x => x > 0 ? -1 : 1);
        GradientCheck.Run(InFloat32(right, other)).Assert();

        var sure = Elementwise("Tests.Sure", x => Select(x < 0, -x, x), Math.Abs, x => x < 0 ? -1 : 1);
        Assert.False(GradientCheck.Run(InFloat32(sure, other)).Passed);
    }

    [Fact]
    public void With_a_range_a_limit_that_float32_misses_is_found()
    {
        // e^-x is infinite in float32 below -88, and infinity over its square is not a number.
        static double Slope(double x) =>
            (float)Math.Exp(-x) is var e ? e / ((float)(1 + e) * (double)(float)(1 + e)) is var s && float.IsInfinity((float)e) ? double.NaN : s : 0;
        var exact = Elementwise("Tests.Logistic", Sigmoid, x => 1 / (1 + Math.Exp(-x)), x => 1 / (2 + Math.Exp(x) + Math.Exp(-x)));
        var kernel = InFloat32(exact, Elementwise("Tests.Logistic", Sigmoid, x => 1 / (1 + Math.Exp(-x)), Slope));
        GradientCheck.Run(kernel).Assert();
        GradientCheck.Run(exact, range: 300).Assert();
        GradientCheck.Run(exact, range: 1e30).Assert();
        var failure = Assert.Single(
            GradientCheck.Run(kernel, new GradientCheckOptions { Sizes = new Dictionary<string, int> { ["..."] = 50 } }, range: 300).Failures);
        Assert.Contains("is NaN", failure);
    }

    [Fact]
    public void What_exceeds_float32_counts_as_infinite()
    {
        GradientCheck.Run(Square, range: 1e30).Assert();
        var finite = InFloat32(Square, Elementwise("Tests.Square", x => x * x, x => Math.Min(x * x, 1e38), x => 2 * x));
        var options = new GradientCheckOptions { Sizes = new Dictionary<string, int> { ["..."] = 50 } };
        Assert.StartsWith("Float32: result 0", Assert.Single(GradientCheck.Run(finite, options, range: 1e30).Failures));
    }

    [Fact]
    public void What_is_smaller_than_float32_can_say_counts_as_zero()
    {
        Func<Expr, Expr> tiny = x => x * 1e-20f * 1e-20f;
        var flushed = Elementwise("Tests.Tiny", tiny, x => 0, _ => 0);
        GradientCheck.Run(InFloat32(Elementwise("Tests.Tiny", tiny, x => x * 1e-20f * 1e-20f, _ => (double)1e-20f * 1e-20f), flushed)).Assert();
    }

    [Fact]
    public void A_selection_is_held_to_the_branch_that_it_takes()
    {
        static double Chosen(double x) => x > 0 ? Math.Log(x) : 0;
        Func<Expr, Expr> definition = x => Select(x > 0, Log(x), 0);
        var options = new GradientCheckOptions { Sizes = new Dictionary<string, int> { ["..."] = 50 } };
        GradientCheck.Run(Elementwise("Tests.Guarded", definition, Chosen, x => x > 0 ? 1 / x : 0), options, range: 1e30).Assert();
        // 0/x is not 0 at 0.
        var careless = Elementwise("Tests.Guarded", definition, Chosen, x => (x > 0 ? 1 : 0) / x);
        Assert.Contains("is NaN", Assert.Single(GradientCheck.Run(careless, options, range: 1e30).Failures));
    }

    [Fact]
    public void A_range_is_one_that_float32_has()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientCheck.Run(Square, range: 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientCheck.Run(Square, range: 1e39));
    }
}
