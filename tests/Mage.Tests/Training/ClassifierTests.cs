using Mage.Config;
using Mage.Data;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Training;

public class ClassifierTests
{
    [Fact]
    public void ItLearnsToTellClassesApart()
    {
        using var temporary = new TemporaryFolder();
        var folder = RunFolder.Create(temporary["run"]);
        var summary = Train(folder, Config(40));
        Assert.InRange(summary.ClassifierAccuracy!.Value, 0.9, 1);
        Assert.Equal((20, null, null), (summary.HeldOutImages, summary.ReconstructionPsnr, summary.CodebookSize));
        using var classifier = new RunParts().LoadClassifier(Config(40), folder);
        var images = Images().HeldOut;
        var (features, classes) = classifier.Classify(images.ToFloats(0, images.Count));
        Assert.Equal((images.Count * 128, images.Count), (features.Length, classes.Length));
        Assert.Equal(features, classifier.Classify(images.ToFloats(0, images.Count)).Features);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStoppedOneEndsLikeOneThatWasNot(bool isMixed)
    {
        var config = Config(6, isMixed);
        using var temporary = new TemporaryFolder();
        var (whole, folder) = (RunFolder.Create(temporary["whole"]), RunFolder.Create(temporary["stopped"]));
        Train(whole, config);
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            Assert.Throws<OperationCanceledException>(() => Train(folder, config, stop.Token));
        }

        using (var stage = new RunParts().Classifier(config, Images()))
        {
            stage.LoadCheckpoint(folder.Checkpoint("classifier"));
            stage.Train();
            stage.Train();
            stage.SaveCheckpoint(folder.Checkpoint("classifier"));
        }

        Train(folder, config);
        Assert.Equal(File.ReadAllBytes(whole.Weights("classifier")), File.ReadAllBytes(folder.Weights("classifier")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BatchesOfAStepCountAsOne(bool isMixed)
    {
        var config = Config(1, isMixed);
        var (once, twice) = (Trained(config), Trained(Accumulated(config)));
        Assert.Equal(once.Loss, twice.Loss, 1e-5);
        Assert.Equal(once.GradientNorm, twice.GradientNorm, 1e-4);
        Assert.Equal(once.Accuracy, twice.Accuracy);

        static RunConfig Accumulated(RunConfig config)
        {
            var training = config.Classifier.Training;
            return config with { Classifier = config.Classifier with { Training = training with { Batch = training.Batch / 2, Accumulate = 2 } } };
        }

        static Mage.Training.Progress.StepReport Trained(RunConfig config)
        {
            using var stage = new RunParts().Classifier(config, Images());
            return stage.Train();
        }
    }

    internal static RunConfig Config(int steps, bool isMixed = false)
    {
        var config = Presets.Get("tiny");
        if (isMixed)
        {
            (config.Classifier.Mixup, config.Classifier.Cutmix, config.Classifier.LabelSmoothing) = (0.8f, 1, 0.1f);
        }

        config.Train = TrainedParts.Classifier;
        config.Classifier.Training.Steps = steps;
        return config;
    }

    /// <summary>Images with light in their upper or in their lower half.</summary>
    internal static ImageSet Images()
    {
        return new ImageSet("made up", ["up", "down"], Part(40), Part(20));

        static ImagePart Part(int count) => new(
            1, 16,
            [.. Enumerable.Range(0, count * 256).Select(i => (byte)((i % 256 / 128 == i / 256 % 2 ? 150 : 20) + (i * 7 % 31))).Chunk(256)],
            [.. Enumerable.Range(0, count).Select(i => i % 2)]);
    }

    private static RunSummary Train(RunFolder folder, RunConfig config, CancellationToken stop = default)
    {
        ClassNames.Write(folder, Images().ClassNames);
        RunConfigJson.Write(folder.Config, config);
        return new TrainingRun(config, folder, Images(), new RunParts(), new QuietProgress()).Execute(stop);
    }
}
