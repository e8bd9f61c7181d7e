using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Tests.Perceptual;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;
using MageDsl.Layers;

namespace Mage.Tests.Training;

/// <summary>The tokenizer's stage in a run folder, with what it is trained by.</summary>
public class TokenizerStageTests
{
    [Fact]
    public void WhatItIsTrainedByIsSaidAndMeasured()
    {
        using var temporary = new TemporaryFolder();
        var config = AdversarialTrainerTests.Adversarial();
        config.LogEvery = 10;
        var (folder, lines) = Run(temporary, config);
        Assert.Contains("the tokenizer has no perceptual loss, since tokenizer.perceptual.file names no network", lines);
        Assert.Contains("a discriminator joins the tokenizer after step 8", lines);
        var rows = MetricsLog.Read(folder.Metrics).ToDictionary(row => row.Step, row => row.Report);

        // Every tenth step, the first and the last, and those that look at held-out images.
        Assert.Equal([1, 8, 10, 12, 16, 20], rows.Keys);
        Assert.All(rows, row => Assert.Equal(row.Key is not 1 and not 10, row.Value.Watched > 0));
        Assert.All(rows, row => Assert.Equal(row.Key > 8, row.Value is { Discriminator: > 0, AdaptiveWeight: > 0, Generator: not null }));
        Assert.All(rows.Values, row => Assert.True(row is { UsedCodes: > 0, Perceptual: null }));
    }

    [Fact]
    public void ADiscriminatorThatWouldNeverJoinIsSaid()
    {
        using var temporary = new TemporaryFolder();
        var config = AdversarialTrainerTests.Adversarial();
        config.Tokenizer.Training.Steps = 8;
        var (folder, lines) = Run(temporary, config);
        Assert.Contains(
            "a discriminator would join the tokenizer after step 8, which 8 steps do not reach (tokenizer.discriminator.start)", lines);
        Assert.All(MetricsLog.Read(folder.Metrics), row => Assert.Null(row.Report.Watched));
    }

    [Fact]
    public void APerceptualNetworkIsNamedAndMeasured()
    {
        using var temporary = new TemporaryFolder();
        var config = TinyRuns.Config(3);
        config.Tokenizer.Perceptual.File = ResNetTests.File;
        var (folder, lines) = Run(temporary, config);
        Assert.Contains($"the tokenizer's perceptual loss is that of '{ResNetTests.File}'", lines);
        Assert.All(MetricsLog.Read(folder.Metrics), row => Assert.InRange(row.Report.Perceptual!.Value, 1e-3, 4));
    }

    [Fact]
    public void ANetworkThatCannotBeReadLeavesOneLine()
    {
        var config = TinyRuns.Config(3);
        config.Tokenizer.Perceptual.File = "/no/such/network.onnx";
        Assert.Contains("/no/such/network.onnx", Assert.Throws<UserErrorException>(() => new TokenizerStage(config, Images())).Message);
    }

    /// <summary>With no tolerance, and a discriminator that has all the say, the last looks are bad and the best weights come back.</summary>
    [Fact]
    public void TrainingThatDegradesEndsWithTheBestWeights()
    {
        using var temporary = new TemporaryFolder();
        var config = AdversarialTrainerTests.Adversarial();
        (config.Tokenizer.Discriminator.Weight, config.Tokenizer.Discriminator.WatchTolerance) = (1e4f, 0);
        (config.Tokenizer.Discriminator.WatchEvery, config.Tokenizer.Discriminator.WatchPatience) = (1, 2);
        var (folder, lines) = Run(temporary, config);
        Assert.Contains(lines, line => line.EndsWith("went back to those weights", StringComparison.Ordinal));
        double[] errors = [.. MetricsLog.Read(folder.Metrics).Select(row => row.Report.Watched).OfType<double>()];
        Assert.True(errors.Min() < errors[^1]);

        using var model = new VectorQuantizedAutoencoder(config.Tokenizer, 1, new Initializer(1));
        ModelFile.Load(folder.Weights("tokenizer"), model);
        var watched = Images().HeldOut.First(config.Tokenizer.Discriminator.WatchImages);
        using var scope = new TensorScope();
        var images = Tensor.From(watched.ToFloats(0, watched.Count), watched.Count, 1, watched.Size, watched.Size);
        var error = Losses.MeanAbsoluteError(images, model.DecodeTokens(model.Tokenize(images))).ItemAsDouble();
        Assert.Equal(errors.Min(), error, 1e-6);
    }

    private static (RunFolder Folder, List<string> Lines) Run(TemporaryFolder temporary, RunConfig config)
    {
        var (folder, display) = (RunFolder.Create(temporary["run"]), new QuietProgress());
        using var stage = new TokenizerStage(config, Images());
        StageRunner.Run(stage, config, folder, display, CancellationToken.None);
        return (folder, display.Lines);
    }

    private static ImageSet Images()
    {
        byte[][] Pixels(int first, int count)
            => [.. Enumerable.Range(first, count).SelectMany(TinyRuns.Images).Select(value => (byte)(value * 255)).Chunk(256)];
        return new ImageSet("here", ["only"], new ImagePart(1, 16, Pixels(0, 4), new int[32]), new ImagePart(1, 16, Pixels(4, 2), new int[16]));
    }
}
