using static MageDsl.Layers.Attention;
using static MageDsl.Layers.Perceptron;

namespace MageDsl.Layers;

/// <summary>Transformer blocks as one kernel each: the compiler cuts them into launches, and chooses what is saved across both halves.</summary>
public static partial class Transformer
{
    /// <summary>
    /// A pre-norm transformer block: <see cref="SelfAttention(Expr, Expr, Expr, Expr, Expr, Expr, Expr, int, float, int, float, bool)"/>, then
    /// <see cref="MlpBlock(Expr, Expr, Expr, Expr, Expr, Expr, Expr, float, int, float, bool)"/>, each added to the residual stream.
    /// Axes as there.
    /// </summary>
    /// <remarks>Dosovitskiy et al., "An Image is Worth 16x16 Words", arXiv 2010.11929, equations 2 and 3.</remarks>
    /// <param name="x">Residual stream, <c>[b, t, d]</c>.</param>
    /// <param name="norm1Weight">Scale of the layer normalization before attention, <c>[d]</c>.</param>
    /// <param name="norm1Bias">Its shift, <c>[d]</c>.</param>
    /// <param name="qkvWeight">Queries, keys and values of all heads: <c>[3 * h * e, d]</c>.</param>
    /// <param name="qkvBias">Its bias, <c>[3 * h * e]</c>.</param>
    /// <param name="projWeight">From the concatenated heads back to the stream, <c>[d, h * e]</c>.</param>
    /// <param name="projBias">Its bias, <c>[d]</c>.</param>
    /// <param name="norm2Weight">Scale of the layer normalization before the perceptron, <c>[d]</c>.</param>
    /// <param name="norm2Bias">Its shift, <c>[d]</c>.</param>
    /// <param name="fc1Weight">To the hidden units, <c>[f, d]</c>.</param>
    /// <param name="fc1Bias">Its bias, <c>[f]</c>.</param>
    /// <param name="fc2Weight">Back to the stream, <c>[d, f]</c>.</param>
    /// <param name="fc2Bias">Its bias, <c>[d]</c>.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="rate">Dropout of attention probabilities, projection, hidden units and result.</param>
    /// <param name="attentionSeed">Key of the dropout masks of the first half: a different one for every layer, half and step.</param>
    /// <param name="mlpSeed">Key of those of the second half.</param>
    /// <param name="eps">Epsilon of the layer normalizations.</param>
    /// <param name="training">True: drop out.</param>
    /// <returns>The new residual stream, <c>[b, t, d]</c>.</returns>
    [Kernel]
    [return: Dims("b t d")]
    public static Expr PreNormBlock(
        [Dims("b t d")] Expr x,
        [Dims("d")] Expr norm1Weight, [Dims("d")] Expr norm1Bias,
        [Dims("(s=3 h e) d")] Expr qkvWeight, [Dims("(s=3 h e)")] Expr qkvBias,
        [Dims("d (h e)")] Expr projWeight, [Dims("d")] Expr projBias,
        [Dims("d")] Expr norm2Weight, [Dims("d")] Expr norm2Bias,
        [Dims("f d")] Expr fc1Weight, [Dims("f")] Expr fc1Bias,
        [Dims("d f")] Expr fc2Weight, [Dims("d")] Expr fc2Bias,
        [Size("h")] int heads, float rate = 0, int attentionSeed = 0, int mlpSeed = 0, float eps = 1e-6f, bool training = false)
    {
        var attended = SelfAttention(x, norm1Weight, norm1Bias, qkvWeight, qkvBias, projWeight, projBias, heads, rate, attentionSeed, eps, training);
        return MlpBlock(attended, norm2Weight, norm2Bias, fc1Weight, fc1Bias, fc2Weight, fc2Bias, rate, mlpSeed, eps, training);
    }
}
