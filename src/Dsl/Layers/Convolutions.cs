using static MageDsl.Layers.Normalization;
using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>
/// Convolutions and resampling of images <c>[b, c, h, w]</c>, with PyTorch's filter layout <c>[o, c, i, j]</c>:
/// <c>o</c> output channels, <c>i, j</c> the row and column inside the filter.
/// </summary>
public static partial class Convolutions
{
    /// <summary>A 3×3 convolution that keeps the image size (zeros around the border), without bias.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 3, 3]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv3x3([Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight)
    {
        var patches = image.Window("h", into: "y", by: "i", like: weight, pad: 1).Window("w", into: "x", by: "j", like: weight, pad: 1);
        return Sum(patches * weight, over: "c i j");
    }

    /// <summary><see cref="Conv3x3(Expr, Expr)"/> and a bias per output channel.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 3, 3]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv3x3Bias([Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight, [Dims("o")] Expr bias)
        => Conv3x3(image, weight) + bias;

    /// <summary><see cref="Conv3x3(Expr, Expr)"/> added to a residual stream.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 3, 3]</c>.</param>
    /// <param name="residual">The stream, <c>[b, o, h, w]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr Conv3x3Residual([Dims("b c h w")] Expr image, [Dims("o c i=3 j=3")] Expr weight, [Dims("b o y x")] Expr residual)
        => residual + Conv3x3(image, weight);

    /// <summary>
    /// Group normalization, swish and a 3×3 convolution: half of a residual block of the VQGAN. What the convolution reads is computed again in
    /// the backward pass, and only the image is kept for it.
    /// </summary>
    /// <param name="image">Images, <c>[b, g * c, h, w]</c>.</param>
    /// <param name="normWeight">Scale of the normalization, <c>[g * c]</c>.</param>
    /// <param name="normBias">Its shift, <c>[g * c]</c>.</param>
    /// <param name="weight">Filters, <c>[o, g * c, 3, 3]</c>.</param>
    /// <param name="groups">Number of groups; it must divide the number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr NormSwishConv3x3(
        [Dims("b (g c) h w")] Expr image, [Dims("(g c)")] Expr normWeight, [Dims("(g c)")] Expr normBias,
        [Dims("o (g c) i=3 j=3")] Expr weight, [Size("g")] int groups = 32, float eps = 1e-6f)
    {
        var activated = GroupNormSwish(image, normWeight, normBias, groups, eps);
        var patches = activated.Window("h", into: "y", by: "i", like: weight, pad: 1).Window("w", into: "x", by: "j", like: weight, pad: 1);
        return Sum(patches * weight, over: "g c i j");
    }

    /// <summary><see cref="NormSwishConv3x3(Expr, Expr, Expr, Expr, int, float)"/> added to a residual stream.</summary>
    /// <param name="image">Images, <c>[b, g * c, h, w]</c>.</param>
    /// <param name="normWeight">Scale of the normalization, <c>[g * c]</c>.</param>
    /// <param name="normBias">Its shift, <c>[g * c]</c>.</param>
    /// <param name="weight">Filters, <c>[o, g * c, 3, 3]</c>.</param>
    /// <param name="residual">The stream, <c>[b, o, h, w]</c>.</param>
    /// <param name="groups">Number of groups; it must divide the number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o y x")]
    public static Expr NormSwishConv3x3Residual(
        [Dims("b (g c) h w")] Expr image, [Dims("(g c)")] Expr normWeight, [Dims("(g c)")] Expr normBias,
        [Dims("o (g c) i=3 j=3")] Expr weight, [Dims("b o y x")] Expr residual, [Size("g")] int groups = 32, float eps = 1e-6f)
        => residual + NormSwishConv3x3(image, normWeight, normBias, weight, groups, eps);

    /// <summary>A 1×1 convolution with bias: an affine map of the channels at every pixel.</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, c, 1, 1]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o h w")]
    public static Expr Conv1x1Bias([Dims("b c h w")] Expr image, [Dims("o c i=1 j=1")] Expr weight, [Dims("o")] Expr bias)
        => Sum(image * weight["i", 0]["j", 0], over: "c") + bias;

    /// <summary>
    /// The image plus a 1×1 convolution of itself. The official VQGAN does this at the end of a residual block that changes the
    /// number of channels: its shortcut sees the block's inner result, and the block's input is discarded.
    /// </summary>
    /// <param name="image">Images, <c>[b, o, h, w]</c>.</param>
    /// <param name="weight">Filters, <c>[o, o, 1, 1]</c>.</param>
    /// <returns>Images, <c>[b, o, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b o h w")]
    public static Expr Conv1x1OfItself([Dims("b c h w")] Expr image, [Dims("o c i=1 j=1")] Expr weight)
        => image.Rename("c", into: "o") + Sum(image * weight["i", 0]["j", 0], over: "c");

    /// <summary>Halves an image: each pixel is the mean of 2×2.</summary>
    /// <param name="image">Images of even height and width, <c>[b, c, 2 * h, 2 * w]</c>.</param>
    /// <returns>Images, <c>[b, c, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b c h w")]
    public static Expr AveragePool2x2([Dims("b c (h r=2) (w s=2)")] Expr image) => Mean(image, over: "r s");

    /// <summary>Doubles an image: each pixel becomes 2×2 equal ones (nearest neighbour).</summary>
    /// <param name="image">Images, <c>[b, c, h, w]</c>.</param>
    /// <returns>Images, <c>[b, c, 2 * h, 2 * w]</c>.</returns>
    [Kernel]
    [return: Dims("b c (h r=2) (w s=2)")]
    public static Expr UpsampleNearest2x2([Dims("b c h w")] Expr image) => image * 1;
}
