using Mage.Config;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Training;

/// <summary>What can be added to MAGE's training: contrast, the average of the weights, drop path, decay by depth and name.</summary>
public class RecipeTests
{
    private static readonly Action<MageConfig> Views
        = mage => (mage.Contrast.Kind, mage.Contrast.Hidden, mage.Contrast.Outputs) = (ContrastKind.Views, 16, 8);

    private static readonly Action<MageConfig> Echo = mage =>
    {
        Views(mage);
        (mage.Contrast.Kind, mage.Training.EmaDecay) = (ContrastKind.Echo, 0.9f);
    };

    /// <summary>A run that goes on from a file ends with the same weights, average and all.</summary>
    [Theory]
    [InlineData("views")]
    [InlineData("echo")]
    [InlineData("average")]
    [InlineData("drop path")]
    public void ItResumesExactly(string what)
    {
        using var folder = new TemporaryFolder();
        using MageTrainer whole = new(Config(Of(what))), first = new(Config(Of(what))), second = new(Config(Of(what)));
        Train(whole, 0, 6);
        Train(first, 0, 3);
        first.Save(folder["state"]);
        second.Load(folder["state"]);
        Train(second, 3, 6);
        Assert.Equal(TinyRuns.Weights(whole.Model), TinyRuns.Weights(second.Model));
        Assert.NotEqual(TinyRuns.Weights(whole.Model), TinyRuns.Weights(first.Model));
        Assert.Equal(All(whole.Average), All(second.Average));
    }

    [Theory]
    [InlineData("views")]
    [InlineData("echo")]
    public void ImagesBecomeToldFromEachOther(string what)
    {
        using var trainer = new MageTrainer(Config(Of(what)));
        var steps = Enumerable.Range(0, 40).Select(step => Step(trainer, step % 8)).ToArray();
        var (first, last) = (steps[..4].Average(step => step.Contrast!.Value), steps[^4..].Average(step => step.Contrast!.Value));
        Assert.True(last < first - 0.2, $"the contrastive loss went from {first:g4} to {last:g4}");
        Assert.All(steps, step => Assert.True(step.Loss > step.Contrast * 0.1));
    }

    /// <summary>Another head is drawn, and nothing else: runs with and without contrast begin alike.</summary>
    [Fact]
    public void WithoutContrastNothingIsOther()
    {
        using MageTrainer plain = new(Config(_ => { })), views = new(Config(Views));
        var own = views.Model.StateDict();
        Assert.Null(plain.Model.Contrast);
        Assert.Equal(All(plain.Model), All(views.Model)[..All(plain.Model).Length]);
        Assert.Equal(4, own.Keys.Count(key => key.StartsWith("contrast_head.", StringComparison.Ordinal)));
        Assert.Null(Step(plain, 0).Contrast);
    }

    [Fact]
    public void ViewsNeedAnotherView()
    {
        using var trainer = new MageTrainer(Config(Views));
        Assert.Contains("another view", Assert.Throws<ArgumentException>(() => trainer.Train(TinyRuns.Codes(0))).Message);
    }

    /// <summary>With the first steps keeping 2/11, 3/12 and so on of it, computed here once more in float64.</summary>
    [Fact]
    public void TheAverageFollowsTheWeights()
    {
        using var trainer = new MageTrainer(Config(mage => mage.Training.EmaDecay = 0.25f));
        var expected = Array.ConvertAll(TinyRuns.Weights(trainer.Model), value => (double)value);
        for (var step = 1; step <= 4; step++)
        {
            Step(trainer, step);
            var keep = Math.Min(0.25, (1.0 + step) / (10 + step));
            var now = TinyRuns.Weights(trainer.Model);
            for (var i = 0; i < expected.Length; i++)
            {
                expected[i] = (keep * expected[i]) + ((1 - keep) * now[i]);
            }
        }

        var found = trainer.Model.Parameters().Where(parameter => parameter.RequiresGrad)
            .SelectMany(parameter => trainer.Average!.StateDict()[parameter.Name].ToArray<float>()).ToArray();
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(trainer.Average!.Parameters(), parameter => Assert.False(parameter.RequiresGrad));
    }

    [Fact]
    public void TheAverageDoesNotChangeTheWeights()
    {
        using MageTrainer plain = new(Config(_ => { })), averaged = new(Config(mage => mage.Training.EmaDecay = 0.9f));
        Train(plain, 0, 2);
        Train(averaged, 0, 2);
        Assert.Equal(TinyRuns.Weights(plain.Model), TinyRuns.Weights(averaged.Model));
    }

    /// <summary>With all that can be added to a step.</summary>
    [Theory]
    [InlineData(ContrastKind.Views, 0.5f)]
    [InlineData(ContrastKind.Echo, 0)]
    public void RecomputedBlocksTrainToTheSameBits(ContrastKind contrast, float dropPath)
    {
        using MageTrainer keeping = new(Config(Everything)), recomputing = new(Config(mage =>
        {
            Everything(mage);
            mage.Training.Recompute = true;
        }));
        Train(keeping, 0, 3);
        Train(recomputing, 0, 3);
        Assert.Equal(TinyRuns.Weights(keeping.Model), TinyRuns.Weights(recomputing.Model));
        Assert.Equal(All(keeping.Average), All(recomputing.Average));

        void Everything(MageConfig mage)
        {
            Echo(mage);
            (mage.Contrast.Kind, mage.DropPath, mage.Training.Accumulate) = (contrast, dropPath, 2);
        }
    }

    /// <summary>Only training drops paths, and only if asked to.</summary>
    [Fact]
    public void DroppedPathsAreOfTrainingAlone()
    {
        using MageTrainer plain = new(Config(_ => { })), dropping = new(Config(mage => mage.DropPath = 0.9f));
        using var scope = new TensorScope();
        Assert.Equal(Features(plain), Features(dropping));
        Train(plain, 0, 2);
        Train(dropping, 0, 2);
        Assert.NotEqual(TinyRuns.Weights(plain.Model), TinyRuns.Weights(dropping.Model));

        static float[] Features(MageTrainer trainer) => trainer.Model.Features(TinyRuns.Codes(0), 8).ToArray<float>();
    }

    /// <summary>With rate 0 from the last block on, the embeddings hardly move where the decay of layers is strong.</summary>
    [Fact]
    public void LowerLayersLearnSlower()
    {
        using var trainer = new MageTrainer(Config(mage => (mage.Training.LayerDecay, mage.Training.WeightDecay) = (0.1f, 0)));
        var before = trainer.Model.StateDict().ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        Train(trainer, 0, 2);
        var (words, first, last) = (Moved("token_emb.word_embeddings.weight"), Moved("blocks.0.mlp.fc1.weight"), Moved("decoder_embed.weight"));
        Assert.InRange(first / words, 7, 14);
        Assert.InRange(last / first, 70, 140);

        // Early steps of Adam are about the rate, whatever the gradient; the very first has the rate 0.
        double Moved(string key) => before[key].ToArray<float>().Zip(trainer.Model.StateDict()[key].ToArray<float>())
            .Max(pair => Math.Abs(pair.First - pair.Second));
    }

    private static Action<MageConfig> Of(string what) => what switch
    {
        "views" => Views,
        "echo" => Echo,
        "average" => mage => mage.Training.EmaDecay = 0.9f,
        _ => mage => mage.DropPath = 0.5f,
    };

    private static RunConfig Config(Action<MageConfig> change)
    {
        var config = TinyRuns.Config(steps: 40);
        config.Data.Crop = CropKind.Weak;
        change(config.Mage);
        RunConfigRules.Check(config);
        return config;
    }

    private static void Train(MageTrainer trainer, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            Step(trainer, step);
        }
    }

    private static MageStep Step(MageTrainer trainer, int step)
        => trainer.Train(TinyRuns.Codes(step), otherView: trainer.Model.Contrast is null ? default : TinyRuns.Codes(step));

    private static float[] All(Module? module)
        => [.. (module?.Parameters() ?? []).Where(one => one.Value.Type.IsReal()).SelectMany(one => one.Value.ToArray<float>())];
}
