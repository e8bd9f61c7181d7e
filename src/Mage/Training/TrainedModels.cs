using Mage.Config;
using Mage.Generation;
using Mage.Model;
using Mage.Sampling;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>A trained tokenizer and MAGE, over plain arrays.</summary>
internal sealed class TrainedModels(RunConfig config, VectorQuantizedAutoencoder tokenizer, MaskedGenerativeEncoder model)
    : TrainedTokenizer(config, tokenizer), ITrainedModels
{
    // Half of the tokens are hidden, and dropped as the lowest half always is in training.
    private const double EvaluationMaskRate = 0.5;

    private readonly RunConfig config = config;
    private readonly VectorQuantizedAutoencoder tokenizer = tokenizer;

    public float[] Features(float[] images)
    {
        var width = config.Mage.EmbedDim;
        var features = new float[images.Length / ValuesPerImage * width];
        EachBatch(images, (start, batch) =>
        {
            var codes = tokenizer.Tokenize(batch).ToArray<int>();
            model.Features(codes, batch.Shape[0]).ToArray<float>().CopyTo(features, start * width);
        });
        return features;
    }

    public double MaskedTokenAccuracy(float[] images, int seed)
    {
        var (right, total, tokens) = (0.0, 0, config.Tokens);
        EachBatch(images, (start, batch) =>
        {
            var codes = tokenizer.Tokenize(batch).ToArray<int>();
            var (count, noise, key) = (batch.Shape[0], new float[codes.Length], new Seed(seed).For(start));
            for (var i = 0; i < noise.Length; i++)
            {
                noise[i] = (float)key.Uniform(i);
            }

            var plan = MaskPlan.FromNoise(noise, count, tokens, EvaluationMaskRate, EvaluationMaskRate);
            var masked = TokenBatch.Masked(codes, plan, model.Vocabulary);
            var (_, accuracy) = model.Loss(masked, Tensor.From(codes, count, tokens));
            right += accuracy.ItemAsDouble() * count;
            total += count;
        });
        return right / total;
    }

    public int[] Generate(int[] start, SamplingConfig sampling, int seed, int[]? classes = null, Action<DecodingProgress>? observe = null)
    {
        var decoder = new IterativeDecoder(model, sampling);
        var tokens = Array.ConvertAll(start, token => token < 0 ? model.Vocabulary.MaskToken : token);
        Batches.Each(tokens.Length / config.Tokens, sampling.Batch, (first, count) =>
        {
            var part = tokens.AsSpan(first * config.Tokens, count * config.Tokens);
            var ofPart = classes is null ? default : classes.AsSpan(first, count);
            decoder.Complete(part, DecodingNoise.From(new Seed(seed).For(first)), ofPart, Report).CopyTo(part);

            void Report(int step, DecodingStep decided) => observe?.Invoke(new DecodingProgress(
                first, step, decided.Tokens, Array.ConvertAll(decided.Next, token => token != model.Vocabulary.MaskToken)));
        });
        return tokens;
    }

    public override void Dispose()
    {
        base.Dispose();
        model.Dispose();
    }
}
