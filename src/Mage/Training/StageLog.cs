using Mage.Images;
using Mage.Training.Progress;
using Mage.Training.TensorBoard;

namespace Mage.Training;

/// <summary>
/// All that a stage writes about its training: its rows of <c>metrics.csv</c>, its events for TensorBoard, and, where epochs are counted,
/// <c>log.txt</c>.
/// </summary>
internal sealed class StageLog : IDisposable
{
    private readonly RunFolder folder;
    private readonly ITrainingStage stage;
    private readonly MetricsLog metrics;
    private readonly EventLog events;
    private readonly EpochLog? epochs;

    /// <summary>Opens the logs of a stage that goes on from where it is; what they say of later steps is dropped.</summary>
    /// <exception cref="UserErrorException">A file cannot be read or written.</exception>
    public StageLog(RunFolder folder, ITrainingStage stage)
    {
        (this.folder, this.stage) = (folder, stage);
        metrics = MetricsLog.Open(folder.Metrics, StageRunner.Stages, stage.Name, stage.Step);
        try
        {
            epochs = stage.StepsPerEpoch is { } steps ? new EpochLog(folder.EpochLog, steps) : null;
            foreach (var row in MetricsLog.Read(folder.Metrics).Where(row => row.Stage == stage.Name))
            {
                epochs?.Add(row);
            }

            events = EventLog.Open(folder.Events(stage.Name), stage.Step);
        }
        catch
        {
            metrics.Dispose();
            throw;
        }
    }

    /// <summary>Adds what the stage's last step reports.</summary>
    /// <exception cref="UserErrorException">A file cannot be written.</exception>
    public void Write(StepReport report)
    {
        var row = new MetricsRow(stage.Name, stage.Step, report);
        metrics.Write(row);
        epochs?.Add(row);
        (string Name, double? Value)[] numbers = [.. report.Numbers, ("waiting", report.Waiting)];
        events.Scalars(stage.Step, numbers.Where(number => number.Value is not null).Select(number => (number.Name, number.Value!.Value)));
    }

    /// <summary>Adds images that the stage's model makes as it is now, also as a file of their own.</summary>
    /// <exception cref="UserErrorException">A file cannot be written.</exception>
    public void Samples(PixelImage grid)
    {
        ImageWriter.Write(folder.SamplesAt(stage.Step), grid);
        events.Picture(stage.Step, "samples", grid);
    }

    /// <summary>Brings what was added to the disk, before a checkpoint says that it was done.</summary>
    /// <exception cref="UserErrorException">A file cannot be written.</exception>
    public void Flush()
    {
        metrics.Flush();
        epochs?.Write(stage.Step);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        metrics.Dispose();
        events.Dispose();
    }
}
