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
        float beta1 = 0.9f, float rest1 = 0.1f, float beta2 = 0.95f, float rest2 = 0.05f,
        float keep = 1, float step = 1e-3f, float root = 1, float epsilon = 1e-8f)
    {
        var mean = (first * beta1) + (gradient * rest1);
        var square = (second * beta2) + (gradient * gradient * rest2);
        var updated = (weight * keep) - (step * mean / ((Sqrt(square) / root) + epsilon));
        return (updated, mean, square);
    }

    /// <summary>
    /// The same with the gradient clipped by the norm of all, which lies where the parameter does: so a device goes on while the host has not read
    /// it. Where that norm is not finite nothing changes.
    /// </summary>
    /// <param name="weight">The parameter, any shape.</param>
    /// <param name="gradient">Its gradient, of the same shape.</param>
    /// <param name="first">Running mean of the gradient.</param>
    /// <param name="second">Running mean of its square; not negative.</param>
    /// <param name="squares">The sum of the squares of all gradients, a scalar.</param>
    /// <param name="limit">The largest norm allowed.</param>
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
    public static (Expr Weight, Expr First, Expr Second) AdamWClippedUpdate(
        [Dims("...")] Expr weight, [Dims("...")] Expr gradient, [Dims("...")] Expr first, [Dims("...")] Expr second, [Dims("")] Expr squares,
        float limit = 1, float beta1 = 0.9f, float rest1 = 0.1f, float beta2 = 0.95f, float rest2 = 0.05f,
        float keep = 1, float step = 1e-3f, float root = 1, float epsilon = 1e-8f)
    {
        // As GradientClipping.Coefficient has it.
        var clip = Min(limit / (Sqrt(squares) + 1e-6f), 1);
        var (updated, mean, square) = AdamWUpdate(weight, gradient * clip, first, second, beta1, rest1, beta2, rest2, keep, step, root, epsilon);
        var isFinite = squares <= float.MaxValue;
        return (Select(isFinite, updated, weight), Select(isFinite, mean, first), Select(isFinite, square, second));
    }

    /// <summary>The sum of the squares of all elements.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr SumOfSquares([Dims("...")] Expr x) => Sum(x * x, over: "...");

    /// <summary>The sum of eight.</summary>
    /// <returns>A scalar.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr AddEight(
        [Dims("")] Expr a, [Dims("")] Expr b, [Dims("")] Expr c, [Dims("")] Expr d,
        [Dims("")] Expr e, [Dims("")] Expr f, [Dims("")] Expr g, [Dims("")] Expr h)
        => a + b + (c + d) + (e + f + (g + h));
}
