namespace Mage.Training;

/// <summary>What one step of tokenizer training did; what the settings leave out is null.</summary>
/// <param name="Loss">The whole loss.</param>
/// <param name="AbsoluteError">Mean absolute error of the reconstructions.</param>
/// <param name="SquaredError">Mean squared error of the reconstructions.</param>
/// <param name="CodebookLoss">The part that pulls vectors and codes together.</param>
/// <param name="Perceptual">The distance of the features of a trained network.</param>
/// <param name="Generator">What the reconstructions paid for not deceiving the discriminator.</param>
/// <param name="AdaptiveWeight">What made that pull as hard at the decoder's last layer as the other losses.</param>
/// <param name="Discriminator">What the discriminator paid for what it took for real, and for what not.</param>
/// <param name="UsedCodes">Codes that the step used.</param>
/// <param name="Perplexity">As many equally frequent codes would carry as much information as the step's.</param>
/// <param name="RevivedCodes">Unused codes that were moved after the step.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
/// <param name="WatchedError">Mean absolute error of reconstructions of images that are watched, if this step looked.</param>
/// <param name="Note">What people should know of that look.</param>
public readonly record struct TokenizerStep(
    double Loss, double AbsoluteError, double SquaredError, double CodebookLoss, double? Perceptual, double? Generator, double? AdaptiveWeight,
    double? Discriminator, int UsedCodes, double Perplexity, int RevivedCodes, double LearningRate, double GradientNorm,
    double? WatchedError, string? Note)
{
    /// <summary>Peak signal-to-noise ratio of the step's reconstructions, from their mean squared error, in dB.</summary>
    public double Psnr => -10 * Math.Log10(SquaredError);

    /// <summary>The step with the losses of one more of its batches.</summary>
    /// <param name="batch">What its reconstructions paid.</param>
    /// <param name="codebook">The codebook's loss.</param>
    /// <param name="discriminator">The discriminator's, if there is one.</param>
    /// <param name="weight">What the batch counts for.</param>
    internal TokenizerStep Add(ImageLoss batch, double codebook, double? discriminator, double weight) => this with
    {
        Loss = Loss + (weight * (batch.Loss + codebook)),
        AbsoluteError = AbsoluteError + (weight * batch.AbsoluteError),
        SquaredError = SquaredError + (weight * batch.SquaredError),
        CodebookLoss = CodebookLoss + (weight * codebook),
        Perceptual = Sum(Perceptual, batch.Perceptual, weight),
        Generator = Sum(Generator, batch.Generator, weight),
        AdaptiveWeight = Sum(AdaptiveWeight, batch.AdaptiveWeight, weight),
        Discriminator = Sum(Discriminator, discriminator, weight),
    };

    private static double? Sum(double? sum, double? term, double weight) => term is { } value ? (sum ?? 0) + (weight * value) : sum;
}
