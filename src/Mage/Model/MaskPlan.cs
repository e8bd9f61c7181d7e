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

    private MaskPlan(int batch, int tokens, bool[] masked, bool[] dropped)
    {
        (Batch, Tokens, this.masked, this.dropped) = (batch, tokens, masked, dropped);
        DroppedCount = dropped.AsSpan(0, tokens).Count(true);
    }

    /// <summary>Images in the batch.</summary>
    public int Batch { get; }

    /// <summary>Tokens of an image, without the class token.</summary>
    public int Tokens { get; }

    /// <summary>Dropped tokens of each image; drawn, they are the tokens times the lowest mask rate, rounded up.</summary>
    public int DroppedCount { get; }

    /// <summary>The share of all tokens that are masked.</summary>
    public double MaskRate => masked.AsSpan().Count(true) / (double)masked.Length;

    /// <summary>Masked tokens of an image; drawn, they are the tokens times the mask rate, rounded up, in every image.</summary>
    public int MaskedCount(int image) => masked.AsSpan(image * Tokens, Tokens).Count(true);

    /// <summary>One mask rate for the batch from <paramref name="rates"/>, and noise for every token.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="tokens">Tokens of an image.</param>
    /// <param name="rates">Where the mask rate is drawn from; its lower end is the share of tokens dropped.</param>
    /// <param name="seed">Key of the draw.</param>
    public static MaskPlan Draw(int batch, int tokens, TruncatedNormal rates, Seed seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
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
    /// <exception cref="ArgumentException">
    /// The noise has another length or is NaN somewhere, a rate is NaN, lies outside [0, 1] or above the other, or there are no images or tokens.
    /// </exception>
    public static MaskPlan FromNoise(ReadOnlySpan<float> noise, int batch, int tokens, double maskRate, double dropRate)
    {
        Check(noise.Length, batch, tokens, nameof(noise));
        foreach (var number in noise)
        {
            if (float.IsNaN(number))
            {
                throw new ArgumentException("the noise holds NaN, which is neither low nor high", nameof(noise));
            }
        }

        if (!(dropRate >= 0 && dropRate <= maskRate && maskRate <= 1))
        {
            throw new ArgumentException($"mask rate {maskRate} and drop rate {dropRate} should fulfil 0 <= drop <= mask <= 1", nameof(maskRate));
        }

        var (maskedCount, droppedCount) = ((int)Math.Ceiling(tokens * maskRate), (int)Math.Ceiling(tokens * dropRate));
        var (masked, dropped) = (new bool[noise.Length], new bool[noise.Length]);
        var order = new int[tokens];
        var keys = new (float Noise, int Position)[tokens];
        for (var image = 0; image < batch; image++)
        {
            for (var t = 0; t < tokens; t++)
            {
                (order[t], keys[t]) = (t, (noise[image * tokens + t], t));
            }

            Array.Sort(keys, order);
            foreach (var t in order.AsSpan(0, maskedCount))
            {
                masked[image * tokens + t] = true;
            }

            foreach (var t in order.AsSpan(0, droppedCount))
            {
                dropped[image * tokens + t] = true;
            }
        }

        return new MaskPlan(batch, tokens, masked, dropped);
    }

    /// <summary>A plan that says token by token what is hidden: a part of an image to paint anew, say.</summary>
    /// <param name="masked">Whether each token is masked, row by row; images may differ in how many are.</param>
    /// <param name="batch">Images.</param>
    /// <param name="tokens">Tokens of an image.</param>
    /// <param name="dropped">Whether each token is dropped; empty if none is.</param>
    /// <exception cref="ArgumentException">
    /// A mask has another length, a dropped token is not masked, images differ in how many are dropped (the encoder's slots are one array), or
    /// there are no images or tokens.
    /// </exception>
    public static MaskPlan FromMask(ReadOnlySpan<bool> masked, int batch, int tokens, ReadOnlySpan<bool> dropped = default)
    {
        Check(masked.Length, batch, tokens, nameof(masked));
        if (dropped.Length > 0)
        {
            Check(dropped.Length, batch, tokens, nameof(dropped));
        }

        var plan = new MaskPlan(batch, tokens, masked.ToArray(), dropped.Length > 0 ? dropped.ToArray() : new bool[masked.Length]);
        for (var image = 0; image < batch; image++)
        {
            var count = plan.dropped.AsSpan(image * tokens, tokens).Count(true);
            if (count != plan.DroppedCount)
            {
                throw new ArgumentException(
                    $"image {image} has {count} dropped tokens and image 0 has {plan.DroppedCount}; they should have as many", nameof(dropped));
            }

            for (var t = 0; t < tokens; t++)
            {
                if (plan.IsDropped(image, t) && !plan.IsMasked(image, t))
                {
                    throw new ArgumentException($"token {t} of image {image} is dropped, but not masked", nameof(dropped));
                }
            }
        }

        return plan;
    }

    /// <summary>
    /// The plan of some of the images. Where all have as many masked tokens, as drawn ones do, the losses of equal slices have the loss of the whole
    /// as their mean.
    /// </summary>
    /// <param name="first">The first image.</param>
    /// <param name="count">How many images.</param>
    public MaskPlan Slice(int first, int count)
        => new(count, Tokens, masked[(first * Tokens)..((first + count) * Tokens)], dropped[(first * Tokens)..((first + count) * Tokens)]);

    /// <summary>Whether the decoder has to guess a token.</summary>
    public bool IsMasked(int image, int token) => masked[image * Tokens + token];

    /// <summary>Whether the encoder gets no slot for a token.</summary>
    public bool IsDropped(int image, int token) => dropped[image * Tokens + token];

    private static void Check(int length, int batch, int tokens, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        if (length != batch * tokens)
        {
            throw new ArgumentException($"{batch} images of {tokens} tokens need {batch * tokens} elements, not {length}", name);
        }
    }
}
