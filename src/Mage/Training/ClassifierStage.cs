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

    public ClassifierStage(RunConfig config, ImageSet set)
    {
        this.config = config;
        var (training, seed) = (config.Classifier.Training, config.KeyOf(Draw.Classifier));
        model = new ImageClassifier(config.Classifier, config.Data.Channels, set.ClassNames.Count, new Initializer(seed.For(0)));
        learner = new Learner(model, training);
        (Steps, Batch) = (training.Steps, training.StepImages);
        sampler = new BatchSampler(set.Train, Batch, seed.For(1), config.Data.Flip);
        (images, labels) = (new float[Batch * set.Train.ValuesPerImage], new int[Batch]);
    }

    public string Name => "classifier";

    public int Step => learner.Step;

    public int Steps { get; }

    public int Batch { get; }

    public StepReport Train()
    {
        using var scope = new TensorScope();
        sampler.Fill(Step, images, labels);
        var (loss, accuracy) = (0.0, 0.0);
        var (batches, values) = (config.Classifier.Training.Accumulate, images.Length / Batch);
        foreach (var (_, first, count) in Batches.OfStep(Batch, batches))
        {
            using var batchScope = new TensorScope();
            using var tape = new GradientTape();
            var batch = Batches.Images(images.AsSpan(first * values, count * values), config);
            var (paid, right) = model.Loss(batch, Tensor.From(labels.AsSpan(first, count), count));
            tape.Backward(paid, 1.0 / batches);
            (loss, accuracy) = (loss + (paid.ItemAsDouble() / batches), accuracy + (right.ItemAsDouble() / batches));
        }

        var (rate, norm) = learner.Update(loss);
        return new StepReport(loss, rate, norm, Accuracy: accuracy);
    }

    public void SaveCheckpoint(string path) => learner.Save(path, NothingElse);

    public void LoadCheckpoint(string path) => learner.Load(path, NothingElse);

    public void SaveWeights(string path) => ModelFile.Save(path, model);

    public void Dispose() => learner.Dispose();
}
