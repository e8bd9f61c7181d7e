using Mage.Training;
using Mage.Training.Progress;
using Xunit;

namespace Mage.Tests.Training;

public class RunFolderTests
{
    private static readonly string[] Stages = ["tokenizer", "mage"];

    [Fact]
    public void ANewFolderIsMadeAndAnEmptyOneTaken()
    {
        using var folder = new TemporaryFolder();
        RunFolder.Create(folder["a", "b"]);
        Assert.Empty(Directory.GetFileSystemEntries(RunFolder.Create(folder["a", "b"]).Path));
    }

    [Fact]
    public void AFolderWithAnythingInItIsLeftAlone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("x", [1]);
        Assert.DoesNotContain("--resume", Assert.Throws<UserErrorException>(() => RunFolder.Create(folder.Path)).Message);
        Assert.Equal([1], File.ReadAllBytes(folder["x"]));
        folder.Write("config.json", [1]);
        Assert.Contains("--resume", Assert.Throws<UserErrorException>(() => RunFolder.Create(folder.Path)).Message);
        Assert.Throws<UserErrorException>(() => RunFolder.Create(folder["x"]));
        Assert.Throws<UserErrorException>(() => RunFolder.Create(folder["x", "below a file"]));
    }

    [Fact]
    public void WhatAKilledProcessLeftBeforeItsRunBeganIsNothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".lock", []);
        folder.Write(".lock-holder", [1]);
        folder.Write("config.json.7-00000000.part", [1]);
        RunFolder.Create(folder.Path);
        folder.Write("photo.png.7-00000000.part", [1]);
        Assert.Throws<UserErrorException>(() => RunFolder.Create(folder.Path));
    }

    [Fact]
    public void OnlyAFolderWithAConfigIsOpened()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => RunFolder.Open(folder["no"])).Message);
        Assert.Contains("no run folder", Assert.Throws<UserErrorException>(() => RunFolder.Open(folder.Path)).Message);
        folder.Write("config.json", "{}"u8.ToArray());
        Assert.Equal(folder.Path, RunFolder.Open(folder.Path).Path);
    }

    [Fact]
    public void TheNewestRunIsFound()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(RunFolder.Newest(folder.Path));
        Assert.Null(RunFolder.Newest(folder["no"]));
        var path = folder.Write(Path.Combine("b", "config.json"), [1]);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        folder.Write(Path.Combine("a", "config.json"), [1]);
        folder.Write(Path.Combine("c", "other"), [1]);
        Assert.Equal(folder["a"], RunFolder.Newest(folder.Path)!.Path);
    }

    [Fact]
    public void TheRunOfAClassifierIsNoRunToGenerateFrom()
    {
        using var folder = new TemporaryFolder();
        folder.Write(Path.Combine("run", "config.json"), "{}"u8.ToArray());
        Assert.Equal(folder["run"], RunFolder.Newest(folder.Path)!.Path);
        folder.Write(Path.Combine("classifier", "config.json"), "{ \"train\": \"classifier\" }"u8.ToArray());
        File.SetLastWriteTimeUtc(folder["classifier", "config.json"], DateTime.UtcNow.AddHours(1));
        Assert.Equal(folder["run"], RunFolder.Newest(folder.Path)!.Path);
        var run = RunFolder.Open(folder["classifier"]);
        Assert.Contains("has a classifier alone", Assert.Throws<UserErrorException>(() => run.RequireFinished(Mage.Config.TrainedParts.All)).Message);
        Assert.Contains(
            "has no classifier",
            Assert.Throws<UserErrorException>(() => RunFolder.Open(folder["run"]).RequireFinished(Mage.Config.TrainedParts.Classifier)).Message);
    }

    [Fact]
    public void MetricsAreWrittenAndReadExactly()
    {
        using var folder = new TemporaryFolder();
        var path = folder["metrics.csv"];
        var rows = new[]
        {
            new MetricsRow("tokenizer", 1, new StepReport(1.0 / 3, 1e-7, 2, 0.1, 0.2, 17.5)),
            new MetricsRow("mage", 2, new StepReport(5e300, 0, 0, Accuracy: 0.125)),
        };
        foreach (var row in rows)
        {
            using var log = MetricsLog.Open(path, Stages, row.Stage, row.Step - 1);
            log.Write(row);
        }

        Assert.Equal(rows, MetricsLog.Read(path));
        Assert.Equal(3, File.ReadAllLines(path).Length);
    }

    [Fact]
    public void GoingOnDropsLaterRowsAndLaterStages()
    {
        using var folder = new TemporaryFolder();
        var path = folder["metrics.csv"];
        using (var log = MetricsLog.Open(path, Stages, "tokenizer", 0))
        {
            for (var step = 1; step <= 5; step++)
            {
                log.Write(new MetricsRow("tokenizer", step, new StepReport(step, 0, 0)));
            }

            log.Write(new MetricsRow("mage", 1, new StepReport(1, 0, 0)));
        }

        File.AppendAllText(path, "mage,2,0."); // cut off in the middle of a row
        MetricsLog.Open(path, Stages, "mage", 1).Dispose();
        Assert.Equal(6, MetricsLog.Read(path).Count);
        MetricsLog.Open(path, Stages, "tokenizer", 3).Dispose();
        Assert.Equal([1, 2, 3], MetricsLog.Read(path).Select(row => row.Step));
    }

    [Fact]
    public void ARowIsThereAsSoonAsItIsWritten()
    {
        using var folder = new TemporaryFolder();
        using var log = MetricsLog.Open(folder["metrics.csv"], Stages, "mage", 0);
        log.Write(new MetricsRow("mage", 1, new StepReport(1, 0, 0)));
        Assert.Single(MetricsLog.Read(folder["metrics.csv"]));
    }

    [Fact]
    public void OtherFilesAreNotTakenForMetrics()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<UserErrorException>(() => MetricsLog.Read(folder.Write("x", "a,b\n1,2\n"u8.ToArray())));

        // Of a version before the last columns.
        const string Old = "stage,step,loss,learning_rate,gradient_norm,reconstruction,codebook,perplexity,accuracy\nmage,3,1.5,0.1,2,,,,0.25\n";
        var row = Assert.Single(MetricsLog.Read(folder.Write("y", System.Text.Encoding.UTF8.GetBytes(Old))));
        Assert.Equal(new MetricsRow("mage", 3, new StepReport(1.5, 0.1, 2, Accuracy: 0.25)), row);
        Assert.Empty(MetricsLog.Read(folder["missing"]));
        Assert.Empty(MetricsLog.Read(folder.Write("empty", [])));
    }
}
