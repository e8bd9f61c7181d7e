using Mage.Model;
using MageDsl;

namespace Mage.Training;

/// <summary>What one step of MAGE training did.</summary>
/// <param name="Loss">Cross-entropy of the masked tokens with label smoothing, in nats.</param>
/// <param name="Accuracy">Share of masked tokens that the model guessed right.</param>
/// <param name="MaskRate">Share of tokens that were masked.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
public readonly record struct MageStep(double Loss, double Accuracy, double MaskRate, double LearningRate, double GradientNorm);

/// <summary>
/// Trains MAGE: mask some tokens of each image, guess them. Every random number depends only on the run's seed and the step, so training
/// goes on from a checkpoint as if it had never stopped.
/// </summary>
public sealed class MageTrainer : IDisposable
{
    private readonly Seed seed;
    private readonly Learner learner;

    /// <summary>A trainer with a new model.</summary>
    public MageTrainer(RunConfig run)
    {
        seed = new Seed(run.Seed).For(2);
        Model = MaskedGenerativeEncoder.Create(run, new Initializer(seed.For(-1)));
        learner = new Learner(Model, run.Mage.Training);
    }

    /// <summary>The model.</summary>
    public MaskedGenerativeEncoder Model { get; }

    /// <summary>Steps done so far.</summary>
    public int Step => learner.Step;

    /// <summary>One training step.</summary>
    /// <param name="codes">The tokens of a batch of images, row by row.</param>
    /// <exception cref="UserErrorException">The loss is no longer a finite number.</exception>
    public MageStep Train(ReadOnlySpan<int> codes)
    {
        var stepSeed = seed.For(Step);
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var batch = codes.Length / Model.Tokens;
        var plan = MaskPlan.Draw(batch, Model.Tokens, Model.MaskRates, stepSeed.For(0));
        var tokens = TokenBatch.Masked(codes, plan, Model.Vocabulary);
        var (loss, accuracy) = Model.Loss(tokens, Tensor.From(codes, batch, Model.Tokens), Model.TrainingDropout(stepSeed.For(1)));
        tape.Backward(loss);
        var (rate, norm) = learner.Update(loss.Item());
        return new MageStep(loss.Item(), accuracy.Item(), plan.MaskRate, rate, norm);
    }

    /// <summary>Writes everything that <see cref="Load"/> needs to go on exactly here.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Save(string path) => learner.Save(path, new Dictionary<string, Tensor>());

    /// <summary>Goes on from a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is of another model.</exception>
    public void Load(string path) => learner.Load(path, new Dictionary<string, Tensor>());

    /// <summary>Gives the memory of the model and of its training back.</summary>
    public void Dispose() => learner.Dispose();
}
