using Dsl.Tests.Kernels;
using MageDsl;
using MageDsl.Testing;
using Xunit;
using static MageDsl.Ops;

namespace Dsl.Tests.Language;

/// <summary>
/// Bounds of what rounding may do: they hold, they are no larger than they have to be, and the gradient beside them is that of forward mode.
/// </summary>
public class ErrorTraceTests
{
    private static (Expr Value, ErrorNode Node) Followed(ErrorTrace trace, params double[] data)
    {
        var node = trace.Add(data);
        return (Expr.From(data, "n", [data.Length]).WithErrors(node), node);
    }

    private static readonly double[] Numbers = [0.1f, -0.7f, 3, 1e-3f];

    private static double[] Errors(Func<Expr, Expr> f, params double[] data)
    {
        var (x, _) = Followed(ErrorTrace.For(ElementType.Float32), data);
        return f(x).Errors!.Errors;
    }

    [Fact]
    public void Arguments_are_exact_and_short_sums_and_products_of_them_too()
    {
        Assert.All(Errors(x => -x, Numbers), e => Assert.Equal(0, e));
        Assert.All(Errors(x => Max(x, 0), Numbers), e => Assert.Equal(0, e));
        Assert.All(Errors(x => x * 2 + 1, 3, -4, 0.5), e => Assert.Equal(0, e));
        Assert.All(Errors(x => x * 0.1, Numbers), e => Assert.InRange(e, 1e-12, 1e-6));
    }

    [Fact]
    public void An_error_is_as_large_as_what_cancelled()
    {
        Assert.All(Errors(x => (x + 1000) - 1000, 0.1f), e => Assert.InRange(e, 5e-5, 2e-4));
        Assert.All(Errors(x => Sum(x, over: "n"), 1e6f, 0.1f, -1e6f), e => Assert.InRange(e, 0.06, 1));
        Assert.All(Errors(x => Exp(x * 803 * 0.1), 1), e => Assert.InRange(e / Math.Exp(80.3), 4e-6, 1e-4));
    }

    [Fact]
    public void Where_a_decision_is_open_the_error_reaches_to_the_other_choice()
    {
        Assert.Equal([2.0], Errors(x => Select(x * 0.1 < 0.3f * 0.1, x - 1, x + 1), 0.3f), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.All(Errors(x => Select(x < 0.3f, x * 2, 7), 0.3f), e => Assert.Equal(0, e));
        Assert.All(
            Errors(x => Gather(x, "n", ArgMax(x.Rename("n", into: "k") * 0.1, over: "k")), 0.3f, 0.3f),
            e => Assert.Equal(double.PositiveInfinity, e));
        Assert.All(Errors(x => Gather(x, "n", ArgMax(x.Rename("n", into: "k"), over: "k")), 0.3f, 0.3f), e => Assert.Equal(0, e));
        Assert.All(Errors(x => Floor(x * 0.1 * 10), 2), e => Assert.Equal(1, e));
    }

    [Fact]
    public void What_leaves_the_range_is_marked_and_what_follows_from_it()
    {
        var (x, node) = Followed(ErrorTrace.For(ElementType.Float32), 1e25f, 1);
        var result = 1 / (x * x);
        Assert.Equal([true, false], result.Errors!.Leaves);
        result.Errors.Seed(0, 1);
        result.Errors.Seed(1, 1);
        node.Trace.Backward();
        Assert.Equal([true, false], node.GradientLeaves);
        Assert.Equal(-2, node.Gradient[1]);
    }

    [Theory]
    [MemberData(nameof(KernelSuite.Kernels), MemberType = typeof(KernelSuite))]
    public void The_gradient_is_that_of_forward_mode(string name)
    {
        var kernel = KernelCases.Find(name);
        foreach (var scalars in KernelCases.Flags(kernel))
        {
            var sizes = kernel.Sizes(KernelCases.Sizes(kernel, scalars).First());
            var arguments = KernelArguments.Draw(kernel, sizes, KernelCases.Options(kernel, sizes, scalars, seed: 4));
            var loss = new NumericGradient(kernel, arguments, sizes, seed: 4);
            var bounds = RoundingBounds.Of(kernel, arguments, sizes, loss, ElementType.Float64);
            var forward = new ForwardGradient(kernel, arguments, sizes, loss);
            for (var at = 0; at < kernel.Parameters.Count; at++)
            {
                var gradient = bounds.Gradients[at];
                for (var i = 0; i < Math.Min(5, gradient.Values.Length); i++)
                {
                    var direction = new double[gradient.Values.Length];
                    direction[i] = 1;
                    Assert.True(
                        Math.Abs(forward.Derivative(at, direction) - gradient.Values[i]) <= 4 * gradient.Errors[i],
                        $"{kernel.Parameters[at].Name} at {i}: {gradient.Values[i]:R} going back, {forward.Derivative(at, direction):R} " +
                        "by forward mode");
                    Assert.InRange(gradient.Errors[i], 0, 1e-7);
                }
            }
        }
    }
}
