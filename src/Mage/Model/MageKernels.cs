using MageDsl;
using static MageDsl.Layers.Activations;
using static MageDsl.Layers.Losses;
using static MageDsl.Layers.Normalization;
using static MageDsl.Layers.Regularization;
using static MageDsl.Ops;

namespace Mage.Model;

/// <summary>The steps of MAGE that are not a transformer block, in the language.</summary>
public static partial class MageKernels
{
    /// <summary>
    /// Token embedding: word plus position, layer normalization, dropout. Positions are given one by one, because only kept tokens are
    /// embedded: every step here acts on one token alone, so this equals embedding all and dropping afterwards.
    /// </summary>
    /// <param name="ids">Token ids, <c>[b, t]</c>.</param>
    /// <param name="positions">The position of each token in its whole sequence, <c>[b, t]</c>; the class token has 0.</param>
    /// <param name="words">Word embeddings, <c>[v, d]</c>.</param>
    /// <param name="places">Position embeddings, <c>[p, d]</c>.</param>
    /// <param name="normWeight">Scale of the layer normalization, <c>[d]</c>.</param>
    /// <param name="normBias">Its shift, <c>[d]</c>.</param>
    /// <param name="rate">Dropout rate.</param>
    /// <param name="seed">Key of the dropout mask.</param>
    /// <param name="eps">Epsilon of the layer normalization.</param>
    /// <param name="training">True: drop out.</param>
    /// <returns>Embedded tokens, <c>[b, t, d]</c>.</returns>
    [Kernel]
    [return: Dims("b t d")]
    public static Expr EmbedTokens(
        [Ids("b t")] Expr ids, [Ids("b t")] Expr positions, [Dims("v d")] Expr words, [Dims("p d")] Expr places,
        [Dims("d")] Expr normWeight, [Dims("d")] Expr normBias,
        float rate = 0, int seed = 0, float eps = 1e-6f, bool training = false)
    {
        var embedded = Gather(words, "v", ids) + Gather(places, "p", positions);
        return Dropout(LayerNorm(embedded, normWeight, normBias, eps), rate, seed, training);
    }

    /// <summary>
    /// The decoder's input: every slot takes the row of the encoder that <paramref name="source"/> names, which is its own where the token
    /// is visible and row 0, the class token of its image, where it is masked or dropped; then the learned positions are added.
    /// </summary>
    /// <param name="latent">Embedded encoder rows, <c>[b, k, d]</c>; row 0 is the class token.</param>
    /// <param name="source">A row of the encoder for each slot, <c>[b, t]</c>.</param>
    /// <param name="positions">Learned positions, <c>[1, t, d]</c>.</param>
    /// <returns>Decoder tokens, <c>[b, t, d]</c>.</returns>
    [Kernel]
    [return: Dims("b t d")]
    public static Expr PadWithClassToken([Dims("b k d")] Expr latent, [Ids("b t")] Expr source, [Dims("n=1 t d")] Expr positions)
        => Gather(latent, "k", source) + positions["n", 0];

    /// <summary>
    /// Stochastic depth: what a residual branch added is taken back for some images and made larger for the others.
    /// </summary>
    /// <remarks>Huang et al., "Deep Networks with Stochastic Depth", arXiv 1603.09382; per image, as timm's DropPath.</remarks>
    /// <param name="before">The residual stream before the branch, <c>[b, t, d]</c>.</param>
    /// <param name="after">The stream with the branch added, <c>[b, t, d]</c>.</param>
    /// <param name="scale">What the branch of each image is multiplied by, <c>[b]</c>.</param>
    /// <returns>The new residual stream, <c>[b, t, d]</c>.</returns>
    [Kernel]
    [return: Dims("b t d")]
    public static Expr DropPath([Dims("b t d")] Expr before, [Dims("b t d")] Expr after, [Dims("b")] Expr scale)
        => before + (scale * (after - before));

    /// <summary>The hidden layer of the masked-language-model head: <c>layerNorm(gelu(fc(x)))</c>.</summary>
    /// <param name="x">Decoder tokens, <c>[b, t, k]</c>.</param>
    /// <param name="fcWeight">To the width of the word embeddings, <c>[d, k]</c>.</param>
    /// <param name="fcBias">Its bias, <c>[d]</c>.</param>
    /// <param name="normWeight">Scale of the layer normalization, <c>[d]</c>.</param>
    /// <param name="normBias">Its shift, <c>[d]</c>.</param>
    /// <param name="eps">Epsilon of the layer normalization: PyTorch's default here, unlike in the rest of the model.</param>
    /// <returns>Hidden tokens, <c>[b, t, d]</c>.</returns>
    [Kernel]
    [return: Dims("b t d")]
    public static Expr MlmHidden(
        [Dims("b t k")] Expr x, [Dims("d k")] Expr fcWeight, [Dims("d")] Expr fcBias,
        [Dims("d")] Expr normWeight, [Dims("d")] Expr normBias, float eps = 1e-5f)
        => LayerNorm(Gelu(Sum(x * fcWeight, over: "k") + fcBias), normWeight, normBias, eps);

    /// <summary>Scores of all words at all slots: hidden tokens times the word embeddings, which get no gradient from here, plus a bias.</summary>
    /// <param name="hidden">Hidden tokens, <c>[b, t, d]</c>.</param>
    /// <param name="words">Word embeddings, <c>[v, d]</c>.</param>
    /// <param name="bias">One per word, <c>[1, 1, v]</c>.</param>
    /// <returns>Logits, <c>[b, t, v]</c>.</returns>
    [Kernel]
    [return: Dims("b t v")]
    public static Expr WordLogits([Dims("b t d")] Expr hidden, [Dims("v d")] Expr words, [Dims("m=1 n=1 v")] Expr bias)
        => Sum(hidden * StopGradient(words), over: "d") + bias["m", 0]["n", 0];

    /// <summary>
    /// As <see cref="WordLogits(Expr, Expr, Expr)"/>, only for the words of the codebook (the first ones) and for the image tokens
    /// (the slots after the class token): all that loss and decoding look at.
    /// </summary>
    /// <param name="hidden">Hidden tokens, <c>[b, 1 + t, d]</c>.</param>
    /// <param name="words">Word embeddings, <c>[v, d]</c> with v = codebook + <see cref="Vocabulary.Extra"/>.</param>
    /// <param name="bias">One per word, <c>[1, 1, v]</c>.</param>
    /// <returns>Logits, <c>[b, t, codebook]</c>.</returns>
    [Kernel]
    [return: Dims("b t u")]
    public static Expr CodebookLogits([Dims("b l d")] Expr hidden, [Dims("v d")] Expr words, [Dims("m=1 n=1 v")] Expr bias)
    {
        var codes = StopGradient(words).Slice("v", into: "u", trim: Vocabulary.Extra);
        var codeBias = bias["m", 0]["n", 0].Slice("v", into: "u", trim: Vocabulary.Extra);
        return Sum(hidden.Slice("l", into: "t", start: 1) * codes, over: "d") + codeBias;
    }

    /// <summary>The likeliest code of every image token.</summary>
    /// <param name="hidden">Hidden tokens, <c>[b, 1 + t, d]</c>.</param>
    /// <param name="words">Word embeddings, <c>[v, d]</c>.</param>
    /// <param name="bias">One per word, <c>[1, 1, v]</c>.</param>
    /// <returns>Codes, <c>[b, t]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Ids("b t")]
    public static Expr LikeliestCodes([Dims("b l d")] Expr hidden, [Dims("v d")] Expr words, [Dims("m=1 n=1 v")] Expr bias)
        => ArgMax(CodebookLogits(hidden, words, bias), over: "u");

    /// <summary>
    /// The training loss: cross-entropy with label smoothing over the codebook, mean over the masked tokens.
    /// Beside it the share of masked tokens whose best code is the right one.
    /// </summary>
    /// <param name="hidden">Hidden tokens, <c>[b, 1 + t, d]</c>.</param>
    /// <param name="words">Word embeddings, <c>[v, d]</c>.</param>
    /// <param name="bias">One per word, <c>[1, 1, v]</c>.</param>
    /// <param name="target">The codes of the image, <c>[b, t]</c>.</param>
    /// <param name="mask">1 for masked tokens, else 0, <c>[b, t]</c>.</param>
    /// <param name="smoothing">Label smoothing.</param>
    /// <returns>Loss in nats, and accuracy: two scalars.</returns>
    [Kernel]
    [return: Dims("", "")]
    public static (Expr Loss, Expr Accuracy) MaskedTokenLoss(
        [Dims("b l d")] Expr hidden, [Dims("v d")] Expr words, [Dims("m=1 n=1 v")] Expr bias,
        [Ids("b t")] Expr target, [Dims("b t")] Expr mask, float smoothing = 0.1f)
    {
        var logits = CodebookLogits(hidden, words, bias);
        return (MaskedCrossEntropy(logits, target, mask, smoothing), MaskedAccuracy(logits, target, mask));
    }

    /// <summary>One step of the moving average of a parameter, in place.</summary>
    /// <param name="average">The average, any shape.</param>
    /// <param name="value">The parameter, of the same shape.</param>
    /// <param name="keep">How much of the average stays.</param>
    /// <param name="rest">1 - keep, which would lose digits here.</param>
    /// <returns>The new average.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("...")]
    [return: Into("average")]
    public static Expr MoveAverage([Dims("...")] Expr average, [Dims("...")] Expr value, float keep = 0.999f, float rest = 0.001f)
        => (average * keep) + (value * rest);
}
