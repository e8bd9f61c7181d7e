using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Generation;
using Mage.Model;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Training;

/// <summary>MAGE's stage with its data: crops made ahead, samples on the way, the average of the weights beside them.</summary>
public class MageStageTests
{
    [Fact]
    public void TokensOfAStepDependOnTheStepAlone()
    {
        var config = Config();
        config.Mage.Contrast.Kind = ContrastKind.Views;
        using var tokenizer = Tokenizer(config);
        FreshTokens Source() => new(config, Images().Train, tokenizer, new BatchSampler(Images().Train, 8, seed: 3));
        var (inOrder, jumping) = (Source(), Source());
        var steps = Enumerable.Range(0, 12).Select(inOrder.Of).ToArray();
        foreach (var step in (int[])[7, 2, 3, 11])
        {
            var again = jumping.Of(step);
            Assert.Equal(steps[step].Codes, again.Codes);
            Assert.Equal(steps[step].OtherView, again.OtherView);
            Assert.Equal(steps[step].Classes, again.Classes);
        }

        Assert.NotEqual(steps[0].Codes, steps[0].OtherView);
        Assert.All(steps, step => Assert.True(step.Waited >= TimeSpan.Zero));

        // Five steps of eight are an epoch of 40 images; a later epoch shows them in other crops.
        var classes = steps[..5].SelectMany(step => step.Classes).ToArray();
        Assert.Equal((20, 20), (classes.Count(one => one == 0), classes.Count(one => one == 1)));
    }

    [Theory]
    [InlineData(ContrastKind.None)]
    [InlineData(ContrastKind.Views)]
    public void ItResumesExactlyWithCrops(ContrastKind kind)
    {
        using var folder = new TemporaryFolder();
        var config = Config();
        config.Mage.Contrast.Kind = kind;
        config.Mage.Training.EmaDecay = 0.9f;
        using MageStage whole = Stage(config, folder["whole"]), first = Stage(config, folder["first"]), second = Stage(config, folder["second"]);
        var losses = Enumerable.Range(0, 6).Select(_ => whole.Train().Loss).ToArray();
        Assert.Equal(losses[..3], Enumerable.Range(0, 3).Select(_ => first.Train().Loss));
        first.SaveCheckpoint(folder["state"]);
        second.LoadCheckpoint(folder["state"]);
        Assert.Equal(losses[3..], Enumerable.Range(0, 3).Select(_ => second.Train().Loss));
        whole.SaveWeights(folder["whole-last"]);
        second.SaveWeights(folder["second-last"]);
        Assert.Equal(File.ReadAllBytes(folder["whole"]), File.ReadAllBytes(folder["second"]));
        Assert.Equal(File.ReadAllBytes(folder["whole-last"]), File.ReadAllBytes(folder["second-last"]));
        Assert.NotEqual(File.ReadAllBytes(folder["whole"]), File.ReadAllBytes(folder["whole-last"]));
    }

    [Theory]
    [InlineData(ContrastKind.None)]
    [InlineData(ContrastKind.Views)]
    public void ItTrainsOnTokensOfAFileAsOnThoseItMakes(ContrastKind kind)
    {
        using var folder = new TemporaryFolder();
        var config = Config();
        config.Mage.Contrast.Kind = kind;
        Write(folder["crops"], config, views: 4);
        config.Data.Tokens = folder["crops"];
        using MageStage whole = Stage(config, folder["a"]), first = Stage(config, folder["a"]), second = Stage(config, folder["a"]);
        Assert.Contains($"views in '{folder["crops"]}'", Assert.Single(whole.Notes));
        var losses = Enumerable.Range(0, 6).Select(_ => whole.Train().Loss).ToArray();
        Assert.Equal(losses[..3], Enumerable.Range(0, 3).Select(_ => first.Train().Loss));
        first.SaveCheckpoint(folder["state"]);
        second.LoadCheckpoint(folder["state"]);
        Assert.Equal(losses[3..], Enumerable.Range(0, 3).Select(_ => second.Train().Loss));
    }

    [Fact]
    public void WholeImagesOfAFileAreThoseThatAreMade()
    {
        using var folder = new TemporaryFolder();
        var config = Config();
        (config.Data.Crop, config.Data.Flip) = (CropKind.None, false);
        Write(folder["whole"], config, views: 1);
        using var made = Stage(config, folder["a"]);
        using var read = Stage(config with { Data = config.Data with { Tokens = folder["whole"] } }, folder["a"]);
        Assert.Equal(Enumerable.Range(0, 4).Select(_ => made.Train().Loss), Enumerable.Range(0, 4).Select(_ => read.Train().Loss));
    }

    /// <summary>Memory does not grow with the views; what is tokenized together changes nothing.</summary>
    [Fact]
    public void ViewsOfAnImageMayLieInSeveralBatches()
    {
        using var folder = new TemporaryFolder();
        var config = Config();
        Write(folder["together"], config, views: 3);
        var done = Write(folder["apart"], config with { Evaluation = config.Evaluation with { Batch = 7 } }, views: 3);
        Assert.Equal(File.ReadAllBytes(folder["together"]), File.ReadAllBytes(folder["apart"]));
        Assert.Equal((2, 4, 40), (done[0], done[1], done[^1]));
    }

    [Fact]
    public void TokensOfAnotherTokenizerOrOtherImagesAreRefused()
    {
        using var folder = new TemporaryFolder();
        var config = Config();
        Write(folder["tokens"], config, views: 1);
        config.Data.Tokens = folder["tokens"];
        Refused("with another tokenizer", () => new MageStage(config, Images(), Tokenizer(config, seed: 6), folder["a"]));
        var others = Images() with { ClassNames = ["odd", "even"] };
        Refused("of other images", () => new MageStage(config, others, Tokenizer(config), folder["a"]));
        config.Mage.Contrast.Kind = ContrastKind.Views;
        Refused("needs two", () => Stage(config, folder["a"]));
        Refused("need crops to differ by", () => Write(folder["many"], config with { Data = config.Data with { Crop = CropKind.None } }, views: 3));

        static void Refused(string because, Action action)
            => Assert.Contains(because, Assert.Throws<UserErrorException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SamplesOnTheWayDisturbNothing()
    {
        using var folder = new TemporaryFolder();
        using MageStage plain = Stage(Config(), folder["a"]), sampled = Stage(Config(), folder["b"]);
        plain.Train();
        sampled.Train();
        var samples = sampled.Samples();
        Assert.Equal(64 * 256, samples.Length);
        Assert.Equal(samples, sampled.Samples());
        Assert.Equal(plain.Train().Loss, sampled.Train().Loss);
        Assert.NotEqual(samples, sampled.Samples());
    }

    [Fact]
    public void ARunLeavesGridsEventsEpochsAndTheAverage()
    {
        using var temporary = new TemporaryFolder();
        var folder = RunFolder.Create(temporary["run"]);
        var config = Config();
        config.Mage.Training.EmaDecay = 0.9f;
        (config.SampleEvery, config.Mage.Training.Steps, config.LogEvery) = (5, 12, 1);
        var display = new QuietProgress();
        using (var tokenizer = Tokenizer(config))
        {
            ModelFile.Save(folder.Weights("tokenizer"), tokenizer);
        }

        using (var stage = new RunParts().Mage(config, Images(), folder))
        {
            StageRunner.Run(stage, config, folder, display, CancellationToken.None);
        }

        Assert.Equal(
            ["samples-000005.png", "samples-000010.png"], Directory.GetFiles(folder.Path, "samples-*").Select(Path.GetFileName).Order());
        var events = EventReader.Read(Assert.Single(Directory.GetFiles(folder.Events("mage"))));
        var rows = MetricsLog.Read(folder.Metrics);
        Assert.Equal(12, rows.Count);
        Assert.Equal(
            rows.Select(row => (float)row.Report.Loss), events.Where(one => one.Scalars.ContainsKey("loss")).Select(one => one.Scalars["loss"]));
        Assert.Equal([5L, 10L], events.Where(one => one.Pictures.ContainsKey("samples")).Select(one => one.Step));
        Assert.All(events.Where(one => one.Scalars.Count > 0), one => Assert.InRange(one.Scalars["waiting"], 0, 1));
        Assert.Contains(display.Lines, line => line.StartsWith("mage waited for images ", StringComparison.Ordinal));

        // Five steps of eight show 40 images once: two epochs have ended.
        Assert.Equal(2, File.ReadAllLines(folder.EpochLog).Length);

        using var last = Load(config, folder, TrainedWeights.Last);
        using var averaged = Load(config, folder, TrainedWeights.Ema);
        using var chosen = Load(config, folder, null);
        var pixels = Images().Train.ToFloats(0, 4);
        Assert.NotEqual(last.Features(pixels), averaged.Features(pixels));
        Assert.Equal(averaged.Features(pixels), chosen.Features(pixels));
        File.WriteAllText(folder.AveragedWeights, "nonsense");
        var damaged = Assert.Throws<UserErrorException>(() => Load(config, folder, null)).Message;
        Assert.Contains(folder.AveragedWeights, damaged);
        Assert.Contains("the weights of the last step are used", damaged);
        File.Delete(folder.AveragedWeights);
        Assert.Contains("mage.training.emaDecay", Assert.Throws<UserErrorException>(() => Load(config, folder, TrainedWeights.Ema)).Message);
        using var left = Load(config, folder, null);
        Assert.Equal(last.Features(pixels), left.Features(pixels));
    }

    /// <summary>A model with a head is read where there is none, and one without is not taken for one that has it.</summary>
    [Fact]
    public void TheHeadIsReadOnlyWhereItIsAskedFor()
    {
        using var folder = new TemporaryFolder();
        RunConfig plain = Config(), views = Config();
        views.Mage.Contrast.Kind = ContrastKind.Views;
        using MaskedGenerativeEncoder withHead = MaskedGenerativeEncoder.Create(views, new Initializer(1)),
            without = MaskedGenerativeEncoder.Create(plain, new Initializer(2));
        ModelFile.Save(folder["with"], withHead);
        ModelFile.Save(folder["without"], without);
        Assert.Contains("contrast_head.fc1.weight", Assert.Throws<UserErrorException>(() => ModelFile.Load(folder["without"], withHead)).Message);
        ModelFile.Load(folder["with"], without);
        Assert.Equal(withHead.Norm.Weight.Value.ToArray<float>(), without.Norm.Weight.Value.ToArray<float>());
        Assert.Equal(withHead.MlmLayer.Fc.Weight.Value.ToArray<float>(), without.MlmLayer.Fc.Weight.Value.ToArray<float>());
    }

    private static ITrainedModels Load(RunConfig config, RunFolder folder, TrainedWeights? weights) => new RunParts().Load(config, folder, weights);

    private static RunConfig Config()
    {
        var config = TinyRuns.Config(steps: 6);
        (config.Data.Crop, config.Data.Flip) = (CropKind.Strong, true);
        (config.Mage.Contrast.Hidden, config.Mage.Contrast.Outputs) = (16, 8);
        return config;
    }

    private static VectorQuantizedAutoencoder Tokenizer(RunConfig config, int seed = 5)
        => new(config.Tokenizer, config.Data.Channels, new Initializer(seed));

    /// <summary>Writes a file of tokens, and gives what was reported on the way.</summary>
    private static List<int> Write(string path, RunConfig config, int views)
    {
        var done = new List<int>();
        using var tokenizer = new TrainedTokenizer(config, Tokenizer(config));
        Tokenization.Write(path, config, Images(), tokenizer, views, done.Add, CancellationToken.None);
        return done;
    }

    private static MageStage Stage(RunConfig config, string averagePath) => new(config, Images(), Tokenizer(config), averagePath);

    private static ImageSet Images()
    {
        var pixels = new byte[40 * 256];
        new Random(1).NextBytes(pixels);
        return new ImageSet(
            "here", ["even", "odd"], new ImagePart(1, 16, [.. pixels.Chunk(256)], [.. Enumerable.Range(0, 40).Select(i => i % 2)]),
            new ImagePart(1, 16, [], []));
    }
}
