using Mage.Config;
using Mage.Model;
using MageDsl;
using static Mage.Sampling.SamplingKernels;

namespace Mage.Sampling;

/// <summary>What one decoding step decided.</summary>
/// <param name="Tokens">A token for every slot: known ones as they were, the others drawn. Row by row.</param>
/// <param name="Confidence">What decides which tokens stay, the highest first; in the order by confidence that. +infinity where it was known.</param>
/// <param name="Next">The tokens, with those of the lowest confidence turned into mask tokens again.</param>
public sealed record DecodingStep(int[] Tokens, double[] Confidence, int[] Next);

/// <summary>
/// Generates tokens in a few steps. Each step guesses all unknown tokens at once, keeps some of them, those it is most confident of in the
/// official order, and masks the others again. Confidence is perturbed by noise that falls to zero.
/// </summary>
/// <remarks>
/// Chang et al., "MaskGIT", arXiv 2202.04200, as in the official gen_img_uncond.py, except that each image counts its own unknown
/// tokens (there the first image of a batch counts for all; without known tokens the counts are equal).
/// </remarks>
public sealed class IterativeDecoder
{
    private readonly MaskedGenerativeEncoder model;
    private readonly SamplingConfig sampling;
    private readonly int[] halton;

    /// <summary>A decoder with a model.</summary>
    /// <param name="model">The model that guesses; it drops nothing out.</param>
    /// <param name="sampling">
    /// Steps, order and noise, as they are now: later changes are not seen. How many images at once is the caller's to say.
    /// </param>
    public IterativeDecoder(MaskedGenerativeEncoder model, SamplingConfig sampling)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sampling);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampling.Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(sampling.Temperature);
        (this.model, this.sampling) = (model, sampling with { });
        halton = HaltonOrder.Ranks((int)Math.Sqrt(model.Tokens));
    }

    /// <summary>Generates images from nothing.</summary>
    /// <param name="images">How many.</param>
    /// <param name="seed">Key of the noise.</param>
    /// <param name="classes">The class of each image, -1 for none; empty if none has one.</param>
    /// <returns>Codes, row by row, <paramref name="images"/> times the model's tokens.</returns>
    public int[] Generate(int images, Seed seed, ReadOnlySpan<int> classes = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        var tokens = new int[images * model.Tokens];
        tokens.AsSpan().Fill(model.Vocabulary.MaskToken);
        return Complete(tokens, DecodingNoise.From(seed), classes);
    }

    /// <summary>Fills in the unknown tokens of images, and keeps the others: inpainting.</summary>
    /// <param name="tokens">Codes, and the mask token where a token is unknown, row by row.</param>
    /// <param name="noise">Where the noise comes from.</param>
    /// <param name="classes">The class of each image, -1 for none; empty if none has one.</param>
    /// <param name="observe">Called after every step with its number, from 0, and what it decided.</param>
    /// <returns>Codes, as many.</returns>
    /// <exception cref="ArgumentException">
    /// The number of tokens is no multiple of the model's, one is neither a code nor the mask token, or there are not as many classes as images.
    /// </exception>
    public int[] Complete(
        ReadOnlySpan<int> tokens, DecodingNoise noise, ReadOnlySpan<int> classes = default, Action<int, DecodingStep>? observe = null)
    {
        Check(tokens);
        var unknown = CountUnknown(tokens);
        var (current, result) = (tokens.ToArray(), tokens.ToArray());
        for (var step = 0; step < sampling.Iterations; step++)
        {
            var done = Step(step, current, unknown, noise, classes);
            (result, current) = (done.Tokens, done.Next);
            observe?.Invoke(step, done);
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
    /// <param name="classes">The class of each image, -1 for none; empty if none has one.</param>
    public DecodingStep Step(int step, int[] current, int[] unknownAtFirst, DecodingNoise noise, ReadOnlySpan<int> classes = default)
    {
        using var scope = new TensorScope();
        using var paused = GradientTape.Pause();
        var (images, mask) = (current.Length / model.Tokens, model.Vocabulary.MaskToken);
        var logits = CodeFilter.Apply(Logits(step, current, classes), sampling);
        var tokens = DrawTokens(logits, noise.ForTokens(step, logits)).ToArray<int>();
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = current[i] == mask ? tokens[i] : current[i];
        }

        var confidence = Confidence(step, logits, tokens, noise);
        for (var i = 0; i < tokens.Length; i++)
        {
            confidence[i] = current[i] == mask ? confidence[i] : double.PositiveInfinity;
        }

        var next = tokens.ToArray();
        var stillUnknown = CountUnknown(current);
        for (var image = 0; image < images; image++)
        {
            if (stillUnknown[image] > 0)
            {
                // At least one token stays unknown, and at least one becomes known.
                var wanted = (int)Math.Floor(unknownAtFirst[image] * sampling.Schedule.Unknown((step + 1.0) / sampling.Iterations));
                var hidden = Math.Max(1, Math.Min(stillUnknown[image] - 1, wanted));
                Hide(hidden, confidence.AsSpan(image * model.Tokens, model.Tokens), next.AsSpan(image * model.Tokens, model.Tokens));
            }
        }

        return new DecodingStep(tokens, confidence, next);
    }

    private Tensor Logits(int step, int[] current, ReadOnlySpan<int> classes)
    {
        var images = current.Length / model.Tokens;
        var logits = model.Logits(TokenBatch.Whole(current, images, model.Vocabulary, classes));
        var guidance = sampling.Guidance * sampling.GuidanceSchedule.Share(step, sampling.Iterations);
        return guidance > 0 && classes.ContainsAnyExcept(-1)
            ? Guide(logits, model.Logits(TokenBatch.Whole(current, images, model.Vocabulary)), (float)guidance)
            : logits;
    }

    private double[] Confidence(int step, Tensor logits, int[] tokens, DecodingNoise noise)
    {
        var length = model.Tokens;
        switch (sampling.Order)
        {
            case TokenOrder.Halton:
                return [.. tokens.Select((_, i) => -(double)((halton[i % length] + noise.ForStart(i / length, length)) % length))];
            case TokenOrder.Random:
                return [.. tokens.Select((_, i) => noise.ForChoice(step, i))];
        }

        var scale = sampling.Temperature * (1 - ((step + 1.0) / sampling.Iterations));
        var probability = LogProbability(logits, Tensor.From(tokens, tokens.Length / length, length)).ToArray<float>();
        return [.. probability.Select((value, i) => scale > 0 ? value + (scale * noise.ForChoice(step, i)) : value)];
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
