using Mage.Config;
using Mage.Sampling;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Training;

/// <summary>Training steps of both models in their smallest configuration.</summary>
public class TrainerTests
{
    [Fact]
    public void TokenizerLearnsToReconstruct()
    {
        using var trainer = new TokenizerTrainer(TinyRuns.Config(steps: 60));
        var steps = Enumerable.Range(0, 60).Select(step => trainer.Train(TinyRuns.Images(step))).ToArray();
        Assert.Equal(60, trainer.Step);
        Assert.All(steps, step => Assert.True(double.IsFinite(step.Loss) && step.GradientNorm > 0));
        var (first, last) = (steps[..5].Average(step => step.AbsoluteError), steps[^5..].Average(step => step.AbsoluteError));
        Assert.True(last < 0.6 * first, $"the error went from {first:g3} to {last:g3}");
    }

    [Fact]
    public void TheCodebookDoesNotCollapse()
    {
        using var trainer = new TokenizerTrainer(TinyRuns.Config(steps: 60));
        var used = new HashSet<int>();
        for (var step = 0; step < 60; step++)
        {
            trainer.Train(TinyRuns.Images(step));
        }

        using var scope = new TensorScope();
        for (var step = 0; step < 8; step++)
        {
            used.UnionWith(trainer.Model.Tokenize(Batches.Images(TinyRuns.Images(step), TinyRuns.Config(60))).ToArray<int>());
        }

        Assert.InRange(used.Count, 16, 32);
    }

    [Fact]
    public void MageLearnsToGuess()
    {
        using var trainer = new MageTrainer(TinyRuns.Config(steps: 60));
        var steps = Enumerable.Range(0, 60).Select(step => trainer.Train(TinyRuns.Codes(step))).ToArray();
        Assert.All(steps, step => Assert.InRange(step.MaskRate, 0.5, 1.0));
        var (first, last) = (steps[..5].Average(step => step.Loss), steps[^5..].Average(step => step.Loss));
        Assert.True(last < first - 0.3, $"the loss went from {first:g4} to {last:g4}");
    }

    [Fact]
    public void TokenizerResumesExactly() => ResumesExactly(
        config => new TokenizerTrainer(config), (trainer, step) => trainer.Train(TinyRuns.Images(step)),
        (trainer, path) => trainer.Save(path), (trainer, path) => trainer.Load(path), trainer => trainer.Model);

    [Fact]
    public void MageResumesExactly() => ResumesExactly(
        config => new MageTrainer(config), (trainer, step) => trainer.Train(TinyRuns.Codes(step)),
        (trainer, path) => trainer.Save(path), (trainer, path) => trainer.Load(path), trainer => trainer.Model);

    [Fact]
    public void AConditionalModelResumesExactly() => ResumesExactly(
        config => new MageTrainer(Conditional(config, dropout: 0.5f)), (trainer, step) => trainer.Train(TinyRuns.Codes(step), Classes),
        (trainer, path) => trainer.Save(path), (trainer, path) => trainer.Load(path), trainer => trainer.Model);

    [Fact]
    public void ClassesThatAreAllDroppedChangeNothing()
    {
        using MageTrainer plain = new(TinyRuns.Config(steps: 10)), dropped = new(Conditional(TinyRuns.Config(steps: 10), dropout: 1));
        Assert.Equal(plain.Train(TinyRuns.Codes(0), Classes), dropped.Train(TinyRuns.Codes(0), Classes));
        Assert.Equal(TinyRuns.Weights(plain.Model), TinyRuns.Weights(dropped.Model));
    }

    [Fact]
    public void AConditionalModelLearnsWhatTheClassSays()
    {
        // All tokens of an image are its class; with everything masked only the class can tell.
        var config = Conditional(TinyRuns.Config(steps: 60), dropout: 0.1f);
        (config.Mage.MaskRatioMin, config.Mage.MaskRatioMean, config.Mage.Dropout) = (0.9f, 1f, 0);
        using var trainer = new MageTrainer(config);
        var tokens = trainer.Model.Tokens;
        var accuracy = 0.0;
        for (var step = 0; step < 60; step++)
        {
            accuracy = trainer.Train([.. Enumerable.Range(0, 8 * tokens).Select(i => i / tokens)], Classes).Accuracy;
        }

        Assert.InRange(accuracy, 0.5, 1);
        Assert.Throws<ArgumentException>(() => trainer.Train(TinyRuns.Codes(0)));
        var decoder = new IterativeDecoder(trainer.Model, new SamplingConfig { Iterations = 3, Temperature = 0, TopK = 1 });
        Assert.Equal([5, 5, 5], decoder.Generate(1, new Seed(1), [5])[..3]);
    }

    [Fact]
    public void TokenizerResumesExactlyWhenItAccumulates() => ResumesExactly(
        config => new TokenizerTrainer(Accumulating(config)), (trainer, step) => trainer.Train(TinyRuns.Images(step)),
        (trainer, path) => trainer.Save(path), (trainer, path) => trainer.Load(path), trainer => trainer.Model);

    [Fact]
    public void MageResumesExactlyWhenItAccumulates() => ResumesExactly(
        config => new MageTrainer(Accumulating(config)), (trainer, step) => trainer.Train(TinyRuns.Codes(step)),
        (trainer, path) => trainer.Save(path), (trainer, path) => trainer.Load(path), trainer => trainer.Model);

    [Fact]
    public void AccumulatedBatchesMakeTheStepsOfOneBatch()
    {
        var config = TinyRuns.Config(steps: 10);
        config.Mage.Dropout = 0; // a batch draws what it drops for itself
        using TokenizerTrainer tokenizer = new(config), tokenizerInParts = new(Accumulating(config));
        using MageTrainer mage = new(config), mageInParts = new(Accumulating(config));
        for (var step = 0; step < 4; step++)
        {
            var (one, other) = (tokenizer.Train(TinyRuns.Images(step)), tokenizerInParts.Train(TinyRuns.Images(step)));
            AssertClose(one.Loss, other.Loss);
            AssertClose(one.Psnr, other.Psnr);
            AssertClose(one.Perplexity, other.Perplexity);
            AssertClose(one.GradientNorm, other.GradientNorm);
            var (whole, parts) = (mage.Train(TinyRuns.Codes(step)), mageInParts.Train(TinyRuns.Codes(step)));
            AssertClose(whole.Loss, parts.Loss);
            AssertClose(whole.Accuracy, parts.Accuracy);
            AssertClose(whole.GradientNorm, parts.GradientNorm);
            Assert.Equal(whole.MaskRate, parts.MaskRate);
        }

        static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, 1e-3 * Math.Abs(expected));
    }

    [Fact]
    public void BatchesOfUnequalSizeAreRefused()
    {
        var config = TinyRuns.Config(steps: 10);
        config.Mage.Training.Accumulate = config.Tokenizer.Training.Accumulate = 3;
        using var tokenizer = new TokenizerTrainer(config);
        using var mage = new MageTrainer(config);
        Assert.Contains("3 batches", Assert.Throws<ArgumentException>(() => tokenizer.Train(TinyRuns.Images(0))).Message);
        Assert.Contains("3 batches", Assert.Throws<ArgumentException>(() => mage.Train(TinyRuns.Codes(0))).Message);
        Assert.Contains("whole number", Assert.Throws<ArgumentException>(() => mage.Train(TinyRuns.Codes(0).AsSpan(1))).Message);
    }

    [Fact]
    public void ANewRunWithTheSameSeedIsTheSameAndWithAnotherIsNot()
    {
        float[] Weights(int seed)
        {
            var config = TinyRuns.Config(steps: 10);
            config.Seed = seed;
            using var trainer = new MageTrainer(config);
            for (var step = 0; step < 4; step++)
            {
                trainer.Train(TinyRuns.Codes(step));
            }

            return TinyRuns.Weights(trainer.Model);
        }

        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));
    }

    [Fact]
    public void ALossThatIsNoNumberStopsTraining()
    {
        using var trainer = new MageTrainer(TinyRuns.Config(steps: 10));
        trainer.Model.Norm.Weight.Value.Fill(double.NaN);
        var before = TinyRuns.Weights(trainer.Model);
        var error = Assert.Throws<UserErrorException>(() => trainer.Train(TinyRuns.Codes(0)));
        Assert.Contains("step 1", error.Message);
        Assert.Equal(before, TinyRuns.Weights(trainer.Model));
    }

    /// <summary>The same steps, made of four batches each.</summary>
    private static readonly int[] Classes = [0, 1, 2, 3, 4, 5, 6, 7];

    private static RunConfig Conditional(RunConfig config, float dropout)
    {
        (config.Mage.ClassConditional, config.Mage.ClassDropout) = (true, dropout);
        return config;
    }

    private static RunConfig Accumulating(RunConfig config)
    {
        var copy = RunConfigJson.Parse(RunConfigJson.ToJson(config), "of a test");
        copy.Tokenizer.Training.Accumulate = copy.Mage.Training.Accumulate = 4;
        return copy;
    }

    private static void ResumesExactly<T>(
        Func<RunConfig, T> create, Action<T, int> train, Action<T, string> save, Action<T, string> load, Func<T, Module> model)
        where T : IDisposable
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "state.safetensors");
        using var whole = create(TinyRuns.Config(steps: 12));
        using var first = create(TinyRuns.Config(steps: 12));
        using var second = create(TinyRuns.Config(steps: 12));
        for (var step = 0; step < 8; step++)
        {
            train(whole, step);
            if (step < 4)
            {
                train(first, step);
            }
        }

        save(first, path);
        load(second, path);
        for (var step = 4; step < 8; step++)
        {
            train(second, step);
        }

        Assert.Equal(TinyRuns.Weights(model(whole)), TinyRuns.Weights(model(second)));
        Assert.NotEqual(TinyRuns.Weights(model(whole)), TinyRuns.Weights(model(first)));
    }
}
