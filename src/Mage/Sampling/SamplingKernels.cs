using MageDsl;
using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace Mage.Sampling;

/// <summary>Drawing tokens from logits, in the language.</summary>
public static partial class SamplingKernels
{
    /// <summary>
    /// Standard Gumbel noise, <c>-log(-log(u))</c> of uniform u: the largest of logits plus such noise is a draw from their softmax.
    /// </summary>
    /// <param name="like">A tensor of the wanted shape; its values do not matter.</param>
    /// <param name="seed">Key of the generator.</param>
    /// <returns>As <paramref name="like"/>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("...")]
    public static Expr GumbelNoise([Dims("...")] Expr like, int seed) => -Log(-Log(like.Random(seed)));

    /// <summary>Draws a token for every slot.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="gumbel">Standard Gumbel noise, <c>[b, t, u]</c>.</param>
    /// <returns>Token ids, <c>[b, t]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Ids("b t")]
    public static Expr DrawTokens([Dims("b t u")] Expr logits, [Dims("b t u")] Expr gumbel) => ArgMax(LogSoftmax(logits) + gumbel, over: "u");

    /// <summary>The log-probability of given tokens.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="tokens">Token ids in [0, u), <c>[b, t]</c>.</param>
    /// <returns>Log-probabilities, <c>[b, t]</c>, in nats.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t")]
    public static Expr LogProbability([Dims("b t u")] Expr logits, [Ids("b t")] Expr tokens) => Gather(LogSoftmax(logits), "u", tokens);

    /// <summary>Classifier-free guidance: <c>(1 + w) conditional - w unconditional</c>.</summary>
    /// <remarks>
    /// Ho and Salimans, "Classifier-Free Diffusion Guidance", arXiv 2207.12598, equation 6, on logits as in Muse, arXiv 2301.00704.
    /// </remarks>
    /// <param name="conditional">Scores for a class, <c>[b, t, u]</c>.</param>
    /// <param name="unconditional">Scores without a class, <c>[b, t, u]</c>.</param>
    /// <param name="weight">How far to go past the former.</param>
    /// <returns>Scores, <c>[b, t, u]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t u")]
    public static Expr Guide([Dims("b t u")] Expr conditional, [Dims("b t u")] Expr unconditional, float weight)
        => conditional + weight * (conditional - unconditional);

    /// <summary>Between what scores lie.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <returns>The least of every slot, and what is above the greatest, <c>[b, t]</c> each.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t", "b t")]
    public static (Expr Low, Expr High) Span([Dims("b t u")] Expr logits)
    {
        var (low, high) = (Min(logits, over: "u"), Max(logits, over: "u"));
        return (low, high + (high - low));
    }

    /// <summary>
    /// Halves the span in which the score of the k-th likeliest code lies. At least k scores are not below its lower end, so once nothing lies
    /// between the ends, those not below it are the k likeliest and what equals the last of them.
    /// </summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="low">Lower end, <c>[b, t]</c>.</param>
    /// <param name="high">Upper end, <c>[b, t]</c>.</param>
    /// <param name="k">How many codes are to be kept.</param>
    /// <returns>The new ends, <c>[b, t]</c> each.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t", "b t")]
    public static (Expr Low, Expr High) NarrowToCount(
        [Dims("b t u")] Expr logits, [Dims("b t")] Expr low, [Dims("b t")] Expr high, float k)
    {
        var middle = 0.5f * (low + high);
        var suffices = Sum(Select(logits >= middle, 1, 0), over: "u") >= k;
        return (Select(suffices, middle, low), Select(suffices, high, middle));
    }

    /// <summary>As <see cref="NarrowToCount(Expr, Expr, Expr, float)"/>, for the likeliest codes that together have a probability.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="low">Lower end, <c>[b, t]</c>.</param>
    /// <param name="high">Upper end, <c>[b, t]</c>.</param>
    /// <param name="p">The probability.</param>
    /// <returns>The new ends, <c>[b, t]</c> each.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t", "b t")]
    public static (Expr Low, Expr High) NarrowToMass(
        [Dims("b t u")] Expr logits, [Dims("b t")] Expr low, [Dims("b t")] Expr high, float p)
    {
        var middle = 0.5f * (low + high);
        var suffices = Sum(Select(logits >= middle, Softmax(logits), 0), over: "u") >= p;
        return (Select(suffices, middle, low), Select(suffices, high, middle));
    }

    /// <summary>Scores with those that are too low made so low that nothing draws them.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="low">The lowest that is kept, <c>[b, t]</c>.</param>
    /// <returns>Scores, <c>[b, t, u]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t u")]
    public static Expr KeepFrom([Dims("b t u")] Expr logits, [Dims("b t")] Expr low) => Select(logits >= low, logits, -1e30f);

    /// <summary>Scores divided by a temperature.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="temperature">Above 0.</param>
    /// <returns>Scores, <c>[b, t, u]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("b t u")]
    public static Expr Temper([Dims("b t u")] Expr logits, float temperature) => logits / temperature;
}
