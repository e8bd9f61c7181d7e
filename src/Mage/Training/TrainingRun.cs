using Mage.Config;
using Mage.Data;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>
/// A whole run: tokenizer and MAGE, or what of them is wanted, or a classifier; evaluation, pictures. A stage whose weights are in the run folder is
/// done and not trained again, so calling it once more goes on where it was stopped.
/// </summary>
public sealed class TrainingRun(RunConfig config, RunFolder folder, ImageSet images, IRunParts parts, IProgressDisplay display)
{
    /// <summary>Does what is left to do.</summary>
    /// <param name="stop">When set, the step in hand is finished and a checkpoint written.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="UserErrorException">Something cannot be read or written.</exception>
    public RunSummary Execute(CancellationToken stop)
    {
        foreach (var stage in StageRunner.Of(config.Train))
        {
            Train(stage, stop);
        }

        RunPictures.DrawLossCurve(folder);
        stop.ThrowIfCancellationRequested();
        var summary = config.Train switch
        {
            TrainedParts.Tokenizer => CloseTokenizer(stop),
            TrainedParts.Classifier => CloseClassifier(),
            _ => Close(stop),
        };
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

    private RunSummary CloseClassifier()
    {
        using var classifier = parts.LoadClassifier(config, folder);
        display.Note("evaluating on held-out images");
        return RunEvaluation.MeasureClassifier(images, classifier);
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

    private void Train(string name, CancellationToken stop)
    {
        if (File.Exists(folder.Weights(name)))
        {
            // A process that was killed just after it wrote the weights has left it.
            File.Delete(folder.Checkpoint(name));
            display.Note($"{name} is trained");
            return;
        }

        using var stage = name switch
        {
            "tokenizer" => parts.Tokenizer(config, images),
            "classifier" => parts.Classifier(config, images),
            _ => parts.Mage(config, images, folder),
        };
        StageRunner.Run(stage, config, folder, display, stop);
    }
}
