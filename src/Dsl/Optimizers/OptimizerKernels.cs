using static MageDsl.Ops;

namespace MageDsl;

/// <summary>The kernels that optimizers are made of.</summary>
public static partial class OptimizerKernels
{
    /// <summary>
    /// One step of AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", arXiv 1711.05101) on one parameter, in place.
    /// What the host can compute, it computes in double precision: also 1 - beta, which would lose digits here.
    /// </summary>
    /// <param name="weight">The parameter, any shape.</param>
    /// <param name="gradient">Its gradient, of the same shape.</param>
    /// <param name="first">Running mean of the gradient.</param>
    /// <param name="second">Running mean of its square; not negative.</param>
    /// <param name="clip">What the gradient is multiplied with before anything else.</param>
    /// <param name="beta1">How much of the first mean is kept.</param>
    /// <param name="rest1">1 - beta1.</param>
    /// <param name="beta2">How much of the second mean is kept.</param>
    /// <param name="rest2">1 - beta2.</param>
    /// <param name="keep">What weight decay leaves of the weight: 1 - rate * decay.</param>
    /// <param name="step">The learning rate over the first mean's bias correction: rate / (1 - beta1^t).</param>
    /// <param name="root">The square root of the second mean's bias correction: sqrt(1 - beta2^t).</param>
    /// <param name="epsilon">Keeps the quotient finite.</param>
    /// <returns>The new weight and means.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("...", "...", "...")]
    [return: Into("weight", "first", "second")]
    public static (Expr Weight, Expr First, Expr Second) AdamWUpdate(
        [Dims("...")] Expr weight, [Dims("...")] Expr gradient, [Dims("...")] Expr first, [Dims("...")] Expr second,
        float clip = 1, float beta1 = 0.9f, float rest1 = 0.1f, float beta2 = 0.95f, float rest2 = 0.05f,
        float keep = 1, float step = 1e-3f, float root = 1, float epsilon = 1e-8f)
    {
        var clipped = gradient * clip;
        var mean = (first * beta1) + (clipped * rest1);
        var square = (second * beta2) + (clipped * clipped * rest2);
        var updated = (weight * keep) - (step * mean / ((Sqrt(square) / root) + epsilon));
        return (updated, mean, square);
    }

    /// <summary>The sum of the squares of all elements.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr SumOfSquares([Dims("...")] Expr x) => Sum(x * x, over: "...");

    /// <summary>The sum of the squares of all elements added to that of others, for the norm of several gradients.</summary>
    /// <param name="sum">That of the others, a scalar.</param>
    /// <param name="x">Any shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr AddSquares([Dims("")] Expr sum, [Dims("...")] Expr x) => sum + Sum(x * x, over: "...");
}
