using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>
/// Dropout. The mask comes from a counter-based generator, so the backward pass draws it again instead of keeping it,
/// and a seed gives the same mask for every thread count.
/// </summary>
/// <remarks>Srivastava et al., "Dropout", JMLR 15 (2014).</remarks>
public static partial class Regularization
{
    /// <summary>Sets each element to zero with probability <paramref name="rate"/> and divides the others by <c>1 - rate</c>.</summary>
    /// <param name="x">Values of any shape.</param>
    /// <param name="rate">Probability to drop an element, at least 0 and below 1.</param>
    /// <param name="seed">Key of the generator: a different one for every layer and step.</param>
    /// <param name="training">False: returns the values as they are.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr Dropout([Dims("...")] Expr x, float rate, int seed, bool training = true)
        => training ? Select(x.Random(seed) < rate, 0, x / (1 - rate)) : x;

    /// <summary>Adds the dropped-out output of a branch to the residual stream.</summary>
    /// <param name="residual">The stream, of any shape.</param>
    /// <param name="branch">What a branch adds to it, of the same shape.</param>
    /// <param name="rate">Probability to drop an element of the branch, at least 0 and below 1.</param>
    /// <param name="seed">Key of the generator: a different one for every layer and step.</param>
    /// <param name="training">False: nothing is dropped.</param>
    /// <returns>As <paramref name="residual"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr DropoutResidual([Dims("...")] Expr residual, [Dims("...")] Expr branch, float rate, int seed, bool training = true)
        => residual + Dropout(branch, rate, seed, training);
}
