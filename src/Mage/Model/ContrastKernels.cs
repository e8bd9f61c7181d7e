using MageDsl;
using static MageDsl.Layers.Activations;
using static MageDsl.Layers.Normalization;
using static MageDsl.Ops;

namespace Mage.Model;

/// <summary>The contrastive loss of MAGE-C, in the language.</summary>
public static partial class ContrastKernels
{
    /// <summary>
    /// The head: the mean over the encoder's output, two affine maps with an activation between them, and length 1.
    /// </summary>
    /// <param name="latent">The encoder's output, <c>[b, l, k]</c>, the class token first.</param>
    /// <param name="fc1Weight">To the hidden units, <c>[f, k]</c>.</param>
    /// <param name="fc1Bias">Its bias, <c>[f]</c>.</param>
    /// <param name="fc2Weight">To the vectors that are compared, <c>[d, f]</c>.</param>
    /// <param name="fc2Bias">Its bias, <c>[d]</c>.</param>
    /// <param name="gelu">True: the activation is the exact GELU; false: the positive part.</param>
    /// <param name="withClassToken">True: the class token counts in the mean.</param>
    /// <returns>Vectors of length 1, <c>[b, d]</c>.</returns>
    [Kernel]
    [return: Dims("b d")]
    public static Expr Project(
        [Dims("b l k")] Expr latent,
        [Dims("f k")] Expr fc1Weight, [Dims("f")] Expr fc1Bias,
        [Dims("d f")] Expr fc2Weight, [Dims("d")] Expr fc2Bias,
        bool gelu = false, bool withClassToken = false)
    {
        var pooled = withClassToken ? Mean(latent, over: "l") : Mean(latent.Slice("l", into: "t", start: 1), over: "t");
        var hidden = Sum(pooled * fc1Weight, over: "k") + fc1Bias;
        var active = gelu ? Gelu(hidden) : Max(hidden, 0);
        return L2Normalize(Sum(active * fc2Weight, over: "f") + fc2Bias);
    }

    /// <summary>
    /// InfoNCE between two sides: every vector of one is to be nearest to its own of the other, among all of the other; the mean of both
    /// directions.
    /// </summary>
    /// <remarks>van den Oord et al., arXiv 1807.03748; He et al., "Momentum Contrast", arXiv 1911.05722.</remarks>
    /// <param name="first">Vectors of length 1, <c>[b, d]</c>.</param>
    /// <param name="second">Their positives, <c>[b, d]</c>.</param>
    /// <param name="temperature">What cosines are divided by.</param>
    /// <returns>A scalar, in nats.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr InfoNce([Dims("b d")] Expr first, [Dims("b d")] Expr second, float temperature = 0.2f)
    {
        var forth = LogSoftmax(Sum(first * second.Rename("b", into: "u"), over: "d") / temperature);
        var back = LogSoftmax(Sum(second * first.Rename("b", into: "u"), over: "d") / temperature);
        return -0.5f * Mean(Gather(forth, "u", first.Index("b")) + Gather(back, "u", first.Index("b")), over: "b");
    }

    /// <summary>
    /// NT-Xent: every vector of both sides is to be nearest to its positive, among all vectors of both sides but itself.
    /// </summary>
    /// <remarks>Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", arXiv 2002.05709, equation 1.</remarks>
    /// <param name="first">Vectors of length 1, <c>[b, d]</c>.</param>
    /// <param name="second">Their positives, <c>[b, d]</c>.</param>
    /// <param name="temperature">What cosines are divided by.</param>
    /// <returns>A scalar, in nats.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr NtXent([Dims("b d")] Expr first, [Dims("b d")] Expr second, float temperature = 0.2f)
        => 0.5f * (NtXentOfOneSide(first, second, temperature) + NtXentOfOneSide(second, first, temperature));

    /// <summary>The half of <see cref="NtXent(Expr, Expr, float)"/> that begins from one side.</summary>
    /// <param name="own">Vectors of length 1, <c>[b, d]</c>.</param>
    /// <param name="other">Their positives, <c>[b, d]</c>.</param>
    /// <param name="temperature">What cosines are divided by.</param>
    /// <returns>A scalar, in nats.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr NtXentOfOneSide([Dims("b d")] Expr own, [Dims("b d")] Expr other, float temperature = 0.2f)
    {
        var across = Sum(own * other.Rename("b", into: "u"), over: "d") / temperature;
        var alike = Sum(own * own.Rename("b", into: "u"), over: "d") / temperature;
        var within = Select(own.Index("b") == alike.Index("u"), float.NegativeInfinity, alike);

        // Subtracted before the exponential, so that none overflows; what is subtracted does not matter, so no gradient goes through it.
        var largest = StopGradient(Max(Max(across, over: "u"), Max(within, over: "u")));
        var sum = Sum(Exp(across - largest) + Exp(within - largest), over: "u");
        return Mean(largest + Log(sum) - Gather(across, "u", own.Index("b")), over: "b");
    }

    /// <summary>The mean of two losses.</summary>
    /// <param name="first">A scalar.</param>
    /// <param name="second">A scalar.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr MeanOfBoth([Dims("")] Expr first, [Dims("")] Expr second) => 0.5f * (first + second);

    /// <summary>A loss with a part of another.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="other">A scalar.</param>
    /// <param name="weight">What the other counts for.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr AddWeighted([Dims("")] Expr loss, [Dims("")] Expr other, float weight) => loss + (weight * other);
}
