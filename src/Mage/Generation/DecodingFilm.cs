using Mage.Config;

namespace Mage.Generation;

/// <summary>Records how images come about: a frame for every step of decoding, in which what is not decided yet fades into grey.</summary>
/// <param name="config">Sizes.</param>
/// <param name="models">What decodes.</param>
/// <param name="count">Images that are recorded: the first ones.</param>
/// <param name="iterations">Decoding steps.</param>
public sealed class DecodingFilm(RunConfig config, ITrainedModels models, int count, int iterations)
{
    private const float Grey = 0.5f;
    private const float Faded = 0.8f;

    private readonly int[][] tokens = [.. Enumerable.Range(0, iterations).Select(_ => new int[count * config.Tokens])];
    private readonly bool[][] known = [.. Enumerable.Range(0, iterations).Select(_ => new bool[count * config.Tokens])];

    /// <summary>Takes what a step decided.</summary>
    public void Record(DecodingProgress progress)
    {
        var first = progress.FirstImage * config.Tokens;
        var length = Math.Min(progress.Tokens.Length, (count * config.Tokens) - first);
        if (length > 0)
        {
            progress.Tokens.AsSpan(0, length).CopyTo(tokens[progress.Step].AsSpan(first));
            progress.IsKnown.AsSpan(0, length).CopyTo(known[progress.Step].AsSpan(first));
        }
    }

    /// <summary>The frames in their order; the last is what came out.</summary>
    /// <returns>[count, C, H, W] each.</returns>
    public IEnumerable<float[]> Frames()
    {
        for (var step = 0; step < iterations; step++)
        {
            var frame = models.Decode(tokens[step]);
            if (step < iterations - 1)
            {
                Fade(frame, known[step]);
            }

            yield return frame;
        }
    }

    private void Fade(float[] frame, bool[] isKnown)
    {
        var (size, block, values) = (config.Data.ImageSize, config.Tokenizer.DownSampling,
            config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize);
        for (var i = 0; i < frame.Length; i++)
        {
            var (image, y, x) = (i / values, i / size % size, i % size);
            if (!isKnown[(image * config.Tokens) + (y / block * config.Grid) + (x / block)])
            {
                frame[i] += (Grey - frame[i]) * Faded;
            }
        }
    }
}
