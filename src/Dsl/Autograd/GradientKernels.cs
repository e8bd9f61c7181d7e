namespace MageDsl;

/// <summary>The kernels that add gradients up.</summary>
public static partial class GradientKernels
{
    /// <summary>The sum of two gradients of one tensor.</summary>
    /// <param name="first">Any shape.</param>
    /// <param name="second">The same shape.</param>
    /// <returns>The sum, of that shape.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("...")]
    public static Expr Add([Dims("...")] Expr first, [Dims("...")] Expr second) => first + second;

    /// <summary>Adds a gradient to a sum, in place.</summary>
    /// <param name="sum">The sum so far, any shape.</param>
    /// <param name="gradient">What is added, of the same shape.</param>
    /// <returns>The new sum.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("...")]
    [return: Into("sum")]
    public static Expr Accumulate([Dims("...")] Expr sum, [Dims("...")] Expr gradient) => sum + gradient;
}
