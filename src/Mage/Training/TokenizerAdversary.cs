using Mage.Config;
using Mage.Tokenizer;
using MageDsl;
using static Mage.Tokenizer.AdversarialKernels;

namespace Mage.Training;

/// <summary>
/// The discriminator of the tokenizer's training. It joins after some steps; from then on each step first says how reconstructions deceive it
/// better, and then learns to tell the same reconstructions from the real images.
/// </summary>
internal sealed class TokenizerAdversary : IDisposable
{
    private const string Prefix = "discriminator.";

    private readonly DiscriminatorConfig config;
    private readonly IReadOnlyList<Parameter> trained;

    /// <summary>A new discriminator; null if the settings want none, or one that would never join.</summary>
    public static TokenizerAdversary? Create(RunConfig run, Seed seed)
        => run.Tokenizer.Discriminator is { Enabled: true, Start: var start } && start < run.Tokenizer.Training.Steps ? new(run, seed) : null;

    private TokenizerAdversary(RunConfig run, Seed seed)
    {
        config = run.Tokenizer.Discriminator;
        Discriminator = new PatchDiscriminator(run.Data.Channels, config.Channels, config.Layers, new Initializer(seed));
        trained = [.. Discriminator.Parameters().Where(parameter => parameter.RequiresGrad)];
        var training = run.Tokenizer.Training;
        Learner = new Learner(
            Discriminator,
            training with
            {
                Steps = training.Steps - config.Start,
                LearningRate = training.LearningRate * config.RateScale,
                MinLearningRate = training.MinLearningRate * config.RateScale,
                Beta1 = config.Beta1,
                Beta2 = config.Beta2,
            },
            Prefix);
    }

    /// <summary>The network.</summary>
    public PatchDiscriminator Discriminator { get; }

    /// <summary>Its optimizer.</summary>
    public Learner Learner { get; }

    /// <summary>Whether it has joined when so many steps are done.</summary>
    public bool HasJoined(int steps) => steps >= config.Start;

    /// <summary>How well reconstructions deceive it.</summary>
    /// <param name="reconstruction">Reconstructions, <c>[b, channels, h, w]</c>.</param>
    /// <returns>The loss, less where they deceive more, and its gradient by the reconstructions.</returns>
    public (double Loss, Tensor Gradient) Judge(Tensor reconstruction)
    {
        Train(false);
        try
        {
            using var tape = new GradientTape();
            tape.Watch(reconstruction);
            var loss = GeneratorLoss(Discriminator.Forward(reconstruction, moveStatistics: false));
            tape.Backward(loss);
            return (loss.ItemAsDouble(), tape.Gradient(reconstruction)!);
        }
        finally
        {
            Train(true);
        }
    }

    /// <summary>Adds the gradient of a batch by which it tells reconstructions from images; <see cref="Learner"/> makes the step.</summary>
    /// <param name="images">Real images, <c>[b, channels, h, w]</c>.</param>
    /// <param name="reconstruction">Their reconstructions, which count as given.</param>
    /// <param name="weight">What the batch counts for in the step.</param>
    /// <returns>Its loss.</returns>
    public double Learn(Tensor images, Tensor reconstruction, double weight)
    {
        using var tape = new GradientTape();
        var (real, fake) = (Discriminator.Forward(images, moveStatistics: true), Discriminator.Forward(reconstruction, moveStatistics: true));
        var loss = config.Loss == "hinge" ? HingeLoss(real, fake) : VanillaLoss(real, fake);
        tape.Backward(loss, weight);
        return loss.ItemAsDouble();
    }

    /// <inheritdoc/>
    public void Dispose() => Learner.Dispose();

    /// <summary>Running statistics are no matter of gradients, and stay as they are.</summary>
    private void Train(bool value)
    {
        foreach (var parameter in trained)
        {
            parameter.RequiresGrad = value;
        }
    }
}
