using System.Globalization;
using Mage.Config;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>Drives a stage to its end: progress, metrics, checkpoints, and stopping on request.</summary>
public static class StageRunner
{
    /// <summary>All stages in order.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["tokenizer", "mage", "classifier"];

    /// <summary>The stages of a run in order.</summary>
    public static IReadOnlyList<string> Of(TrainedParts parts) => parts switch
    {
        TrainedParts.Tokenizer => ["tokenizer"],
        TrainedParts.Classifier => ["classifier"],
        _ => ["tokenizer", "mage"],
    };

    /// <summary>
    /// Trains until the stage's last step and writes its weights; goes on from the stage's checkpoint if there is one.
    /// When <paramref name="stop"/> is set, the step in hand is finished and a checkpoint is written.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="UserErrorException">A file cannot be read or written, or the loss is no longer a number.</exception>
    public static void Run(ITrainingStage stage, RunConfig config, RunFolder folder, IProgressDisplay display, CancellationToken stop)
    {
        var checkpoint = folder.Checkpoint(stage.Name);
        if (File.Exists(checkpoint))
        {
            Load(stage, checkpoint);
        }

        foreach (var note in stage.Notes)
        {
            display.Note(note);
        }

        var (waited, steps) = (0.0, 0);
        using (var log = new StageLog(folder, stage))
        {
            display.Run(stage.Name, stage.Step, stage.Steps, stage.Batch, report =>
            {
                while (stage.Step < stage.Steps)
                {
                    stop.ThrowIfStopped(stage, checkpoint, log);
                    var result = stage.Train();
                    (waited, steps) = result.Waiting is { } share ? (waited + share, steps + 1) : (waited, steps);
                    if (!double.IsFinite(result.Loss))
                    {
                        log.Flush();
                        throw new UserErrorException(
                            $"the loss of {stage.Name} is no longer a number at step {stage.Step}; try a smaller {stage.Name}.training.learningRate");
                    }

                    if (result.Note is { } note)
                    {
                        display.Note(note);
                    }

                    Write(log, stage, config, result);
                    if (stage.Step % config.CheckpointEvery == 0 && stage.Step < stage.Steps)
                    {
                        log.Flush();
                        stage.SaveCheckpoint(checkpoint);
                    }

                    report(stage.Step, result);
                }
            });
            log.Flush();
        }

        if (steps > 0)
        {
            display.Note(string.Create(CultureInfo.InvariantCulture, $"{stage.Name} waited for images {waited / steps:0.0%} of the time"));
        }

        stage.SaveWeights(folder.Weights(stage.Name));
        File.Delete(checkpoint);
    }

    private static void Write(StageLog log, ITrainingStage stage, RunConfig config, StepReport result)
    {
        if (stage.Step % config.LogEvery == 0 || stage.Step == 1 || stage.Step == stage.Steps || result.Watched is not null)
        {
            log.Write(result);
        }

        if (config.SampleEvery > 0 && stage.Step % config.SampleEvery == 0 && stage.Samples() is { } images)
        {
            log.Samples(RunPictures.Grid(config, images));
        }
    }

    private static void Load(ITrainingStage stage, string checkpoint)
    {
        try
        {
            stage.LoadCheckpoint(checkpoint);
        }
        catch (UserErrorException e)
        {
            throw new UserErrorException($"{e.Message}; without that file, --resume trains {stage.Name} from its beginning", e);
        }
    }

    private static void ThrowIfStopped(this CancellationToken stop, ITrainingStage stage, string checkpoint, StageLog log)
    {
        if (stop.IsCancellationRequested)
        {
            log.Flush();
            stage.SaveCheckpoint(checkpoint);
            throw new OperationCanceledException($"stopped after step {stage.Step} of {stage.Steps} of {stage.Name}", stop);
        }
    }
}
