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
/// <param name="Waiting">The share of the step's time that it waited for its images; depends on the clock, so it is not in metrics.csv.</param>
public readonly record struct StepReport(
    double Loss,
    double LearningRate,
    double GradientNorm,
    double? Reconstruction = null,
    double? Codebook = null,
    double? Perplexity = null,
    double? Accuracy = null,
    double? Contrast = null,
    double? Waiting = null);
