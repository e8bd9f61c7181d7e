using Xunit;

namespace MageDsl.Tests.Optimizers;

/// <summary>The definitions, evaluated eagerly, against numbers worked out by hand.</summary>
public class OptimizerKernelsTests
{
    private static Expr Vector(params double[] values) => Expr.From(values, "...", [values.Length]);

    [Fact]
    public void The_update_averages_decays_and_steps()
    {
        var (weight, first, second) = OptimizerKernels.AdamWUpdate(
            Vector(2), Vector(4), Vector(1), Vector(9),
            beta1: 0.5f, rest1: 0.5f, beta2: 0.75f, rest2: 0.25f, keep: 0.875f, step: 0.25f, root: 0.5f, epsilon: 0);
        Assert.Equal(2.5, first.Values[0], 1e-12);                             // (1 + 4) / 2
        Assert.Equal(10.75, second.Values[0], 1e-12);                          // 9 * 0.75 + 16 * 0.25
        Assert.Equal(1.75 - (0.25 * 2.5 / (Math.Sqrt(10.75) / 0.5)), weight.Values[0], 1e-12);
    }

    /// <summary>By half at a norm of twice the limit, not at all below it; and nothing moves where the norm is no number.</summary>
    [Theory]
    [InlineData(64, 2.5, 10.75)]
    [InlineData(15, 4.5, 22.75)]
    [InlineData(double.NaN, 1, 9)]
    [InlineData(double.PositiveInfinity, 1, 9)]
    public void The_clipped_update_goes_by_the_sum_of_squares(double squares, double mean, double square)
    {
        var (weight, first, second) = OptimizerKernels.AdamWClippedUpdate(
            Vector(2), Vector(8), Vector(1), Vector(9), Expr.From([squares], "", []),
            limit: 4, beta1: 0.5f, rest1: 0.5f, beta2: 0.75f, rest2: 0.25f, keep: 0.875f, step: 0.25f, root: 0.5f, epsilon: 0);
        Assert.Equal(mean, first.Values[0], 1e-6);
        Assert.Equal(square, second.Values[0], 1e-5);
        Assert.Equal(double.IsFinite(squares) ? 1.75 - (0.25 * mean / (Math.Sqrt(square) / 0.5)) : 2, weight.Values[0], 1e-6);
    }

    [Fact]
    public void The_sum_of_squares_is_a_scalar()
    {
        var sum = OptimizerKernels.SumOfSquares(Vector(1, -2, 3));
        Assert.Empty(sum.Axes);
        Assert.Equal(14, sum.Values[0], 1e-12);
    }
}
