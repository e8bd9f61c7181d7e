using Xunit;

namespace MageDsl.Tests.Optimizers;

/// <summary>The definitions, evaluated eagerly, against numbers worked out by hand.</summary>
public class OptimizerKernelsTests
{
    private static Expr Vector(params double[] values) => Expr.From(values, "...", [values.Length]);

    [Fact]
    public void The_update_clips_averages_decays_and_steps()
    {
        var (weight, first, second) = OptimizerKernels.AdamWUpdate(
            Vector(2), Vector(8), Vector(1), Vector(9),
            clip: 0.5f, beta1: 0.5f, rest1: 0.5f, beta2: 0.75f, rest2: 0.25f, keep: 0.875f, step: 0.25f, root: 0.5f, epsilon: 0);
        Assert.Equal(2.5, first.Values[0], 1e-12);                             // (1 + 4) / 2
        Assert.Equal(10.75, second.Values[0], 1e-12);                          // 9 * 0.75 + 16 * 0.25
        Assert.Equal(1.75 - (0.25 * 2.5 / (Math.Sqrt(10.75) / 0.5)), weight.Values[0], 1e-12);
    }

    [Fact]
    public void The_sum_of_squares_is_a_scalar()
    {
        var sum = OptimizerKernels.SumOfSquares(Vector(1, -2, 3));
        Assert.Empty(sum.Axes);
        Assert.Equal(14, sum.Values[0], 1e-12);
    }
}
