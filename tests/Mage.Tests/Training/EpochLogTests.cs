using System.Text.Json;
using Mage.Training;
using Mage.Training.Progress;

namespace Mage.Tests.Training;

/// <summary>The log of epochs, as the official code writes it.</summary>
public class EpochLogTests
{
    [Fact]
    public void EveryEpochThatHasEndedHasALine()
    {
        using var folder = new TemporaryFolder();
        var log = new EpochLog(folder["log.txt"], stepsPerEpoch: 2.5);
        foreach (var step in Enumerable.Range(1, 12))
        {
            log.Add(new MetricsRow("mage", step, new StepReport(step, step * 1e-3, 1)));
        }

        log.Write(step: 9);
        var lines = File.ReadAllLines(folder["log.txt"]);

        // Steps 1 to 3 begin in the first 2.5 steps, 4 and 5 in the next, 6 to 8 in the third; the fourth ends after step 10.
        Assert.Equal("""{"train_lr":0.002,"train_loss":2,"epoch":0}""", lines[0]);
        Assert.Equal([2, 4.5, 7], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("train_loss").GetDouble()));
        Assert.Equal([0, 1, 2], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("epoch").GetInt32()));
    }

    [Fact]
    public void BeforeTheFirstEpochEndsItIsEmpty()
    {
        using var folder = new TemporaryFolder();
        var log = new EpochLog(folder["log.txt"], stepsPerEpoch: 100);
        log.Add(new MetricsRow("mage", 1, new StepReport(1, 1, 1)));
        log.Write(step: 1);
        Assert.Empty(File.ReadAllText(folder["log.txt"]));
    }
}
