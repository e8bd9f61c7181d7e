using System.Runtime.InteropServices;
using Mage.Config;
using Mage.Evaluation;
using Mage.Perceptual;
using Mage.Tokenizer;
using MageDsl;
using static Mage.Tokenizer.AdversarialKernels;
using static MageDsl.Layers.Losses;

namespace Mage.Training;

/// <summary>
/// Trains the tokenizer: reconstruct the image, keep vectors and codes together, and, if the settings say so, look alike to a trained network and
/// deceive a discriminator. Every random number depends only on the run's seed and the step, so training goes on from a checkpoint as if it had
/// never stopped.
/// </summary>
public sealed class TokenizerTrainer : IDisposable
{
    private readonly RunConfig run;
    private readonly float[] watched;
    private readonly Learner learner;
    private readonly TokenizerCodebook codebook;
    private readonly FeatureNetwork? network;
    private readonly TokenizerAdversary? adversary;
    private readonly TokenizerWatch? watch;
    private readonly TokenizerObjective objective;

    /// <summary>A trainer with a new model.</summary>
    /// <param name="run">The settings.</param>
    /// <param name="watched">
    /// Images <c>[n, channels, size, size]</c> by which it sees whether training degrades once a discriminator has joined; without them it does not
    /// look.
    /// </param>
    /// <exception cref="UserErrorException">The network that the settings name cannot be read.</exception>
    public TokenizerTrainer(RunConfig run, float[]? watched = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        (this.run, this.watched) = (run, watched ?? []);
        var (config, seed) = (run.Tokenizer, run.KeyOf(Draw.Tokenizer));
        network = FeatureNetwork.Load(config.Perceptual);
        Model = new VectorQuantizedAutoencoder(config, run.Data.Channels, new Initializer(seed.For(-1)));
        learner = new Learner(Model, config.Training);
        codebook = new TokenizerCodebook(config, Model.Codebook, learner, seed);
        adversary = TokenizerAdversary.Create(run, seed.For(-3));
        var looks = adversary is not null && config.Discriminator.WatchEvery > 0 && this.watched.Length > 0;
        watch = looks ? new TokenizerWatch(config.Discriminator, config.Training.Steps, Model) : null;
        objective = new TokenizerObjective(config, network, adversary);
    }

    /// <summary>The model.</summary>
    public VectorQuantizedAutoencoder Model { get; }

    /// <summary>Steps done so far.</summary>
    public int Step => learner.Step;

    /// <summary>One training step.</summary>
    /// <param name="images">The step's images, <c>[b, channels, size, size]</c>, values in [0, 1].</param>
    /// <exception cref="ArgumentException">They do not make whole images, or not batches of equal size.</exception>
    /// <exception cref="UserErrorException">The loss is no longer a finite number.</exception>
    public TokenizerStep Train(ReadOnlySpan<float> images)
    {
        using var scope = new TensorScope();
        if (Step == 0)
        {
            Initialize(images);
        }

        var (batches, chosen) = (new List<(Tensor Z, Tensor Codes)>(), new List<int>());
        var (judged, total) = (adversary?.HasJoined(Step) == true, new TokenizerStep());
        var weight = 1.0 / run.Tokenizer.Training.Accumulate;
        foreach (var (_, first, count) in Batches.OfStep(Count(images), run.Tokenizer.Training.Accumulate))
        {
            using var batchScope = new TensorScope();
            using var tape = new GradientTape();
            var batch = Batch(images, first, count);
            var z = Model.Encode(batch);
            var nearest = Model.Nearest(z);
            var (quantized, codebookLoss) = Model.Quantize(z, nearest);
            var (hidden, reconstruction) = Model.DecodeInParts(quantized);
            var loss = objective.Measure(batch, hidden, reconstruction, judged);
            total = total.Add(loss, codebookLoss.ItemAsDouble(), judged ? adversary!.Learn(batch, reconstruction, weight) : null, weight);
            tape.Backward(Total(InnerProduct(reconstruction, loss.Gradient), codebookLoss), weight);
            batches.Add((batchScope.Keep(z), batchScope.Keep(nearest)));
            chosen.AddRange(nearest.ToArray<int>());
        }

        var (rate, norm) = learner.Update(total.Loss);
        if (total.Discriminator is { } paid)
        {
            adversary!.Learner.Update(paid);
        }

        var codes = CollectionsMarshal.AsSpan(chosen);
        var (used, perplexity) = Metrics.CodebookUsage(codes, run.Tokenizer.CodebookSize);
        var revived = codebook.Update(Step, batches, codes);
        return Watched(total with { UsedCodes = used, Perplexity = perplexity, RevivedCodes = revived, LearningRate = rate, GradientNorm = norm });
    }

    /// <summary>Writes everything that <see cref="Load"/> needs to go on exactly here.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using var scope = new TensorScope();
        learner.Save(path, Extra(), adversary?.Learner);
    }

    /// <summary>Goes on from a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is of another model.</exception>
    public void Load(string path)
    {
        using var scope = new TensorScope();
        var extra = Extra();
        learner.Load(path, extra, adversary?.Learner);
        codebook.Restore(extra);
        watch?.Restore(extra);
    }

    /// <summary>Gives the memory of the model and of its training back.</summary>
    public void Dispose()
    {
        learner.Dispose();
        codebook.Dispose();
        network?.Dispose();
        adversary?.Dispose();
        watch?.Dispose();
    }

    private Dictionary<string, Tensor> Extra() => new([.. codebook.State, .. watch?.State ?? []]);

    private int Count(ReadOnlySpan<float> images) => images.Length / (run.Data.Channels * run.Data.ImageSize * run.Data.ImageSize);

    private Tensor Batch(ReadOnlySpan<float> images, int first, int count)
    {
        var values = images.Length / Count(images);
        return Batches.Images(images.Slice(first * values, count * values), run);
    }

    private void Initialize(ReadOnlySpan<float> images)
    {
        var vectors = new List<Tensor>();
        foreach (var (_, first, count) in Batches.OfStep(Count(images), run.Tokenizer.Training.Accumulate))
        {
            using var scope = new TensorScope();
            vectors.Add(scope.Keep(Model.Encode(Batch(images, first, count))));
        }

        codebook.Initialize(vectors);
    }

    /// <summary>The step, with what a look at other images says if one is due; it may change the model for a better one.</summary>
    private TokenizerStep Watched(TokenizerStep step)
    {
        if (watch?.IsDue(Step) != true)
        {
            return step;
        }

        var (error, images) = (0.0, Count(watched));
        Batches.Each(images, run.Tokenizer.Training.Batch, (first, count) =>
        {
            var batch = Batch(watched, first, count);
            error += MeanAbsoluteError(batch, Model.DecodeTokens(Model.Tokenize(batch))).ItemAsDouble() * count / images;
        });
        return step with { WatchedError = error, Note = watch.Look(Step, error) };
    }
}
