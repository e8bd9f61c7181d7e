using MageDsl;
using static MageDsl.Ops;

namespace Mage.Tokenizer;

/// <summary>The losses of a discriminator and of what it judges, and what it takes to weigh two losses by their gradients.</summary>
public static partial class AdversarialKernels
{
    /// <summary>What a discriminator pays by the hinge loss: it wants logits above 1 for real images and below -1 for others.</summary>
    /// <remarks>Lim and Ye, "Geometric GAN", arXiv 1705.02894.</remarks>
    /// <param name="real">Logits of real images, any shape.</param>
    /// <param name="fake">Logits of reconstructions, of the same shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr HingeLoss([Dims("...")] Expr real, [Dims("...")] Expr fake)
        => (Mean(Max(0, 1 - real), over: "...") + Mean(Max(0, 1 + fake), over: "...")) / 2;

    /// <summary>What a discriminator pays by cross-entropy, half of it for real images and half for others; in nats.</summary>
    /// <remarks>Goodfellow et al., "Generative Adversarial Networks", arXiv 1406.2661.</remarks>
    /// <param name="real">Logits of real images, any shape.</param>
    /// <param name="fake">Logits of reconstructions, of the same shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr VanillaLoss([Dims("...")] Expr real, [Dims("...")] Expr fake)
        => (Mean(Softplus(-real), over: "...") + Mean(Softplus(fake), over: "...")) / 2;

    /// <summary>Softplus, <c>log(1 + e^x)</c>, without overflow.</summary>
    /// <param name="x">Values of any shape.</param>
    /// <returns>As <paramref name="x"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr Softplus([Dims("...")] Expr x) => Max(x, 0) + Log(1 + Exp(-Abs(x)));

    /// <summary>What reconstructions pay for not being taken for real: the mean of their logits, negative.</summary>
    /// <param name="fake">Logits of reconstructions, any shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr GeneratorLoss([Dims("...")] Expr fake) => -Mean(fake, over: "...");

    /// <summary>
    /// The gradient of a loss by the filters of a 3×3 convolution that keeps the image size, from that by its result.
    /// </summary>
    /// <param name="image">What was convolved, <c>[b, c, h, w]</c>.</param>
    /// <param name="gradient">The gradient by the result, <c>[b, o, h, w]</c>.</param>
    /// <returns>The gradient by the filters, <c>[o, c, 3, 3]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("o c i j")]
    public static Expr FilterGradient3x3([Dims("b c h w")] Expr image, [Dims("b o y x")] Expr gradient)
    {
        var patches = image.Window("h", into: "y", by: "i", like: Index("i", 3), pad: 1)
            .Window("w", into: "x", by: "j", like: Index("j", 3), pad: 1);
        return Sum(patches * gradient, over: "b y x");
    }

    /// <summary>The sum of the products of elements. Its gradient by one is the other: so it hands a known gradient on.</summary>
    /// <param name="x">Values of any shape.</param>
    /// <param name="y">Values of the same shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr InnerProduct([Dims("...")] Expr x, [Dims("...")] Expr y) => Sum(x * y, over: "...");

    /// <summary>A sum in which the second part has a weight.</summary>
    /// <param name="first">Values of any shape.</param>
    /// <param name="second">Values of the same shape.</param>
    /// <param name="weight">What the second counts for.</param>
    /// <returns>As <paramref name="first"/>.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr WeightedSum([Dims("...")] Expr first, [Dims("...")] Expr second, float weight = 1) => first + weight * second;
}
