using Mage.Config;

namespace Mage.Training;

/// <summary>Images whose quality is measured.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Count">How many.</param>
/// <param name="Sampling">Of generated ones, how their codes are drawn.</param>
/// <param name="Seed">Of generated ones, the seed of the draws.</param>
public sealed record JudgedImages(JudgedKind Kind, int Count, SamplingConfig? Sampling = null, int? Seed = null);

/// <summary>What images are judged.</summary>
public enum JudgedKind
{
    /// <summary>All that are held out: what the others are compared with.</summary>
    HeldOut,

    /// <summary>The first of those that are trained on.</summary>
    Training,

    /// <summary>What the tokenizer keeps of the first that are held out.</summary>
    Reconstructed,

    /// <summary>Generated ones, of the classes that those have which are held out.</summary>
    Generated,
}

/// <summary>How good images are.</summary>
/// <param name="Frechet">The Fréchet distance of their features to those of all held-out images; null of these themselves.</param>
/// <param name="Recognised">The share that is taken for what it should be; null for images that should be nothing in particular.</param>
public sealed record ImageScore(double? Frechet, double? Recognised);
