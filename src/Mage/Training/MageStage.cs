using System.Diagnostics;
using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Tokenizer;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>The second stage of a run: MAGE learns to guess masked tokens.</summary>
internal sealed class MageStage : ITrainingStage
{
    private readonly RunConfig config;
    private readonly MageTrainer trainer;
    private readonly ImageSet images;
    private readonly VectorQuantizedAutoencoder tokenizer;
    private readonly ITokenSource source;
    private readonly string averagePath;

    /// <param name="config">The run's settings.</param>
    /// <param name="images">The images.</param>
    /// <param name="tokenizer">What makes tokens of them; the stage disposes of it.</param>
    /// <param name="averagePath">Where the average of the weights is written, if one is kept.</param>
    public MageStage(RunConfig config, ImageSet images, VectorQuantizedAutoencoder tokenizer, string averagePath)
    {
        (this.config, this.images, this.tokenizer, this.averagePath) = (config, images, tokenizer, averagePath);
        trainer = new MageTrainer(config);
        var sampler = new BatchSampler(images.Train, Batch, config.KeyOf(Draw.ImagesOfMage), config.Data.Flip);
        source = config.Data.Tokens is { } path
            ? new FiledTokens(
                Tokenization.Open(path, config, images, Fingerprints.Of(tokenizer)), images.Train.Labels, sampler,
                config.KeyOf(Draw.ViewsOfFile), config.Mage.Contrast.Kind == ContrastKind.Views)
            : config.Data.Crop == CropKind.None
            ? new CachedTokens(config, images.Train, tokenizer, sampler)
            : new FreshTokens(config, images.Train, tokenizer, sampler);
    }

    public string Name => "mage";

    public int Step => trainer.Step;

    public int Steps => config.Mage.Training.Steps;

    public int Batch => config.Mage.Training.StepImages;

    public double? StepsPerEpoch => images.Train.Count / (double)Batch;

    public IEnumerable<string> Notes => config.Data.Tokens is { } path
        ? [$"mage trains on the views in '{path}', which data.crop and data.flip do not change any more"]
        : [];

    public StepReport Train()
    {
        var start = Stopwatch.GetTimestamp();
        var tokens = source.Of(Step);
        var step = trainer.Train(tokens.Codes, tokens.Classes, tokens.OtherView);
        return new StepReport(
            step.Loss, step.LearningRate, step.GradientNorm, Accuracy: step.Accuracy, Contrast: step.Contrast,
            Waiting: tokens.Waited / Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Samples of the average of the weights, if there is one, because that is what the run will generate with.</summary>
    public float[] Samples()
        => RunPictures.DrawSamples(config, images.ClassNames.Count, new TrainedModels(config, tokenizer, trainer.Average ?? trainer.Model));

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

    public void Dispose()
    {
        (source as IDisposable)?.Dispose();
        trainer.Dispose();
        tokenizer.Dispose();
    }
}
