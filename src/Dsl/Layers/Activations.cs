using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>Functions applied between linear layers.</summary>
public static partial class Activations
{
    /// <summary>The exact Gaussian error linear unit, <c>x * P(X &lt;= x)</c> for a standard normal X (not the tanh approximation).</summary>
    /// <remarks>Hendrycks and Gimpel, arXiv 1606.08415.</remarks>
    /// <param name="x">Values of any shape.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr Gelu([Dims("...")] Expr x) => Gate(0.5f * x, 1 + Erf(x * 0.70710678118654752));

    /// <summary>Swish, also called SiLU: <c>x * sigmoid(x)</c>.</summary>
    /// <remarks>Ramachandran, Zoph and Le, arXiv 1710.05941.</remarks>
    /// <param name="x">Values of any shape.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr Swish([Dims("...")] Expr x) => Gate(x, Sigmoid(x));

    /// <summary>
    /// Softmax over the last axis. The maximum is subtracted first, so that no exponential overflows; the result does not
    /// depend on what is subtracted, so no gradient goes through the maximum.
    /// </summary>
    /// <param name="x">Scores, <c>[..., u]</c>. -∞ leaves an element out; in a row where all are equal, be they -∞, all are as likely.</param>
    /// <returns>Probabilities that add up to 1 along the last axis.</returns>
    [Kernel]
    [return: Dims("... u")]
    public static Expr Softmax([Dims("... u")] Expr x)
    {
        var exponentials = Exp(Difference(x, StopGradient(Max(x, over: "u"))));
        return exponentials / Sum(exponentials, over: "u");
    }

    /// <summary>The logarithm of <see cref="Softmax(Expr)"/>, without underflow.</summary>
    /// <param name="x">Scores, <c>[..., u]</c>.</param>
    /// <returns>Log-probabilities; -∞ for an element that is left out.</returns>
    [Kernel]
    [return: Dims("... u")]
    public static Expr LogSoftmax([Dims("... u")] Expr x)
    {
        var shifted = Difference(x, StopGradient(Max(x, over: "u")));
        return shifted - Log(Sum(Exp(shifted), over: "u"));
    }
}
