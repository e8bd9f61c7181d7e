namespace Mage.Training.Progress;

/// <summary>What one optimizer step reports; values that a stage does not have are null.</summary>
/// <param name="Loss">The loss that was minimised.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
/// <param name="Reconstruction">Tokenizer: mean |x - reconstruction|.</param>
/// <param name="Codebook">Tokenizer: the codebook's loss.</param>
/// <param name="Perplexity">Tokenizer: perplexity of the batch's codes.</param>
/// <param name="Accuracy">MAGE: share of masked tokens whose code is the likeliest.</param>
/// <param name="Contrast">MAGE: the contrastive loss, not weighted.</param>
/// <param name="UsedCodes">Tokenizer: codes that the batch used.</param>
/// <param name="Perceptual">Tokenizer: distance of the features of a trained network.</param>
/// <param name="Generator">Tokenizer: what reconstructions paid for not deceiving the discriminator.</param>
/// <param name="AdaptiveWeight">Tokenizer: what that was multiplied with to pull as hard as the other losses.</param>
/// <param name="Discriminator">Tokenizer: the discriminator's loss.</param>
/// <param name="Watched">Tokenizer: mean |x - reconstruction| of images that are watched, where the step looked at them.</param>
/// <param name="Waiting">The share of the step's time that it waited for its images; depends on the clock, so it is not in metrics.csv.</param>
/// <param name="Note">What people should know of the step; not in metrics.csv.</param>
public readonly record struct StepReport(
    double Loss,
    double LearningRate,
    double GradientNorm,
    double? Reconstruction = null,
    double? Codebook = null,
    double? Perplexity = null,
    double? Accuracy = null,
    double? Contrast = null,
    int? UsedCodes = null,
    double? Perceptual = null,
    double? Generator = null,
    double? AdaptiveWeight = null,
    double? Discriminator = null,
    double? Watched = null,
    double? Waiting = null,
    string? Note = null)
{
    /// <summary>All that depends on the step alone, with its names in <c>metrics.csv</c> and in TensorBoard.</summary>
    public IReadOnlyList<(string Name, double? Value)> Numbers =>
    [
        ("loss", Loss), ("learning_rate", LearningRate), ("gradient_norm", GradientNorm), ("reconstruction", Reconstruction),
        ("codebook", Codebook), ("perplexity", Perplexity), ("accuracy", Accuracy), ("contrast", Contrast), ("used_codes", UsedCodes),
        ("perceptual", Perceptual), ("generator", Generator), ("adaptive_weight", AdaptiveWeight), ("discriminator", Discriminator),
        ("watched", Watched),
    ];
}
