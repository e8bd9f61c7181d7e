using MageDsl;
using static MageDsl.Ops;

namespace Mage.Tokenizer;

/// <summary>
/// What a PatchGAN discriminator is made of, over images <c>[b, c, h, w]</c>: 4×4 convolutions that halve the image or leave it nearly as it
/// is, batch normalization, and leaky ReLU.
/// </summary>
/// <remarks>Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", arXiv 1611.07004.</remarks>
public static partial class DiscriminatorKernels
{
    /// <summary>Leaky ReLU: what is not above zero counts for a share of itself.</summary>
    /// <param name="x">Values of any shape.</param>
    /// <param name="slope">That share.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr LeakyRelu([Dims("...")] Expr x, float slope = 0.2f) => Select(x > 0, x, slope * x);

    /// <summary>A 4×4 convolution of every second pixel, without bias (zeros around the border).</summary>
    /// <param name="image">Images, <c>[b, c, 2 * h, 2 * w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 4, 4]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr HalvingConv4x4([Dims("b c h w")] Expr image, [Dims("o c i=4 j=4")] Expr weight)
    {
        var patches = image.Window("h", into: "y", by: "i", like: weight, stride: 2, pad: 1)
            .Window("w", into: "x", by: "j", like: weight, stride: 2, pad: 1);
        return Sum(patches * weight, over: "c i j");
    }

    /// <summary><see cref="HalvingConv4x4(Expr, Expr)"/>, a bias per output channel, and leaky ReLU.</summary>
    /// <param name="image">Images, <c>[b, c, 2 * h, 2 * w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 4, 4]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr HalvingConv4x4LeakyRelu([Dims("b c h w")] Expr image, [Dims("o c i=4 j=4")] Expr weight, [Dims("o")] Expr bias)
        => LeakyRelu(HalvingConv4x4(image, weight) + bias);

    /// <summary>A 4×4 convolution without bias; the image loses a row and a column (zeros around the border).</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 4, 4]</c>.</param>
    /// <returns>Images, <c>[b, o, h - 1, w - 1]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv4x4([Dims("b c h w")] Expr image, [Dims("o c i=4 j=4")] Expr weight)
    {
        var patches = image.Window("h", into: "y", by: "i", like: weight, pad: 1).Window("w", into: "x", by: "j", like: weight, pad: 1);
        return Sum(patches * weight, over: "c i j");
    }

    /// <summary><see cref="Conv4x4(Expr, Expr)"/> and a bias per output channel.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 4, 4]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images, <c>[b, o, h - 1, w - 1]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv4x4Bias([Dims("b c h w")] Expr image, [Dims("o c i=4 j=4")] Expr weight, [Dims("o")] Expr bias)
        => Conv4x4(image, weight) + bias;

    /// <summary>
    /// Batch normalization as in training, with the statistics of the batch: every channel gets mean 0 and variance 1 over all images and pixels,
    /// then a scale and a shift; and leaky ReLU.
    /// </summary>
    /// <remarks>Ioffe and Szegedy, arXiv 1502.03167. The variance is the biased one (the mean of squares).</remarks>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Scale, <c>[c]</c>.</param>
    /// <param name="bias">Shift, <c>[c]</c>.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>As <paramref name="image"/>, and the batch's mean and variance of each channel, <c>[c]</c>.</returns>
    [Kernel]
    [return: Dims("b c h w", "c", "c")]
    public static (Expr Result, Expr Mean, Expr Variance) BatchNormLeakyRelu(
        [Dims("b c h w")] Expr image, [Dims("c")] Expr weight, [Dims("c")] Expr bias, float eps = 1e-5f)
    {
        var mean = Mean(image, over: "b h w");
        var centered = image - mean;
        var variance = Mean(centered * centered, over: "b h w");
        return (LeakyRelu(centered * Rsqrt(variance + eps) * weight + bias), mean, variance);
    }

    /// <summary>Moves the running statistics of a normalization towards those of a batch, in place.</summary>
    /// <param name="mean">Running mean, <c>[c]</c>.</param>
    /// <param name="variance">Running variance, <c>[c]</c>.</param>
    /// <param name="batchMean">Mean of the batch, <c>[c]</c>.</param>
    /// <param name="batchVariance">Biased variance of the batch, <c>[c]</c>.</param>
    /// <param name="unbiased">n / (n - 1), of the n values a channel has in the batch: the running variance is the unbiased one.</param>
    /// <param name="momentum">How far they move, from 0 to 1.</param>
    /// <returns>The new running statistics.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("c", "c")]
    [return: Into("mean", "variance")]
    public static (Expr Mean, Expr Variance) MoveStatistics(
        [Dims("c")] Expr mean, [Dims("c")] Expr variance, [Dims("c")] Expr batchMean, [Dims("c")] Expr batchVariance,
        float unbiased, float momentum = 0.1f)
        => (mean + momentum * (batchMean - mean), variance + momentum * (unbiased * batchVariance - variance));
}
