using MageDsl;
using static MageDsl.Ops;

namespace Mage.Tokenizer;

/// <summary>Vector quantization in the language: van den Oord et al., "Neural Discrete Representation Learning", arXiv 1711.00937.</summary>
public static partial class QuantizerKernels
{
    /// <summary>
    /// The code nearest to each pixel of an encoded image, by squared distance <c>|z|² + |e|² - 2 z·e</c>; the first of equal ones.
    /// </summary>
    /// <param name="z">Encoded images, <c>[b, c, h, w]</c>.</param>
    /// <param name="codebook">Codes, <c>[k, c]</c>.</param>
    /// <returns>Code numbers, <c>[b, h, w]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Ids("b h w")]
    public static Expr NearestCode([Dims("b c h w")] Expr z, [Dims("k c")] Expr codebook)
    {
        var distance = Sum(z * z, over: "c") + Sum(codebook * codebook, over: "c") - 2 * Sum(z * codebook, over: "c");
        return ArgMin(distance, over: "k");
    }

    /// <summary>The codes that some code numbers stand for, as an image.</summary>
    /// <param name="codebook">Codes, <c>[k, c]</c>.</param>
    /// <param name="codes">Code numbers, <c>[b, h, w]</c>.</param>
    /// <returns>Codes, <c>[b, c, h, w]</c>.</returns>
    [Kernel]
    [return: Dims("b c h w")]
    public static Expr LookUp([Dims("k c")] Expr codebook, [Ids("b h w")] Expr codes) => Gather(codebook, "k", codes);

    /// <summary>
    /// Replaces each pixel by its code. The gradient passes straight through to the encoder; the codebook learns from the loss alone,
    /// which pulls encoder and codes towards each other.
    /// </summary>
    /// <param name="z">Encoded images, <c>[b, c, h, w]</c>.</param>
    /// <param name="codebook">Codes, <c>[k, c]</c>.</param>
    /// <param name="codes">The code number of each pixel, <c>[b, h, w]</c>.</param>
    /// <param name="commitment">
    /// Weight of the term that moves the encoder. The official code has 1 here and not beta, by an old mistake it keeps.
    /// </param>
    /// <param name="beta">Weight of the term that moves the codes.</param>
    /// <returns>Quantized images, <c>[b, c, h, w]</c>, and the loss, a scalar.</returns>
    [Kernel]
    [return: Dims("b c h w", "")]
    public static (Expr Quantized, Expr Loss) Quantize(
        [Dims("b c h w")] Expr z, [Dims("k c")] Expr codebook, [Ids("b h w")] Expr codes, float commitment = 1, float beta = 0.25f)
    {
        var code = Gather(codebook, "k", codes);
        var toCode = z - StopGradient(code);
        var toPixel = code - StopGradient(z);
        var loss = commitment * Mean(toCode * toCode, over: "b c h w") + beta * Mean(toPixel * toPixel, over: "b c h w");
        return (z + StopGradient(code - z), loss);
    }

    /// <summary>How often each code was chosen, and the sum of the vectors that chose it.</summary>
    /// <param name="z">Encoded images, <c>[b, c, h, w]</c>.</param>
    /// <param name="codes">The code number of each pixel, <c>[b, h, w]</c>.</param>
    /// <param name="k">Number of codes.</param>
    /// <returns>Counts <c>[k]</c>, and sums <c>[k, c]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("k", "k c")]
    public static (Expr Counts, Expr Sums) CodeStatistics([Dims("b c h w")] Expr z, [Ids("b h w")] Expr codes, [Size("k")] int k)
    {
        var chosen = Select(codes == Index("k", k), 1, 0);
        return (Sum(chosen, over: "b h w"), Sum(chosen * z, over: "b h w"));
    }

    /// <summary>Moves a running average towards a value, in place.</summary>
    /// <param name="average">Any shape.</param>
    /// <param name="value">The same shape.</param>
    /// <param name="decay">What is kept of the average.</param>
    /// <returns>The new average.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("...")]
    [return: Into("average")]
    public static Expr MoveAverage([Dims("...")] Expr average, [Dims("...")] Expr value, float decay) => value + decay * (average - value);

    /// <summary>
    /// The codes that running averages stand for: each the mean of its vectors. Laplace smoothing of the counts keeps a code that is hardly ever
    /// chosen from being divided by nothing.
    /// </summary>
    /// <remarks>Razavi, van den Oord and Vinyals, "Generating Diverse High-Fidelity Images with VQ-VAE-2", arXiv 1906.00446.</remarks>
    /// <param name="counts">How often each code is chosen, <c>[k]</c>.</param>
    /// <param name="sums">The sum of its vectors, <c>[k, c]</c>.</param>
    /// <param name="epsilon">Added to every count; the total stays what it was.</param>
    /// <returns>Codes, <c>[k, c]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("k c")]
    public static Expr SmoothedCodes([Dims("k")] Expr counts, [Dims("k c")] Expr sums, float epsilon = 1e-5f)
    {
        var total = Sum(counts, over: "k");
        return sums * (total + counts.Size("k") * epsilon) / ((counts + epsilon) * total);
    }
}
