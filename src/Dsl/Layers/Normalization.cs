using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>Layers that give their input mean 0 and variance 1 along some axes, and the length of vectors.</summary>
public static partial class Normalization
{
    // What the largest element is taken for at least: a number whose inverse is finite, so far down that only zero is not told from less.
    private const float Least = 1e-37f;

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

    /// <summary>
    /// <see cref="GroupNorm(Expr, Expr, Expr, int, float)"/> followed by <see cref="Swish(Expr)"/>: what precedes every convolution of the VQGAN.
    /// </summary>
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

    /// <summary>
    /// The Euclidean length of vectors. It neither overflows nor vanishes where the length itself does not; at the zero vector, which has no
    /// direction, the gradient is 0.
    /// </summary>
    /// <param name="x">Vectors, <c>[..., d]</c>.</param>
    /// <returns>Their lengths, <c>[...]</c>; ∞ if an element is infinite.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr L2Norm([Dims("... d")] Expr x)
    {
        var (scaled, _) = MaxNormalize(x);
        // The gradient is the direction. So the length is what the vector measures along it, and nothing else need be differentiated.
        var direction = scaled / Sqrt(Max(Sum(scaled * scaled, over: "d"), Least));
        return Sum(x * StopGradient(direction), over: "d");
    }

    /// <summary>Vectors of length 1 in the same direction: <c>x / max(‖x‖, eps)</c>.</summary>
    /// <param name="x">Vectors, <c>[..., d]</c>.</param>
    /// <param name="eps">The length below which vectors are only divided by it, so that the zero vector stays as it is.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("... d")]
    public static Expr L2Normalize([Dims("... d")] Expr x, float eps = 1e-12f)
    {
        var (scaled, largest) = MaxNormalize(x);
        return scaled / Max(L2Norm(scaled), eps / largest);
    }

    /// <summary>
    /// Vectors divided by the magnitude of their largest element, so that no square of one overflows. Of infinite elements the signs are left,
    /// and nothing of finite ones beside them.
    /// </summary>
    /// <param name="x">Vectors, <c>[..., d]</c>.</param>
    /// <returns>The divided vectors, and what they were divided by, <c>[...]</c>: not 0, and constant for differentiation.</returns>
    [Kernel]
    [return: Dims("... d", "...")]
    public static (Expr Scaled, Expr Largest) MaxNormalize([Dims("... d")] Expr x)
    {
        var largest = StopGradient(Max(Max(Abs(x), over: "d"), Least));
        return (Select(Abs(x) == float.PositiveInfinity, Select(x < 0, -1, 1), x / largest), largest);
    }
}
