using Mage.Config;
using Mage.Training;
using MageDsl;
using MageDsl.Devices.Cpu;

namespace Mage.Tests.Training;

/// <summary>The tokenizer trained with a discriminator and with a codebook of running means, in the smallest configuration.</summary>
public class AdversarialTrainerTests
{
    private const int Steps = 20;

    [Fact]
    public void It_trains_with_a_discriminator()
    {
        using var trainer = Trainer(Adversarial());
        for (var step = 0; step < Steps; step++)
        {
            var done = trainer.Train(TinyRuns.Images(step));
            Assert.True(double.IsFinite(done.Loss) && done.GradientNorm > 0);
            Assert.Equal(step >= 8, done.Discriminator is { } paid && double.IsFinite(paid));
            Assert.Equal(step >= 8, done.Generator is { } loss && double.IsFinite(loss));
            Assert.Equal(step >= 8, done.AdaptiveWeight > 0);
            Assert.Equal(step + 1 is 8 or 12 or 16 or 20, done.WatchedError is > 0 and < 1);
            Assert.Null(done.Perceptual);
        }
    }

    [Fact]
    public void Before_it_joins_the_discriminator_changes_nothing()
    {
        using TokenizerTrainer with = Trainer(Adversarial()), without = Trainer(TinyRuns.Config(Steps));
        for (var step = 0; step < 8; step++)
        {
            with.Train(TinyRuns.Images(step));
            without.Train(TinyRuns.Images(step));
        }

        Assert.Equal(TinyRuns.Weights(without.Model), TinyRuns.Weights(with.Model));
        with.Train(TinyRuns.Images(8));
        without.Train(TinyRuns.Images(8));
        Assert.NotEqual(TinyRuns.Weights(without.Model), TinyRuns.Weights(with.Model));
    }

    public static TheoryData<string, int> Resumed => new()
    {
        { "discriminator", 5 }, { "discriminator", 13 }, { "vanilla", 13 }, { "means", 7 }, { "accumulating", 13 },
    };

    [Theory]
    [MemberData(nameof(Resumed))]
    public void It_resumes_to_the_same_bits(string kind, int stop)
    {
        using var folder = new TemporaryFolder();
        using TokenizerTrainer whole = Trainer(Config(kind)), first = Trainer(Config(kind)), second = Trainer(Config(kind));
        Train(whole, 0, Steps);
        Train(first, 0, stop);
        first.Save(folder["state.safetensors"]);
        second.Load(folder["state.safetensors"]);
        var half = AllWeights(second, folder["half.safetensors"]);
        Assert.Equal(AllWeights(first, folder["first.safetensors"]), half);
        Train(second, stop, Steps);
        Assert.Equal(AllWeights(whole, folder["whole.safetensors"]), AllWeights(second, folder["second.safetensors"]));
        Assert.NotEqual(half, AllWeights(second, folder["second.safetensors"]));
    }

    [Fact]
    public void Running_means_learn_the_codes()
    {
        using var trainer = Trainer(Config("means"));
        using var stuck = Trainer(Config("means"));
        var errors = Enumerable.Range(0, Steps).Select(step => trainer.Train(TinyRuns.Images(step)).AbsoluteError).ToArray();
        Assert.True(errors[^3..].Average() < errors[..3].Average());
        stuck.Train(TinyRuns.Images(0));
        Assert.NotEqual(stuck.Model.Codebook.Value.ToArray<float>(), trainer.Model.Codebook.Value.ToArray<float>());
        Assert.False(trainer.Model.Codebook.RequiresGrad);
        Assert.All(trainer.Model.Codebook.Value.ToArray<float>(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("main.0.weight", "main.0.weight")]
    [InlineData("optimizer.step", "step is missing")]
    public void A_file_that_lacks_something_of_the_discriminator_changes_nothing(string missing, string because)
    {
        using var folder = new TemporaryFolder();
        using TokenizerTrainer saved = Trainer(Adversarial()), loading = Trainer(Adversarial());
        Train(saved, 0, 2);
        saved.Save(folder["state.safetensors"]);
        using (var scope = new TensorScope())
        {
            var all = Safetensors.Read(folder["state.safetensors"]).Tensors;
            Safetensors.Write(folder["state.safetensors"], all.Where(pair => pair.Key != $"discriminator.{missing}"));
        }

        var before = AllWeights(loading, folder["before.safetensors"]);
        Assert.Contains(because, Assert.Throws<UserErrorException>(() => loading.Load(folder["state.safetensors"])).Message);
        Assert.Equal(before, AllWeights(loading, folder["after.safetensors"]));
    }

    internal static RunConfig Adversarial()
    {
        var config = TinyRuns.Config(Steps);
        config.Tokenizer.Discriminator.Enabled = true;
        return config;
    }

    private static RunConfig Config(string kind)
    {
        var config = kind == "means" ? TinyRuns.Config(Steps) : Adversarial();
        config.Tokenizer.CodebookDecay = kind == "means" ? 0.9f : 0;
        config.Tokenizer.Discriminator.Loss = kind == "vanilla" ? "vanilla" : "hinge";
        config.Tokenizer.Training.Accumulate = kind == "accumulating" ? 2 : 1;
        return config;
    }

    private static TokenizerTrainer Trainer(RunConfig config) => new(config, TinyRuns.Images(7));

    private static void Train(TokenizerTrainer trainer, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            trainer.Train(TinyRuns.Images(step));
        }
    }

    /// <summary>Everything that training changes, as it is written.</summary>
    private static byte[] AllWeights(TokenizerTrainer trainer, string path)
    {
        trainer.Save(path);
        return File.ReadAllBytes(path);
    }
}
