using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>The first stage of a run: the tokenizer learns to reconstruct the images.</summary>
internal sealed class TokenizerStage : ITrainingStage
{
    private readonly TokenizerConfig config;
    private readonly TokenizerTrainer trainer;
    private readonly BatchSampler sampler;
    private readonly float[] images;

    public TokenizerStage(RunConfig run, ImageSet set)
    {
        config = run.Tokenizer;
        var watched = (set.HeldOut.Count > 0 ? set.HeldOut : set.Train).First(config.Discriminator.WatchImages);
        trainer = new TokenizerTrainer(run, watched.ToFloats(0, watched.Count));
        (Steps, Batch) = (config.Training.Steps, config.Training.StepImages);
        sampler = new BatchSampler(set.Train, Batch, run.KeyOf(Draw.ImagesOfTokenizer), run.Data.Flip);
        images = new float[Batch * set.Train.ValuesPerImage];
    }

    public string Name => "tokenizer";

    public int Step => trainer.Step;

    public int Steps { get; }

    public int Batch { get; }

    public IEnumerable<string> Notes
    {
        get
        {
            yield return config.Perceptual.File is { } file
                ? $"the tokenizer's perceptual loss is that of '{file}'"
                : "the tokenizer has no perceptual loss, since tokenizer.perceptual.file names no network";
            if (config.Discriminator is { Enabled: true, Start: var start })
            {
                yield return start < Steps
                    ? $"a discriminator joins the tokenizer after step {start}"
                    : $"a discriminator would join the tokenizer after step {start}, which {Steps} steps do not reach "
                        + "(tokenizer.discriminator.start)";
            }
        }
    }

    public StepReport Train()
    {
        sampler.Fill(Step, images);
        var step = trainer.Train(images);
        return new StepReport(
            step.Loss, step.LearningRate, step.GradientNorm,
            Reconstruction: step.AbsoluteError, Codebook: step.CodebookLoss, Perplexity: step.Perplexity, UsedCodes: step.UsedCodes,
            Perceptual: step.Perceptual, Generator: step.Generator, AdaptiveWeight: step.AdaptiveWeight, Discriminator: step.Discriminator,
            Watched: step.WatchedError, Note: step.Note);
    }

    public void SaveCheckpoint(string path) => trainer.Save(path);

    public void LoadCheckpoint(string path) => trainer.Load(path);

    public void SaveWeights(string path) => ModelFile.Save(path, trainer.Model);

    public void Dispose() => trainer.Dispose();
}
