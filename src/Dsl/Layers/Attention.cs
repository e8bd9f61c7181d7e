using static MageDsl.Layers.Activations;
using static MageDsl.Layers.Normalization;
using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>Multi-head self-attention.</summary>
/// <remarks>Vaswani et al., "Attention Is All You Need", arXiv 1706.03762.</remarks>
public static partial class Attention
{
    /// <summary>
    /// The first half of a pre-norm transformer block, residual connection included:
    /// <c>x + dropout(projection(attention(layerNorm(x))))</c>.
    /// Axes: batch <c>b</c>, query position <c>t</c>, key position <c>u</c>, embedding <c>d</c>, head <c>h</c>,
    /// channel of a head <c>e</c>, and <c>s</c> for query, key and value.
    /// </summary>
    /// <param name="x">Residual stream, <c>[b, t, d]</c>.</param>
    /// <param name="normWeight">Scale of the layer normalization, <c>[d]</c>.</param>
    /// <param name="normBias">Its shift, <c>[d]</c>.</param>
    /// <param name="qkvWeight">Queries, keys and values of all heads, in this order, from one projection: <c>[3 * h * e, d]</c>.</param>
    /// <param name="qkvBias">Its bias, <c>[3 * h * e]</c>. (The third that belongs to the keys cannot change the result.)</param>
    /// <param name="projWeight">From the concatenated heads back to the stream, <c>[d, h * e]</c>.</param>
    /// <param name="projBias">Its bias, <c>[d]</c>.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="rate">Dropout of the attention probabilities and of the projection.</param>
    /// <param name="seed">Key of the dropout masks: a different one for every layer and step.</param>
    /// <param name="eps">Epsilon of the layer normalization.</param>
    /// <param name="training">True: drop out.</param>
    /// <returns>The new residual stream, <c>[b, t, d]</c>.</returns>
    [Kernel]
    [return: Dims("b t d")]
    public static Expr SelfAttention(
        [Dims("b t d")] Expr x,
        [Dims("d")] Expr normWeight, [Dims("d")] Expr normBias,
        [Dims("(s=3 h e) d")] Expr qkvWeight, [Dims("(s=3 h e)")] Expr qkvBias,
        [Dims("d (h e)")] Expr projWeight, [Dims("d")] Expr projBias,
        [Size("h")] int heads, float rate = 0, int seed = 0, float eps = 1e-6f, bool training = false)
    {
        var qkv = Sum(LayerNorm(x, normWeight, normBias, eps) * qkvWeight, over: "d") + qkvBias;
        var query = qkv["s", 0];
        var key = qkv["s", 1].Rename("t", into: "u");
        var value = qkv["s", 2].Rename("t", into: "u");

        var probability = Softmax(Sum(query * key, over: "e") * Rsqrt(query.Size("e")));
        if (training)
        {
            probability = Select(probability.Random(seed, 0) < rate, 0, probability / (1 - rate));
        }

        var attended = Sum(probability * value, over: "u");
        var branch = Sum(attended * projWeight, over: "h e") + projBias;
        if (training)
        {
            branch = Select(branch.Random(seed, 1) < rate, 0, branch / (1 - rate));
        }

        return x + branch;
    }
}
