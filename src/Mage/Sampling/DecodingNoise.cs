using MageDsl;
using static Mage.Sampling.SamplingKernels;

namespace Mage.Sampling;

/// <summary>The random numbers of iterative decoding: standard Gumbel noise, in two places.</summary>
public abstract class DecodingNoise
{
    /// <summary>Noise by counter: the same for the same seed.</summary>
    public static DecodingNoise From(Seed seed) => new Seeded(seed);

    /// <summary>Noise that draws a token for every slot.</summary>
    /// <param name="step">Decoding step, from 0.</param>
    /// <param name="logits">Scores, <c>[b, t, codes]</c>.</param>
    /// <returns>Noise of the same shape.</returns>
    public abstract Tensor ForTokens(int step, Tensor logits);

    /// <summary>Noise on the confidence of a token, before it is scaled by the temperature.</summary>
    /// <param name="step">Decoding step, from 0.</param>
    /// <param name="index">The token's place in the batch, row by row.</param>
    public abstract double ForChoice(int step, int index);

    /// <summary>Where in a fixed order of tokens an image begins.</summary>
    /// <param name="image">The image's place in the batch.</param>
    /// <param name="below">Tokens of an image.</param>
    /// <returns>From 0 to <paramref name="below"/> - 1.</returns>
    public abstract int ForStart(int image, int below);

    private sealed class Seeded(Seed seed) : DecodingNoise
    {
        public override Tensor ForTokens(int step, Tensor logits) => GumbelNoise(logits, seed.For(2 * step));

        public override double ForChoice(int step, int index) => seed.For(2 * step + 1).Gumbel(index);

        public override int ForStart(int image, int below) => seed.For(-1).Integer(image, below);
    }
}
