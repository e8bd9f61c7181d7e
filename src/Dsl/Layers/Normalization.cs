using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>Layers that give their input mean 0 and variance 1 along some axes.</summary>
public static partial class Normalization
{
    /// <summary>
    /// Layer normalization over the last axis: <c>(x - mean) / sqrt(variance + eps) * weight + bias</c>,
    /// with the biased variance (the mean of squares).
    /// </summary>
    /// <remarks>Ba, Kiros and Hinton, "Layer Normalization", arXiv 1607.06450.</remarks>
    /// <param name="x">Values, <c>[..., d]</c>.</param>
    /// <param name="weight">Scale, <c>[d]</c>.</param>
    /// <param name="bias">Shift, <c>[d]</c>.</param>
    /// <param name="eps">Added to the variance. Vision transformers use 1e-6, PyTorch's default is 1e-5.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("... d")]
    public static Expr LayerNorm([Dims("... d")] Expr x, [Dims("d")] Expr weight, [Dims("d")] Expr bias, float eps = 1e-6f)
    {
        var centered = x - Mean(x, over: "d");
        var variance = Mean(centered * centered, over: "d");
        return centered * Rsqrt(variance + eps) * weight + bias;
    }

    /// <summary>
    /// Group normalization of an image: channels are split into <paramref name="groups"/> consecutive groups,
    /// each normalized over its channels and all pixels, then scaled and shifted per channel.
    /// </summary>
    /// <remarks>Wu and He, "Group Normalization", arXiv 1803.08494.</remarks>
    /// <param name="image">Images, <c>[b, g * c, h, w]</c>.</param>
    /// <param name="weight">Scale, <c>[g * c]</c>.</param>
    /// <param name="bias">Shift, <c>[g * c]</c>.</param>
    /// <param name="groups">Number of groups; it must divide the number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>As <paramref name="image"/>.</returns>
    [Kernel]
    [return: Dims("b (g c) h w")]
    public static Expr GroupNorm(
        [Dims("b (g c) h w")] Expr image, [Dims("(g c)")] Expr weight, [Dims("(g c)")] Expr bias,
        [Size("g")] int groups = 32, float eps = 1e-6f)
    {
        var centered = image - Mean(image, over: "c h w");
        var variance = Mean(centered * centered, over: "c h w");
        return centered * Rsqrt(variance + eps) * weight + bias;
    }

    /// <summary><see cref="GroupNorm(Expr, Expr, Expr, int, float)"/> followed by <see cref="Swish(Expr)"/>: what precedes every convolution of the VQGAN.</summary>
    /// <param name="image">Images, <c>[b, g * c, h, w]</c>.</param>
    /// <param name="weight">Scale, <c>[g * c]</c>.</param>
    /// <param name="bias">Shift, <c>[g * c]</c>.</param>
    /// <param name="groups">Number of groups; it must divide the number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>As <paramref name="image"/>.</returns>
    [Kernel]
    [return: Dims("b (g c) h w")]
    public static Expr GroupNormSwish(
        [Dims("b (g c) h w")] Expr image, [Dims("(g c)")] Expr weight, [Dims("(g c)")] Expr bias,
        [Size("g")] int groups = 32, float eps = 1e-6f)
        => Swish(GroupNorm(image, weight, bias, groups, eps));
}
