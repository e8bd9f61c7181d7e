using static MageDsl.Layers.Activations;
using static MageDsl.Layers.Normalization;
using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>The two-layer perceptron of a transformer block.</summary>
public static partial class Perceptron
{
    /// <summary>Two affine maps with a GELU between them: <c>fc2(gelu(fc1(x)))</c>.</summary>
    /// <param name="x">Values, <c>[..., d]</c>.</param>
    /// <param name="fc1Weight">To the hidden units, <c>[f, d]</c>.</param>
    /// <param name="fc1Bias">Its bias, <c>[f]</c>.</param>
    /// <param name="fc2Weight">Back, <c>[d, f]</c>.</param>
    /// <param name="fc2Bias">Its bias, <c>[d]</c>.</param>
    /// <returns>Values, <c>[..., d]</c>.</returns>
    [Kernel]
    [return: Dims("... d")]
    public static Expr Mlp(
        [Dims("... d")] Expr x,
        [Dims("f d")] Expr fc1Weight, [Dims("f")] Expr fc1Bias,
        [Dims("d f")] Expr fc2Weight, [Dims("d")] Expr fc2Bias)
    {
        var hidden = Gelu(Sum(x * fc1Weight, over: "d") + fc1Bias);
        return Sum(hidden * fc2Weight, over: "f") + fc2Bias;
    }

    /// <summary>
    /// The second half of a pre-norm transformer block, residual connection included:
    /// <c>x + dropout(fc2(dropout(gelu(fc1(layerNorm(x))))))</c>.
    /// </summary>
    /// <param name="x">Residual stream, <c>[..., d]</c>.</param>
    /// <param name="normWeight">Scale of the layer normalization, <c>[d]</c>.</param>
    /// <param name="normBias">Its shift, <c>[d]</c>.</param>
    /// <param name="fc1Weight">To the hidden units, <c>[f, d]</c>.</param>
    /// <param name="fc1Bias">Its bias, <c>[f]</c>.</param>
    /// <param name="fc2Weight">Back to the stream, <c>[d, f]</c>.</param>
    /// <param name="fc2Bias">Its bias, <c>[d]</c>.</param>
    /// <param name="rate">Dropout of the hidden units and of the result.</param>
    /// <param name="seed">Key of the dropout masks: a different one for every layer and step.</param>
    /// <param name="eps">Epsilon of the layer normalization.</param>
    /// <param name="training">True: drop out.</param>
    /// <returns>The new residual stream, <c>[..., d]</c>.</returns>
    [Kernel]
    [return: Dims("... d")]
    public static Expr MlpBlock(
        [Dims("... d")] Expr x,
        [Dims("d")] Expr normWeight, [Dims("d")] Expr normBias,
        [Dims("f d")] Expr fc1Weight, [Dims("f")] Expr fc1Bias,
        [Dims("d f")] Expr fc2Weight, [Dims("d")] Expr fc2Bias,
        float rate = 0, int seed = 0, float eps = 1e-6f, bool training = false)
    {
        var hidden = Gelu(Sum(LayerNorm(x, normWeight, normBias, eps) * fc1Weight, over: "d") + fc1Bias);
        if (training)
        {
            hidden = Select(hidden.Random(seed, 0) < rate, 0, hidden / (1 - rate));
        }

        var branch = Sum(hidden * fc2Weight, over: "f") + fc2Bias;
        if (training)
        {
            branch = Select(branch.Random(seed, 1) < rate, 0, branch / (1 - rate));
        }

        return x + branch;
    }
}
