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
}
