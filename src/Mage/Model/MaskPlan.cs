namespace Mage.Model;

/// <summary>
/// Which tokens of a batch are masked, and which of those are dropped, so that the encoder never sees a slot for them.
/// The dropped tokens are the ones with the lowest noise; the masked ones are these and the next lowest.
/// </summary>
/// <remarks>Li et al., "MAGE", arXiv 2211.09117, section 3.1: variable masking ratio, half of the tokens dropped.</remarks>
public sealed class MaskPlan
{
    private readonly bool[] masked;
    private readonly bool[] dropped;

    private MaskPlan(int batch, int tokens, int maskedCount, int droppedCount)
    {
        (Batch, Tokens, MaskedCount, DroppedCount) = (batch, tokens, maskedCount, droppedCount);
        (masked, dropped) = (new bool[batch * tokens], new bool[batch * tokens]);
    }

    /// <summary>Images in the batch.</summary>
    public int Batch { get; }

    /// <summary>Tokens of an image, without the class token.</summary>
    public int Tokens { get; }

    /// <summary>Masked tokens of each image: the tokens times the mask rate, rounded up.</summary>
    public int MaskedCount { get; }

    /// <summary>Dropped tokens of each image: the tokens times the lowest mask rate, rounded up.</summary>
    public int DroppedCount { get; }

    /// <summary>One mask rate for the batch from <paramref name="rates"/>, and noise for every token.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="tokens">Tokens of an image.</param>
    /// <param name="rates">Where the mask rate is drawn from; its lower end is the share of tokens dropped.</param>
    /// <param name="seed">Key of the draw.</param>
    public static MaskPlan Draw(int batch, int tokens, TruncatedNormal rates, Seed seed)
    {
        var noiseSeed = seed.For(1);
        var noise = new float[batch * tokens];
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = (float)noiseSeed.Uniform(i);
        }

        return FromNoise(noise, batch, tokens, rates.Quantile(seed.For(0).Uniform(0)), rates.Low);
    }

    /// <summary>The plan that given noise leads to. Of equal noise the earlier token counts as lower.</summary>
    /// <param name="noise">One number per token, row by row.</param>
    /// <param name="batch">Images.</param>
    /// <param name="tokens">Tokens of an image.</param>
    /// <param name="maskRate">Share of tokens that are masked.</param>
    /// <param name="dropRate">Share of tokens that are dropped, at most the mask rate.</param>
    /// <exception cref="ArgumentException">The noise has another length, or a rate lies outside [0, 1] or above the other.</exception>
    public static MaskPlan FromNoise(ReadOnlySpan<float> noise, int batch, int tokens, double maskRate, double dropRate)
    {
        if (noise.Length != batch * tokens)
        {
            throw new ArgumentException($"{batch} images of {tokens} tokens need {batch * tokens} numbers, not {noise.Length}", nameof(noise));
        }

        if (!(dropRate >= 0 && dropRate <= maskRate && maskRate <= 1))
        {
            throw new ArgumentException($"mask rate {maskRate} and drop rate {dropRate} should fulfil 0 <= drop <= mask <= 1", nameof(maskRate));
        }

        var plan = new MaskPlan(batch, tokens, (int)Math.Ceiling(tokens * maskRate), (int)Math.Ceiling(tokens * dropRate));
        var order = new int[tokens];
        var keys = new (float Noise, int Position)[tokens];
        for (var image = 0; image < batch; image++)
        {
            for (var t = 0; t < tokens; t++)
            {
                (order[t], keys[t]) = (t, (noise[image * tokens + t], t));
            }

            Array.Sort(keys, order);
            foreach (var t in order.AsSpan(0, plan.MaskedCount))
            {
                plan.masked[image * tokens + t] = true;
            }

            foreach (var t in order.AsSpan(0, plan.DroppedCount))
            {
                plan.dropped[image * tokens + t] = true;
            }
        }

        return plan;
    }

    /// <summary>The plan of some of the images. All have as many masked tokens, so the losses of equal slices have the loss of the whole as their mean.</summary>
    /// <param name="first">The first image.</param>
    /// <param name="count">How many images.</param>
    public MaskPlan Slice(int first, int count)
    {
        var plan = new MaskPlan(count, Tokens, MaskedCount, DroppedCount);
        masked.AsSpan(first * Tokens, count * Tokens).CopyTo(plan.masked);
        dropped.AsSpan(first * Tokens, count * Tokens).CopyTo(plan.dropped);
        return plan;
    }

    /// <summary>Whether the decoder has to guess a token.</summary>
    public bool IsMasked(int image, int token) => masked[image * Tokens + token];

    /// <summary>Whether the encoder gets no slot for a token.</summary>
    public bool IsDropped(int image, int token) => dropped[image * Tokens + token];
}
