using System.Runtime.InteropServices;
using Mage.Config;
using Mage.Evaluation;
using Mage.Tokenizer;
using MageDsl;
using static MageDsl.Layers.Losses;

namespace Mage.Training;

/// <summary>What one step of tokenizer training did.</summary>
/// <param name="Loss">The whole loss.</param>
/// <param name="AbsoluteError">Mean absolute error of the reconstructions.</param>
/// <param name="CodebookLoss">The part that pulls vectors and codes together.</param>
/// <param name="Psnr">Peak signal-to-noise ratio of the batch's reconstructions, from their mean squared error, in dB.</param>
/// <param name="UsedCodes">Codes that the batch used.</param>
/// <param name="Perplexity">As many equally frequent codes would carry as much information as the batch's.</param>
/// <param name="RevivedCodes">Unused codes that were moved after the step.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
public readonly record struct TokenizerStep(
    double Loss, double AbsoluteError, double CodebookLoss, double Psnr, int UsedCodes,
    double Perplexity, int RevivedCodes, double LearningRate, double GradientNorm);

/// <summary>
/// Trains the tokenizer: reconstruct the image, and keep vectors and codes together. Every random number depends only on the run's seed
/// and the step, so training goes on from a checkpoint as if it had never stopped.
/// </summary>
public sealed class TokenizerTrainer : IDisposable
{
    // No code is moved in the last part of training, so that the decoder learns the final codes.
    private const double LastRevival = 0.8;

    private const string UsageKey = "codebook.usage";

    private readonly RunConfig run;
    private readonly Seed seed;
    private readonly Learner learner;
    private readonly int[] usage;

    /// <summary>A trainer with a new model.</summary>
    public TokenizerTrainer(RunConfig run)
    {
        this.run = run;
        seed = new Seed(run.Seed).For(1);
        Model = new VectorQuantizedAutoencoder(run.Tokenizer, run.Data.Channels, new Initializer(seed.For(-1)));
        learner = new Learner(Model, run.Tokenizer.Training);
        usage = new int[run.Tokenizer.CodebookSize];
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

        var (batches, vectors, codes) = (run.Tokenizer.Training.Accumulate, new List<Tensor>(), new List<int>());
        double loss = 0, absoluteError = 0, squaredError = 0, codebookLoss = 0;
        foreach (var (_, first, count) in Batches.OfStep(Count(images), batches))
        {
            using var batchScope = new TensorScope();
            using var tape = new GradientTape();
            var batch = Batch(images, first, count);
            var z = Model.Encode(batch);
            var nearest = Model.Nearest(z);
            var (quantized, codebookPart) = Model.Quantize(z, nearest);
            var (reconstructionPart, absolutePart, squaredPart) = ReconstructionLoss(
                batch, Model.Decode(quantized), run.Tokenizer.L1Weight, run.Tokenizer.L2Weight);
            var total = Total(reconstructionPart, codebookPart);
            tape.Backward(total, weight: 1.0 / batches);
            loss += total.ItemAsDouble() / batches;
            absoluteError += absolutePart.ItemAsDouble() / batches;
            squaredError += squaredPart.ItemAsDouble() / batches;
            codebookLoss += codebookPart.ItemAsDouble() / batches;
            vectors.Add(batchScope.Keep(z));
            codes.AddRange(nearest.ToArray<int>());
        }

        var (rate, norm) = learner.Update(loss);
        var assigned = CollectionsMarshal.AsSpan(codes);
        var (used, perplexity) = Metrics.CodebookUsage(assigned, run.Tokenizer.CodebookSize);
        return new TokenizerStep(
            loss, absoluteError, codebookLoss, -10 * Math.Log10(squaredError), used, perplexity, Revive(vectors, assigned), rate, norm);
    }

    /// <summary>Writes everything that <see cref="Load"/> needs to go on exactly here.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using var scope = new TensorScope();
        learner.Save(path, Extra);
    }

    /// <summary>Goes on from a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is of another model.</exception>
    public void Load(string path)
    {
        using var scope = new TensorScope();
        var extra = Extra;
        learner.Load(path, extra);
        extra[UsageKey].Read<int>(usage);
    }

    /// <summary>Gives the memory of the model and of its training back.</summary>
    public void Dispose() => learner.Dispose();

    private Dictionary<string, Tensor> Extra => new() { [UsageKey] = Tensor.From(usage) };

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

        CodebookCare.Initialize(Model.Codebook, vectors, seed.For(-2));
    }

    private int Revive(List<Tensor> z, ReadOnlySpan<int> codes)
    {
        var config = run.Tokenizer;
        foreach (var code in codes)
        {
            usage[code]++;
        }

        if (config.ReviveEvery == 0 || Step % config.ReviveEvery != 0)
        {
            return 0;
        }

        var moved = Step <= LastRevival * config.Training.Steps
            ? CodebookCare.Revive(Model.Codebook, z, usage, seed.For(Step))
            : [];
        foreach (var code in moved)
        {
            learner.Forget(Model.Codebook, code);
        }

        Array.Clear(usage);
        return moved.Count;
    }
}
