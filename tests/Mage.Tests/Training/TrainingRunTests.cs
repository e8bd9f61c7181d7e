using Mage.Config;
using Mage.Data;
using Mage.Images;
using Mage.Training;
using Mage.Training.Progress;
using Xunit;

namespace Mage.Tests.Training;

public class TrainingRunTests
{
    [Fact]
    public void ARunLeavesEverything()
    {
        using var temporary = new TemporaryFolder();
        var folder = RunFolder.Create(temporary["run"]);
        var display = new QuietProgress();
        var summary = new TrainingRun(Config(), folder, Images(), new FakeParts(), display).Execute(CancellationToken.None);

        foreach (var path in new[] { folder.Weights("tokenizer"), folder.Weights("mage"), folder.Metrics, folder.Summary })
        {
            Assert.True(File.Exists(path), path);
        }

        Assert.False(File.Exists(folder.Checkpoint("tokenizer")));
        var samples = ImageReader.Read(folder.Samples);
        Assert.Equal((8 * 98) + 2, samples.Width);
        Assert.Equal((8 * 98) + 2, samples.Height);
        Assert.Equal((4 * 2 * 98) + 2, ImageReader.Read(folder.Reconstructions).Height);
        Assert.Equal((4 * 3 * 98) + 2, ImageReader.Read(folder.Inpainting).Height);
        Assert.Equal(1280, ImageReader.Read(folder.LossCurve).Width);
        Assert.Contains("tokenizer 20", display.Lines);
        Assert.Equal(64, summary.HeldOutImages);
        Assert.True(summary.ReconstructionPsnr > 15);
        Assert.Equal(0.25, summary.MaskedTokenAccuracy);
        Assert.Equal(new ProbePair(1, 1), summary.LinearProbe);
        Assert.Equal(new ProbePair(1, 1), summary.NearestNeighbors);
        Assert.Contains("\"linearProbe\"", File.ReadAllText(folder.Summary));
    }

    [Fact]
    public void InpaintingShowsOriginalHiddenAndCompleted()
    {
        using var temporary = new TemporaryFolder();
        var folder = RunFolder.Create(temporary["run"]);
        var run = new TrainingRun(Config(), folder, Images(), new FakeParts(), new QuietProgress());
        run.Execute(CancellationToken.None);
        var picture = ImageReader.Read(folder.Inpainting);

        // The middle of the first image is hidden, the lower half of the second.
        Assert.Equal(127, picture[50, 98 + 50][0]);
        Assert.NotEqual(127, picture[5, 98 + 5][0]);
        Assert.Equal(127, picture[98 + 5, 98 + 90][0]);
        Assert.NotEqual(127, picture[98 + 5, 98 + 5][0]);
        Assert.Equal(255 / 31, picture[50, 196 + 50][0]); // completed with code 1 of 32
    }

    [Theory]
    [InlineData("tokenizer", 0)]
    [InlineData("tokenizer", 7)]
    [InlineData("tokenizer", 10)]
    [InlineData("mage", 13)]
    [InlineData("mage", 18)]
    public void AStoppedRunEndsLikeOneThatWasNot(string stage, int step)
    {
        using var temporary = new TemporaryFolder();
        var whole = RunFolder.Create(temporary["whole"]);
        new TrainingRun(Config(), whole, Images(), new FakeParts(), new QuietProgress()).Execute(CancellationToken.None);

        var folder = RunFolder.Create(temporary["stopped"]);
        using var stop = new CancellationTokenSource();
        var parts = new FakeParts { BeforeStep = (name, done) => CancelWhen(name == stage && done == step, stop) };
        var e = Assert.Throws<OperationCanceledException>(
            () => new TrainingRun(Config(), folder, Images(), parts, new QuietProgress()).Execute(stop.Token));
        Assert.Contains($"step {step + 1} of 20 of {stage}", e.Message);
        Assert.True(File.Exists(folder.Checkpoint(stage)));

        var display = new QuietProgress();
        new TrainingRun(Config(), folder, Images(), new FakeParts(), display).Execute(CancellationToken.None);
        Assert.Contains($"{stage} from {step + 1} to 20", display.Lines);
        foreach (var path in new[] { whole.Weights("tokenizer"), whole.Weights("mage"), whole.Metrics, whole.LossCurve, whole.Summary })
        {
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(folder.Path, Path.GetFileName(path))));
        }
    }

    [Fact]
    public void ACrashGoesOnFromTheLastCheckpointAndRewritesItsRows()
    {
        using var temporary = new TemporaryFolder();
        var whole = RunFolder.Create(temporary["whole"]);
        new TrainingRun(Config(), whole, Images(), new FakeParts(), new QuietProgress()).Execute(CancellationToken.None);

        var folder = RunFolder.Create(temporary["crashed"]);
        var parts = new FakeParts { BeforeStep = (name, done) => CrashWhen(name == "mage" && done == 17) };
        Assert.Throws<InvalidOperationException>(
            () => new TrainingRun(Config(), folder, Images(), parts, new QuietProgress()).Execute(CancellationToken.None));

        var display = new QuietProgress();
        new TrainingRun(Config(), folder, Images(), new FakeParts(), display).Execute(CancellationToken.None);
        Assert.Contains("mage from 10 to 20", display.Lines);
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(folder.Metrics));
    }

    [Fact]
    public void WhatIsTrainedIsNotTrainedAgain()
    {
        using var temporary = new TemporaryFolder();
        var folder = RunFolder.Create(temporary["run"]);
        new TrainingRun(Config(), folder, Images(), new FakeParts(), new QuietProgress()).Execute(CancellationToken.None);
        var again = new FakeParts();
        new TrainingRun(Config(), folder, Images(), again, new QuietProgress()).Execute(CancellationToken.None);
        Assert.Empty(again.Made);
    }

    [Fact]
    public void ALossThatIsNoNumberEndsTheRun()
    {
        using var temporary = new TemporaryFolder();
        var folder = RunFolder.Create(temporary["run"]);
        var config = Config();
        using var stage = new Diverging();
        var e = Assert.Throws<UserErrorException>(
            () => StageRunner.Run(stage, config, folder, new QuietProgress(), CancellationToken.None));
        Assert.Contains("no longer a number at step 3", e.Message);
        Assert.False(File.Exists(folder.Weights("mage")));
    }

    private static void CancelWhen(bool now, CancellationTokenSource stop)
    {
        if (now)
        {
            stop.Cancel();
        }
    }

    private static void CrashWhen(bool now)
    {
        if (now)
        {
            throw new InvalidOperationException("crash");
        }
    }

    private static RunConfig Config() => Presets.Get("tiny");

    /// <summary>Two classes, bright on the left and bright on the right.</summary>
    private static ImageSet Images() => new("here", ["left", "right"], Part(100, 1), Part(64, 2));

    private static ImagePart Part(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * 256];
        for (var i = 0; i < pixels.Length; i++)
        {
            var bright = (i / 256 % 2 == 0) == (i % 16 < 8);
            pixels[i] = (byte)((bright ? 128 : 0) + random.Next(100));
        }

        return new ImagePart(1, 16, [.. pixels.Chunk(256)], [.. Enumerable.Range(0, count).Select(i => i % 2)]);
    }

    private sealed class Diverging : ITrainingStage
    {
        public string Name => "mage";

        public int Step { get; private set; }

        public int Steps => 10;

        public int Batch => 1;

        public StepReport Train() => new(++Step < 3 ? 1 : double.NaN, 1, 1);

        public void SaveCheckpoint(string path) => File.WriteAllText(path, "");

        public void LoadCheckpoint(string path) => throw new NotSupportedException();

        public void SaveWeights(string path) => File.WriteAllText(path, "");

        public void Dispose()
        {
        }
    }
}
