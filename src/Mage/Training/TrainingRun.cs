using Mage.Config;
using Mage.Data;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>
/// A whole run: tokenizer, MAGE if it is wanted, evaluation, pictures. A stage whose weights are in the run folder is done and not
/// trained again, so calling it once more goes on where it was stopped.
/// </summary>
public sealed class TrainingRun(RunConfig config, RunFolder folder, ImageSet images, IRunParts parts, IProgressDisplay display)
{
    /// <summary>Does what is left to do.</summary>
    /// <param name="stop">When set, the step in hand is finished and a checkpoint written.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="UserErrorException">Something cannot be read or written.</exception>
    public RunSummary Execute(CancellationToken stop)
    {
        Train("tokenizer", () => parts.Tokenizer(config, images), stop);
        if (config.Train != TrainedParts.Tokenizer)
        {
            Train("mage", () => parts.Mage(config, images, folder), stop);
        }

        RunPictures.DrawLossCurve(folder);
        stop.ThrowIfCancellationRequested();
        var summary = config.Train == TrainedParts.Tokenizer ? CloseTokenizer(stop) : Close(stop);
        AtomicFile.WriteText(folder.Summary, summary.ToJson() + "\n");
        return summary;
    }

    private RunSummary CloseTokenizer(CancellationToken stop)
    {
        using var tokenizer = parts.LoadTokenizer(config, folder);
        display.Note("drawing reconstructions");
        RunPictures.DrawReconstructions(config, images, tokenizer, folder);
        stop.ThrowIfCancellationRequested();
        display.Note("evaluating on held-out images");
        return RunEvaluation.MeasureTokenizer(config, images, tokenizer);
    }

    private RunSummary Close(CancellationToken stop)
    {
        using var models = parts.Load(config, folder);
        display.Note("drawing reconstructions, samples and inpainting");
        if (RunPictures.Draw(config, images, models, folder) is { } missing)
        {
            display.Note(missing);
        }

        stop.ThrowIfCancellationRequested();
        display.Note("evaluating on held-out images");
        return RunEvaluation.Measure(config, images, models);
    }

    private void Train(string name, Func<ITrainingStage> make, CancellationToken stop)
    {
        if (File.Exists(folder.Weights(name)))
        {
            // A process that was killed just after it wrote the weights has left it.
            File.Delete(folder.Checkpoint(name));
            display.Note($"{name} is trained");
            return;
        }

        using var stage = make();
        StageRunner.Run(stage, config, folder, display, stop);
    }
}
