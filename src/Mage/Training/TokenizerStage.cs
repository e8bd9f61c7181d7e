using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>The first stage of a run: the tokenizer learns to reconstruct the images.</summary>
internal sealed class TokenizerStage : ITrainingStage
{
    private readonly TokenizerTrainer trainer;
    private readonly BatchSampler sampler;
    private readonly float[] images;

    public TokenizerStage(RunConfig config, ImagePart part)
    {
        trainer = new TokenizerTrainer(config);
        (Steps, Batch) = (config.Tokenizer.Training.Steps, config.Tokenizer.Training.StepImages);
        sampler = new BatchSampler(part, Batch, new Seed(config.Seed).For(3), config.Data.Flip);
        images = new float[Batch * part.ValuesPerImage];
    }

    public string Name => "tokenizer";

    public int Step => trainer.Step;

    public int Steps { get; }

    public int Batch { get; }

    public StepReport Train()
    {
        sampler.Fill(Step, images);
        var step = trainer.Train(images);
        return new StepReport(
            step.Loss, step.LearningRate, step.GradientNorm,
            Reconstruction: step.AbsoluteError, Codebook: step.CodebookLoss, Perplexity: step.Perplexity);
    }

    public void SaveCheckpoint(string path) => trainer.Save(path);

    public void LoadCheckpoint(string path) => trainer.Load(path);

    public void SaveWeights(string path) => ModelFile.Save(path, trainer.Model);

    public void Dispose() => trainer.Dispose();
}
