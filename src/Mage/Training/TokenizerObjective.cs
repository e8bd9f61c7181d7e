using Mage.Config;
using Mage.Perceptual;
using MageDsl;
using static Mage.Tokenizer.AdversarialKernels;
using static MageDsl.Layers.Losses;

namespace Mage.Training;

/// <summary>What a batch of reconstructions pays, part by part; what was not asked is null.</summary>
/// <param name="Loss">The whole, without the codebook's.</param>
/// <param name="AbsoluteError">Mean |x - reconstruction|.</param>
/// <param name="SquaredError">Mean (x - reconstruction)².</param>
/// <param name="Perceptual">The distance of features.</param>
/// <param name="Generator">The loss of not deceiving the discriminator.</param>
/// <param name="AdaptiveWeight">What that was multiplied with, beside its fixed weight.</param>
/// <param name="Gradient">The gradient of the whole by the reconstructions, of their shape.</param>
internal readonly record struct ImageLoss(
    double Loss, double AbsoluteError, double SquaredError, double? Perceptual, double? Generator, double? AdaptiveWeight, Tensor Gradient);

/// <summary>
/// The losses of a reconstruction: of pixels, of features, and of a discriminator that is to be deceived. The last is weighed so that it pulls as
/// hard at the last layer of the decoder as the others do together. For that gradients are taken only as far back as the reconstruction, and
/// from there by a product to the filters of that layer; the rest of the way back to the images is gone once.
/// </summary>
/// <remarks>
/// Esser, Rombach and Ommer, arXiv 2012.09841, equations 6 and 7; where the paper divides by the gradient plus 1e-6, the reference implementation
/// (CompVis/taming-transformers, <c>VQLPIPSWithDiscriminator</c>) adds 1e-4 and caps the quotient at 1e4, and so does this.
/// </remarks>
internal sealed class TokenizerObjective(TokenizerConfig config, FeatureNetwork? network, TokenizerAdversary? adversary)
{
    private const double Delta = 1e-4;
    private const double MaxAdaptiveWeight = 1e4;

    /// <summary>Measures the reconstructions of a batch.</summary>
    /// <param name="images">The images, <c>[b, channels, h, w]</c>.</param>
    /// <param name="hidden">What the last layer of the decoder saw, <c>[b, width, h, w]</c>.</param>
    /// <param name="reconstruction">What it drew, <c>[b, channels, h, w]</c>.</param>
    /// <param name="judged">Whether the discriminator is asked.</param>
    public ImageLoss Measure(Tensor images, Tensor hidden, Tensor reconstruction, bool judged)
    {
        var likeness = Likeness(images, reconstruction);
        if (!judged || adversary is null)
        {
            return likeness;
        }

        var (generator, gradient) = adversary.Judge(reconstruction);
        var adaptive = Math.Min(Pull(hidden, likeness.Gradient) / (Pull(hidden, gradient) + Delta), MaxAdaptiveWeight);
        var weight = config.Discriminator.Weight * adaptive;
        return likeness with
        {
            Loss = likeness.Loss + (weight * generator),
            Generator = generator,
            AdaptiveWeight = adaptive,
            Gradient = WeightedSum(likeness.Gradient, gradient, (float)weight),
        };
    }

    private ImageLoss Likeness(Tensor images, Tensor reconstruction)
    {
        using var tape = new GradientTape();
        tape.Watch(reconstruction);
        var (loss, absolute, squared) = ReconstructionLoss(images, reconstruction, config.L1Weight, config.L2Weight);
        var distance = network?.Distance(images, reconstruction);
        loss = distance is null ? loss : WeightedSum(loss, distance, config.Perceptual.Weight);
        tape.Backward(loss);
        return new ImageLoss(
            loss.ItemAsDouble(), absolute.ItemAsDouble(), squared.ItemAsDouble(), distance?.ItemAsDouble(), null, null,
            tape.Gradient(reconstruction)!);
    }

    /// <summary>The norm of the gradient by the filters of the last layer.</summary>
    private static double Pull(Tensor hidden, Tensor gradient)
        => Math.Sqrt(OptimizerKernels.SumOfSquares(FilterGradient3x3(hidden, gradient)).ItemAsDouble());
}
