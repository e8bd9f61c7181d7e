using Mage.Config;
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
    private readonly int batches;
    private readonly MageConfig config;

    /// <summary>A trainer with a new model.</summary>
    public MageTrainer(RunConfig run)
    {
        seed = new Seed(run.Seed).For(2);
        Model = MaskedGenerativeEncoder.Create(run, new Initializer(seed.For(-1)));
        learner = new Learner(Model, run.Mage.Training);
        batches = run.Mage.Training.Accumulate;
        config = run.Mage with { };
    }

    /// <summary>The model.</summary>
    public MaskedGenerativeEncoder Model { get; }

    /// <summary>Steps done so far.</summary>
    public int Step => learner.Step;

    /// <summary>One training step.</summary>
    /// <param name="codes">The tokens of the step's images, row by row.</param>
    /// <param name="classes">The class of each image, if the model is conditional; else they are not looked at.</param>
    /// <exception cref="ArgumentException">
    /// They do not make whole images, or not batches of equal size, or the model is conditional and there are not as many classes as images.
    /// </exception>
    /// <exception cref="UserErrorException">The loss is no longer a finite number.</exception>
    public MageStep Train(ReadOnlySpan<int> codes, ReadOnlySpan<int> classes = default)
    {
        var (stepSeed, length) = (seed.For(Step), Model.Tokens);
        if (codes.Length % length != 0)
        {
            throw new ArgumentException($"{codes.Length} tokens are no whole number of images of {length}", nameof(codes));
        }

        var plan = MaskPlan.Draw(codes.Length / length, length, Model.MaskRates, stepSeed.For(0));
        var seen = ClassesSeen(classes, plan.Batch, stepSeed.For(-1));
        var (meanLoss, meanAccuracy) = (0.0, 0.0);
        foreach (var (number, first, count) in Batches.OfStep(plan.Batch, batches))
        {
            using var scope = new TensorScope();
            using var tape = new GradientTape();
            var batch = codes.Slice(first * length, count * length);
            var tokens = TokenBatch.Masked(batch, plan.Slice(first, count), Model.Vocabulary, seen.AsSpan(first, count));
            var (loss, accuracy) = Model.Loss(tokens, Tensor.From(batch, count, length), Model.TrainingDropout(stepSeed.For(1 + number)));
            tape.Backward(loss, weight: 1.0 / batches);
            meanLoss += loss.ItemAsDouble() / batches;
            meanAccuracy += accuracy.ItemAsDouble() / batches;
        }

        var (rate, norm) = learner.Update(meanLoss);
        return new MageStep(meanLoss, meanAccuracy, plan.MaskRate, rate, norm);
    }

    /// <summary>The class of each image as the model sees it: -1 for all if it is not conditional, and for some if it is.</summary>
    private int[] ClassesSeen(ReadOnlySpan<int> classes, int images, Seed drop)
    {
        var seen = new int[images];
        Array.Fill(seen, -1);
        if (!config.ClassConditional)
        {
            return seen;
        }

        if (classes.Length != images)
        {
            throw new ArgumentException($"a conditional model trains with the classes of its images: {images}, not {classes.Length}", nameof(classes));
        }

        for (var i = 0; i < images; i++)
        {
            seen[i] = drop.Uniform(i) < config.ClassDropout ? -1 : classes[i];
        }

        return seen;
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
