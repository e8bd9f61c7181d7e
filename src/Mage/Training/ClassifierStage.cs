using Mage.Checkpoints;
using Mage.Classification;
using Mage.Config;
using Mage.Data;
using Mage.Training.Progress;
using MageDsl;

namespace Mage.Training;

/// <summary>The only stage of a classifier's run: it learns the classes of the images.</summary>
internal sealed class ClassifierStage : ITrainingStage
{
    private static readonly Dictionary<string, Tensor> NothingElse = [];

    private readonly RunConfig config;
    private readonly ImageClassifier model;
    private readonly Learner learner;
    private readonly BatchSampler sampler;
    private readonly float[] images;
    private readonly int[] labels;
    private readonly int classes;
    private readonly Seed mixing;

    public ClassifierStage(RunConfig config, ImageSet set)
    {
        this.config = config;
        var (training, seed) = (config.Classifier.Training, config.KeyOf(Draw.Classifier));
        model = new ImageClassifier(config.Classifier, config.Data.Channels, set.ClassNames.Count, new Initializer(seed.For(0)));
        learner = new Learner(model, training);
        (Steps, Batch) = (training.Steps, training.StepImages);
        sampler = new BatchSampler(set.Train, Batch, seed.For(1), config.Data.Flip);
        (images, labels) = (new float[Batch * set.Train.ValuesPerImage], new int[Batch]);
        (classes, mixing) = (set.ClassNames.Count, seed.For(2));
    }

    public string Name => "classifier";

    public int Step => learner.Step;

    public int Steps { get; }

    public int Batch { get; }

    public StepReport Train()
    {
        using var scope = new TensorScope();
        sampler.Fill(Step, images, labels);
        var targets = config.Classifier.HasSoftTargets ? Mix() : null;
        var (loss, accuracy) = (0.0, 0.0);
        var (batches, values) = (config.Classifier.Training.Accumulate, images.Length / Batch);
        foreach (var (_, first, count) in Batches.OfStep(Batch, batches))
        {
            using var batchScope = new TensorScope();
            using var tape = new GradientTape();
            var batch = Batches.Images(images.AsSpan(first * values, count * values), config);
            var (paid, right) = targets is null
                ? model.Loss(batch, Tensor.From(labels.AsSpan(first, count), count))
                : model.SoftLoss(batch, Tensor.From(targets.AsSpan(first * classes, count * classes), count, classes));
            tape.Backward(paid, 1.0 / batches);
            (loss, accuracy) = (loss + (paid.ItemAsDouble() / batches), accuracy + (right.ItemAsDouble() / batches));
        }

        var (rate, norm) = learner.Update(loss);
        return new StepReport(loss, rate, norm, Accuracy: accuracy);
    }

    /// <summary>Mixes the images of the step, and says what they should be taken for now.</summary>
    private float[] Mix()
    {
        var (settings, size) = (config.Classifier, config.Data.ImageSize);
        var mixed = ImageMixing.Draw(settings.Mixup, settings.Cutmix, size, mixing.For(Step));
        mixed.Apply(images, Batch, size);
        return mixed.Targets(labels, classes, settings.LabelSmoothing);
    }

    public void SaveCheckpoint(string path) => learner.Save(path, NothingElse);

    public void LoadCheckpoint(string path) => learner.Load(path, NothingElse);

    public void SaveWeights(string path) => ModelFile.Save(path, model);

    public void Dispose() => learner.Dispose();
}
