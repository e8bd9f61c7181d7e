using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Tokenizer;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>
/// The second stage of a run: MAGE learns to guess masked tokens. The tokenizer does not change any more, so all images are tokenized
/// once, before the first step; so are their mirror images, if some are mirrored.
/// </summary>
internal sealed class MageStage : ITrainingStage
{
    private readonly MageTrainer trainer;
    private readonly BatchSampler sampler;
    private readonly int[] codes;
    private readonly int[] mirroredCodes;
    private readonly int[] batch;
    private readonly int[] labels;
    private readonly int[] classes;
    private readonly string averagePath;

    /// <param name="config">The run's settings.</param>
    /// <param name="part">The images.</param>
    /// <param name="tokenizer">What makes tokens of them.</param>
    /// <param name="averagePath">Where the average of the weights is written, if one is kept.</param>
    public MageStage(RunConfig config, ImagePart part, VectorQuantizedAutoencoder tokenizer, string averagePath)
    {
        this.averagePath = averagePath;
        trainer = new MageTrainer(config);
        (Steps, Batch) = (config.Mage.Training.Steps, config.Mage.Training.StepImages);
        sampler = new BatchSampler(part, Batch, new Seed(config.Seed).For(4), config.Data.Flip);
        codes = Tokenize(config, part, tokenizer, mirror: false);
        mirroredCodes = config.Data.Flip ? Tokenize(config, part, tokenizer, mirror: true) : [];
        batch = new int[Batch * config.Tokens];
        labels = part.Labels;
        classes = new int[Batch];
    }

    public string Name => "mage";

    public int Step => trainer.Step;

    public int Steps { get; }

    public int Batch { get; }

    public StepReport Train()
    {
        var (indices, mirrored) = (new int[Batch], new bool[Batch]);
        sampler.Choose(Step, indices, mirrored);
        var tokens = trainer.Model.Tokens;
        for (var i = 0; i < Batch; i++)
        {
            (mirrored[i] ? mirroredCodes : codes).AsSpan(indices[i] * tokens, tokens).CopyTo(batch.AsSpan(i * tokens, tokens));
            classes[i] = labels[indices[i]];
        }

        var step = trainer.Train(batch, classes);
        return new StepReport(step.Loss, step.LearningRate, step.GradientNorm, Accuracy: step.Accuracy, Contrast: step.Contrast);
    }

    public void SaveCheckpoint(string path) => trainer.Save(path);

    public void LoadCheckpoint(string path) => trainer.Load(path);

    public void SaveWeights(string path)
    {
        if (trainer.Average is { } average)
        {
            ModelFile.Save(averagePath, average);
        }

        // Last, because whoever finds it takes the stage for done.
        ModelFile.Save(path, trainer.Model);
    }

    public void Dispose() => trainer.Dispose();

    private static int[] Tokenize(RunConfig config, ImagePart part, VectorQuantizedAutoencoder tokenizer, bool mirror)
    {
        var codes = new int[part.Count * config.Tokens];
        Batches.Each(part.Count, config.Evaluation.Batch, (start, count) =>
        {
            var pixels = new float[count * part.ValuesPerImage];
            for (var i = 0; i < count; i++)
            {
                part.CopyTo(start + i, pixels.AsSpan(i * part.ValuesPerImage, part.ValuesPerImage), mirror);
            }

            tokenizer.Tokenize(Batches.Images(pixels, config)).ToArray<int>().CopyTo(codes, start * config.Tokens);
        });
        return codes;
    }
}
