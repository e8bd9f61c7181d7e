using Mage.Model;
using MageDsl;
using static Mage.Sampling.SamplingKernels;

namespace Mage.Sampling;

/// <summary>What one decoding step decided.</summary>
/// <param name="Tokens">A token for every slot: known ones as they were, the others drawn. Row by row.</param>
/// <param name="Confidence">The confidence of every token; +infinity where it was known.</param>
/// <param name="Next">The tokens, with the least confident ones turned into mask tokens again.</param>
public sealed record DecodingStep(int[] Tokens, double[] Confidence, int[] Next);

/// <summary>
/// Generates tokens in a few steps. Each step guesses all unknown tokens at once, keeps those it is most confident of,
/// and masks the others again; how many stay unknown falls as a cosine. Confidence is perturbed by noise that falls to zero.
/// </summary>
/// <remarks>
/// Chang et al., "MaskGIT", arXiv 2202.04200, as in the official gen_img_uncond.py, except that each image counts its own unknown
/// tokens (there the first image of a batch counts for all; without known tokens the counts are equal).
/// </remarks>
public sealed class IterativeDecoder
{
    private readonly MaskedGenerativeEncoder model;
    private readonly int iterations;
    private readonly double temperature;

    /// <summary>A decoder with a model.</summary>
    /// <param name="model">The model that guesses; it drops nothing out.</param>
    /// <param name="iterations">Number of steps, at least 1.</param>
    /// <param name="temperature">Strength of the noise on the confidence in the first step; it falls linearly to zero.</param>
    public IterativeDecoder(MaskedGenerativeEncoder model, int iterations, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(temperature);
        (this.model, this.iterations, this.temperature) = (model, iterations, temperature);
    }

    /// <summary>Generates images from nothing.</summary>
    /// <param name="images">How many.</param>
    /// <param name="seed">Key of the noise.</param>
    /// <returns>Codes, row by row, <paramref name="images"/> times the model's tokens.</returns>
    public int[] Generate(int images, Seed seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        var tokens = new int[images * model.Tokens];
        tokens.AsSpan().Fill(model.Vocabulary.MaskToken);
        return Complete(tokens, DecodingNoise.From(seed));
    }

    /// <summary>Fills in the unknown tokens of images, and keeps the others: inpainting.</summary>
    /// <param name="tokens">Codes, and the mask token where a token is unknown, row by row.</param>
    /// <param name="noise">Where the noise comes from.</param>
    /// <returns>Codes, as many.</returns>
    /// <exception cref="ArgumentException">
    /// The number of tokens is no multiple of the model's, or one is neither a code nor the mask token.
    /// </exception>
    public int[] Complete(ReadOnlySpan<int> tokens, DecodingNoise noise)
    {
        Check(tokens);
        var unknown = CountUnknown(tokens);
        var (current, result) = (tokens.ToArray(), tokens.ToArray());
        for (var step = 0; step < iterations; step++)
        {
            (result, _, current) = Step(step, current, unknown, noise);
        }

        return result;
    }

    /// <summary>The number of unknown tokens of each image.</summary>
    public int[] CountUnknown(ReadOnlySpan<int> tokens)
    {
        var unknown = new int[tokens.Length / model.Tokens];
        for (var i = 0; i < tokens.Length; i++)
        {
            unknown[i / model.Tokens] += tokens[i] == model.Vocabulary.MaskToken ? 1 : 0;
        }

        return unknown;
    }

    /// <summary>One step.</summary>
    /// <param name="step">Its number, from 0.</param>
    /// <param name="current">Codes and mask tokens, row by row.</param>
    /// <param name="unknownAtFirst">How many tokens of each image were unknown before the first step.</param>
    /// <param name="noise">Where the noise comes from.</param>
    public DecodingStep Step(int step, int[] current, int[] unknownAtFirst, DecodingNoise noise)
    {
        using var scope = new TensorScope();
        using var paused = GradientTape.Pause();
        var (images, mask) = (current.Length / model.Tokens, model.Vocabulary.MaskToken);
        var logits = model.Logits(TokenBatch.Whole(current, images, model.Vocabulary));
        var tokens = DrawTokens(logits, noise.ForTokens(step, logits)).ToArray<int>();
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = current[i] == mask ? tokens[i] : current[i];
        }

        var done = (step + 1.0) / iterations;
        var probability = LogProbability(logits, Tensor.From(tokens, images, model.Tokens)).ToArray<float>();
        var confidence = new double[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            var scale = temperature * (1 - done);
            confidence[i] = current[i] != mask ? double.PositiveInfinity
                : scale > 0 ? probability[i] + scale * noise.ForChoice(step, i)
                : probability[i];
        }

        var next = tokens.ToArray();
        var stillUnknown = CountUnknown(current);
        for (var image = 0; image < images; image++)
        {
            if (stillUnknown[image] > 0)
            {
                // At least one token stays unknown, and at least one becomes known.
                var wanted = (int)Math.Floor(unknownAtFirst[image] * Math.Cos(Math.PI / 2 * done));
                var hidden = Math.Max(1, Math.Min(stillUnknown[image] - 1, wanted));
                Hide(hidden, confidence.AsSpan(image * model.Tokens, model.Tokens), next.AsSpan(image * model.Tokens, model.Tokens));
            }
        }

        return new DecodingStep(tokens, confidence, next);
    }

    /// <summary>Masks the <paramref name="count"/> least confident tokens, and those exactly as confident as the last of them.</summary>
    private void Hide(int count, ReadOnlySpan<double> confidence, Span<int> tokens)
    {
        var sorted = confidence.ToArray();
        Array.Sort(sorted);
        for (var t = 0; t < tokens.Length; t++)
        {
            if (confidence[t] <= sorted[count - 1])
            {
                tokens[t] = model.Vocabulary.MaskToken;
            }
        }
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length == 0 || tokens.Length % model.Tokens != 0)
        {
            throw new ArgumentException($"{tokens.Length} tokens are no whole number of images of {model.Tokens}", nameof(tokens));
        }

        model.Vocabulary.CheckCodes(tokens, allowMask: true, nameof(tokens));
    }
}
