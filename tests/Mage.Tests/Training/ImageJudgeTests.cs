using Mage.Config;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Training;

public class ImageJudgeTests
{
    private static readonly SamplingConfig Sampling = new();

    [Fact]
    public void RealImagesAreNearerThanGeneratedOnes()
    {
        var (judge, _) = Judge(classes: true);
        var (training, generated) = (Score(judge, JudgedKind.Training), Score(judge, JudgedKind.Generated));
        Assert.Equal(new ImageScore(null, 1), Score(judge, JudgedKind.HeldOut));
        Assert.Equal(0, training.Frechet!.Value, 1e-9);
        Assert.Equal(1, training.Recognised);
        Assert.InRange(generated.Frechet!.Value, 0.05, 1);
        Assert.InRange(Score(judge, JudgedKind.Reconstructed).Frechet!.Value, 0, 0.01);

        // Generated ones are all dark, and so is the class of every other.
        Assert.Equal(0.5, generated.Recognised);
    }

    [Fact]
    public void WithoutClassesGeneratedImagesShouldBeNothing()
    {
        var (judge, models) = Judge(classes: false);
        Assert.Null(Score(judge, JudgedKind.Generated).Recognised);
        Assert.Null(models.Asked.Classes);
        Assert.Equal(1, Score(judge, JudgedKind.Training).Recognised);
    }

    [Fact]
    public void TheClassesOfHeldOutImagesAreAskedFor()
    {
        var (judge, models) = Judge(classes: true);
        judge.Measure(new JudgedImages(JudgedKind.Generated, 50, Sampling, 3), _ => { });
        Assert.Equal([.. Enumerable.Range(0, 50).Select(i => i % 20 % 2)], models.Asked.Classes!);
        Assert.Equal(3, models.Asked.Seed);
    }

    [Fact]
    public void ScoresStayAndAreFoundByAllThatTheyDependOn()
    {
        using var folder = new TemporaryFolder();
        var path = folder["scores.csv"];
        var generated = new JudgedImages(JudgedKind.Generated, 50, Sampling, 3);
        ScoreFile.Open(path, "weights").Add(new JudgedImages(JudgedKind.HeldOut, 20), new ImageScore(null, 0.9));
        ScoreFile.Open(path, "weights").Add(generated, new ImageScore(1.0 / 3, null));

        var scores = ScoreFile.Open(path, "weights");
        Assert.Equal(new ImageScore(null, 0.9), scores.Find(new JudgedImages(JudgedKind.HeldOut, 20)));
        Assert.Equal(new ImageScore(1.0 / 3, null), scores.Find(generated));
        Assert.Null(ScoreFile.Open(path, "others").Find(generated));
        Assert.All(
            [
                generated with { Count = 5 }, generated with { Seed = 4 }, new JudgedImages(JudgedKind.Training, 50),
                .. ((SamplingConfig[])
                [
                    Sampling with { Order = TokenOrder.Halton }, Sampling with { Iterations = 3 }, Sampling with { Guidance = 1 },
                    Sampling with { GuidanceSchedule = GuidanceSchedule.Constant }, Sampling with { Temperature = 1 },
                    Sampling with { Schedule = MaskSchedule.Linear }, Sampling with { TokenTemperature = 2 }, Sampling with { TopK = 5 },
                    Sampling with { TopP = 0.5f },
                ]).Select(sampling => generated with { Sampling = sampling }),
            ],
            other => Assert.Null(scores.Find(other)));
        Assert.Equal(3, File.ReadAllLines(path).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("step,loss\n1,2\n")]
    public void OtherFilesAreNotTakenForScores(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["other.csv"], text);
        Assert.Contains("no file of scores", Assert.Throws<UserErrorException>(() => ScoreFile.Open(folder["other.csv"], "weights")).Message);
        Assert.Equal(text, File.ReadAllText(folder["other.csv"]));
    }

    private static ImageScore Score(ImageJudge judge, JudgedKind kind) => judge.Measure(new JudgedImages(kind, 20, Sampling, 1), _ => { });

    /// <summary>Dark and bright images, and what tells them apart.</summary>
    private static (ImageJudge Judge, FakeParts.Models Models) Judge(bool classes)
    {
        var config = Presets.Get("tiny");
        config.Mage.ClassConditional = classes;
        var models = new FakeParts.Models(config);
        return (new ImageJudge(config, FakeParts.DarkAndBright(config), models, new FakeParts.Brightness(config)), models);
    }
}
