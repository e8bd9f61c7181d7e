using Mage.Config;
using Mage.Model;
using MageDsl;

namespace Mage.Training;

/// <summary>What one step of MAGE training did.</summary>
/// <param name="Loss">
/// What was minimised: cross-entropy of the masked tokens with label smoothing, in nats, and the contrastive loss times its weight, if there is one.
/// </param>
/// <param name="Accuracy">Share of masked tokens that the model guessed right.</param>
/// <param name="MaskRate">Share of tokens that were masked.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
/// <param name="Contrast">The contrastive loss, not weighted, in nats; null where there is none.</param>
public readonly record struct MageStep(
    double Loss, double Accuracy, double MaskRate, double LearningRate, double GradientNorm, double? Contrast = null);

/// <summary>
/// Trains MAGE: mask some tokens of each image, guess them. Every random number depends only on the run's seed and the step, so training
/// goes on from a checkpoint as if it had never stopped.
/// </summary>
public sealed class MageTrainer : IDisposable
{
    private readonly Seed seed;
    private readonly Learner learner;
    private readonly MageObjective objective;
    private readonly WeightAverage? averaging;
    private readonly MageConfig config;

    /// <summary>A trainer with a new model.</summary>
    /// <exception cref="UserErrorException">mage.training.noDecay names a parameter that the model does not have.</exception>
    public MageTrainer(RunConfig run)
    {
        seed = run.KeyOf(Draw.Mage);
        config = run.Mage with { };
        Model = MaskedGenerativeEncoder.Create(run, new Initializer(seed.For(-1)));
        var training = run.Mage.Training;
        var (depth, layerDecay) = (config.Depth, training.LayerDecay);
        learner = new Learner(
            Model, training, withoutDecay: ParameterGroups.WithoutDecay(Model, training),
            rateScale: layerDecay < 1 ? parameter => ParameterGroups.Scale(parameter.Name, depth, layerDecay) : null);
        if (training.EmaDecay > 0)
        {
            Average = MaskedGenerativeEncoder.Create(run, Initializer.ForLoading());
            averaging = new WeightAverage(Model, Average, training.EmaDecay);
        }

        objective = new MageObjective(Model, Average, config.Contrast.Weight);
    }

    /// <summary>The model.</summary>
    public MaskedGenerativeEncoder Model { get; }

    /// <summary>The moving average of its weights; null where none is kept.</summary>
    public MaskedGenerativeEncoder? Average { get; }

    /// <summary>Steps done so far.</summary>
    public int Step => learner.Step;

    /// <summary>One training step.</summary>
    /// <param name="codes">The tokens of the step's images, row by row.</param>
    /// <param name="classes">The class of each image, if the model is conditional; else they are not looked at.</param>
    /// <param name="otherView">The tokens of another view of each image, if views are told from each other; else they are not looked at.</param>
    /// <exception cref="ArgumentException">
    /// They do not make whole images, or not batches of equal size, or there are not as many classes or other views as images where they are needed.
    /// </exception>
    /// <exception cref="UserErrorException">The loss is no longer a finite number.</exception>
    public MageStep Train(ReadOnlySpan<int> codes, ReadOnlySpan<int> classes = default, ReadOnlySpan<int> otherView = default)
    {
        var (stepSeed, length) = (seed.For(Step), Model.Tokens);
        if (codes.Length % length != 0)
        {
            throw new ArgumentException($"{codes.Length} tokens are no whole number of images of {length}", nameof(codes));
        }

        var hasViews = config.Contrast.Kind == ContrastKind.Views;
        if (hasViews && otherView.Length != codes.Length)
        {
            throw new ArgumentException($"{codes.Length} tokens need as many of another view, not {otherView.Length}", nameof(otherView));
        }

        var plan = MaskPlan.Draw(codes.Length / length, length, Model.MaskRates, stepSeed.For(0));
        var otherPlan = hasViews ? MaskPlan.Draw(plan.Batch, length, Model.MaskRates, stepSeed.For(-2)) : null;
        var seen = ClassesSeen(classes, plan.Batch, stepSeed.For(-1));
        var (meanLoss, meanAccuracy, meanContrast) = (0.0, 0.0, 0.0);
        var batches = config.Training.Accumulate;
        foreach (var (number, first, count) in Batches.OfStep(plan.Batch, batches))
        {
            using var scope = new TensorScope();
            using var tape = new GradientTape();
            var dropout = Model.TrainingDropout(stepSeed.For(1 + number));
            var view = View(codes, plan, dropout);
            var losses = config.Contrast.Kind switch
            {
                ContrastKind.Views => objective.Of(view, View(otherView, otherPlan!, dropout.For(-1))),
                ContrastKind.Echo => objective.OfEcho(view),
                _ => objective.Of(view),
            };
            tape.Backward(losses.Total, weight: 1.0 / batches);
            meanLoss += losses.Total.ItemAsDouble() / batches;
            meanAccuracy += losses.Accuracy.ItemAsDouble() / batches;
            meanContrast += (losses.Contrast?.ItemAsDouble() ?? 0) / batches;

            MaskedView View(ReadOnlySpan<int> of, MaskPlan masks, Dropout dropped) => new(
                of.Slice(first * length, count * length).ToArray(), masks.Slice(first, count), seen[first..(first + count)], dropped);
        }

        var (rate, norm) = learner.Update(meanLoss);
        averaging?.Update(Step);
        return new MageStep(meanLoss, meanAccuracy, plan.MaskRate, rate, norm, Model.Contrast is null ? null : meanContrast);
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
            throw new ArgumentException(
                $"a conditional model trains with the classes of its images: {images}, not {classes.Length}", nameof(classes));
        }

        for (var i = 0; i < images; i++)
        {
            seen[i] = drop.Uniform(i) < config.ClassDropout ? -1 : classes[i];
        }

        return seen;
    }

    /// <summary>Writes everything that <see cref="Load"/> needs to go on exactly here.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Save(string path) => learner.Save(path, Extra);

    /// <summary>Goes on from a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is of another model.</exception>
    public void Load(string path) => learner.Load(path, Extra);

    /// <summary>Gives the memory of the model and of its training back.</summary>
    public void Dispose()
    {
        averaging?.Dispose();
        learner.Dispose();
    }

    private IReadOnlyDictionary<string, Tensor> Extra => averaging?.State ?? new Dictionary<string, Tensor>();
}
