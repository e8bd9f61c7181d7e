using Mage.Config;
using Mage.Data;
using Mage.Tokenizer;

namespace Mage.Training;

/// <summary>
/// Tokens of images that stay as they are: the tokenizer does not change any more, so all are tokenized once, before the first step; so are their
/// mirror images, if some are mirrored.
/// </summary>
internal sealed class CachedTokens : ITokenSource
{
    private readonly BatchSampler sampler;
    private readonly int[] labels;
    private readonly int[] codes;
    private readonly int[] mirroredCodes;
    private readonly int tokens;

    public CachedTokens(RunConfig config, ImagePart part, VectorQuantizedAutoencoder tokenizer, BatchSampler sampler)
    {
        (this.sampler, labels, tokens) = (sampler, part.Labels, config.Tokens);
        codes = Tokenize(config, part, tokenizer, mirror: false);
        mirroredCodes = config.Data.Flip ? Tokenize(config, part, tokenizer, mirror: true) : [];
    }

    /// <inheritdoc/>
    public StepTokens Of(int step)
    {
        var (indices, mirrored) = (new int[sampler.Batch], new bool[sampler.Batch]);
        sampler.Choose(step, indices, mirrored);
        var batch = new int[sampler.Batch * tokens];
        for (var i = 0; i < indices.Length; i++)
        {
            (mirrored[i] ? mirroredCodes : codes).AsSpan(indices[i] * tokens, tokens).CopyTo(batch.AsSpan(i * tokens, tokens));
        }

        return new StepTokens(batch, Array.ConvertAll(indices, index => labels[index]), []);
    }

    private static int[] Tokenize(RunConfig config, ImagePart part, VectorQuantizedAutoencoder tokenizer, bool mirror)
    {
        var codes = new int[part.Count * config.Tokens];
        Batches.Each(part.Count, config.Evaluation.Batch, (start, count)
            => tokenizer.Tokens(config, part.ToFloats(start, count, mirror)).CopyTo(codes, start * config.Tokens));
        return codes;
    }
}
