using MageDsl;
using static MageDsl.Layers.Convolutions;
using static MageDsl.Ops;

namespace Mage.Perceptual;

/// <summary>
/// What the networks are made of whose features tell how alike two images look, over images <c>[b, c, h, w]</c>. Their weights do not change.
/// </summary>
public static partial class PerceptualKernels
{
    /// <summary>Scales and shifts every colour.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="scale">Scale, <c>[c]</c>.</param>
    /// <param name="shift">Shift, <c>[c]</c>.</param>
    /// <returns>As <paramref name="image"/>.</returns>
    [Kernel]
    [return: Dims("b c h w")]
    public static Expr ScaleColors([Dims("b c h w")] Expr image, [Dims("c")] Expr scale, [Dims("c")] Expr shift) => image * scale + shift;

    /// <summary>Repeats grey for every colour, scaled and shifted.</summary>
    /// <param name="image">Grey images, <c>[b, 1, h, w]</c>.</param>
    /// <param name="scale">Scale, <c>[c]</c>.</param>
    /// <param name="shift">Shift, <c>[c]</c>.</param>
    /// <returns>Images, <c>[b, c, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b c h w")]
    public static Expr ColorGrey([Dims("b g=1 h w")] Expr image, [Dims("c")] Expr scale, [Dims("c")] Expr shift) => image["g", 0] * scale + shift;

    /// <summary>A 3×3 convolution that keeps the image size, a bias, and ReLU.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 3, 3]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv3x3Relu([Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight, [Dims("o")] Expr bias)
        => Max(0, Conv3x3(image, weight) + bias);

    /// <summary>A 3×3 convolution, a bias, a residual stream added, and ReLU.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 3, 3]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <param name="residual">The stream, <c>[b, o, h, w]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv3x3ResidualRelu(
        [Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight, [Dims("o")] Expr bias, [Dims("b o y x")] Expr residual)
        => Max(0, Conv3x3(image, weight) + bias + residual);

    /// <summary>A 3×3 convolution of every second pixel (zeros around the border), a bias, and ReLU.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 3, 3]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images of half the size, rounded up, <c>[b, o, y, x]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr HalvingConv3x3Relu([Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight, [Dims("o")] Expr bias)
    {
        var patches = image.Window("h", into: "y", by: "i", like: weight, stride: 2, pad: 1)
            .Window("w", into: "x", by: "j", like: weight, stride: 2, pad: 1);
        return Max(0, Sum(patches * weight, over: "c i j") + bias);
    }

    /// <summary>A 7×7 convolution of every second pixel (zeros around the border), a bias, and ReLU.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 7, 7]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images of half the size, rounded up, <c>[b, o, y, x]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr HalvingConv7x7Relu([Dims("b c h w")] Expr image, [Dims("o c i=7 j=7")] Expr weight, [Dims("o")] Expr bias)
    {
        var patches = image.Window("h", into: "y", by: "i", like: weight, stride: 2, pad: 3)
            .Window("w", into: "x", by: "j", like: weight, stride: 2, pad: 3);
        return Max(0, Sum(patches * weight, over: "c i j") + bias);
    }

    /// <summary>A 1×1 convolution of every second pixel, with a bias.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 1, 1]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images of half the size, rounded up, <c>[b, o, y, x]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr HalvingConv1x1Bias([Dims("b c h w")] Expr image, [Dims("o c i=1 j=1")] Expr weight, [Dims("o")] Expr bias)
    {
        var pixels = image.Window("h", into: "y", by: "i", like: weight, stride: 2).Window("w", into: "x", by: "j", like: weight, stride: 2);
        return Sum(pixels * weight, over: "c i j") + bias;
    }

    /// <summary>Halves an image, rounded down: each pixel is the largest of 2×2.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <returns>Images, <c>[b, c, y, x]</c>.</returns>
    [Kernel]
    [return: Dims("b c y x")]
    public static Expr MaxPool2x2([Dims("b c h w")] Expr image)
    {
        var windows = image.Window("h", into: "y", by: "i", like: Index("i", 2), stride: 2)
            .Window("w", into: "x", by: "j", like: Index("j", 2), stride: 2);
        return Max(windows, over: "i j");
    }

    /// <summary>
    /// Halves an image, rounded up: each pixel is the largest of 3×3. Around the border there are zeros, which change nothing where no pixel is
    /// negative, as after ReLU.
    /// </summary>
    /// <param name="image">Images without negative pixels, <c>[b, c, h, w]</c>.</param>
    /// <returns>Images, <c>[b, c, y, x]</c>.</returns>
    [Kernel]
    [return: Dims("b c y x")]
    public static Expr MaxPool3x3([Dims("b c h w")] Expr image)
    {
        var windows = image.Window("h", into: "y", by: "i", like: Index("i", 3), stride: 2, pad: 1)
            .Window("w", into: "x", by: "j", like: Index("j", 3), stride: 2, pad: 1);
        return Max(windows, over: "i j");
    }

    /// <summary>Features of length 1 at every pixel; those of length 0 stay as they are, without a gradient.</summary>
    /// <param name="features"><c>[b, c, h, w]</c>.</param>
    /// <returns>As <paramref name="features"/>.</returns>
    [Kernel]
    [return: Dims("b c h w")]
    public static Expr UnitFeatures([Dims("b c h w")] Expr features)
    {
        // Shorter ones have no direction worth the name, and the slope at the zero vector is infinite.
        var squares = Sum(features * features, over: "c");
        return Select(squares > 1e-20f, features * Rsqrt(squares), 0);
    }

    /// <summary>How far features are apart: the squared differences of unit vectors, weighted by channel, the mean over pixels and images.</summary>
    /// <remarks>Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", arXiv 1801.03924.</remarks>
    /// <param name="first"><c>[b, c, h, w]</c>.</param>
    /// <param name="second"><c>[b, c, h, w]</c>.</param>
    /// <param name="weight">What a channel counts for, <c>[c]</c>.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr FeatureDistance([Dims("b c h w")] Expr first, [Dims("b c h w")] Expr second, [Dims("c")] Expr weight)
    {
        var difference = UnitFeatures(first) - UnitFeatures(second);
        return Mean(Sum(difference * difference * weight, over: "c"), over: "b h w");
    }
}
