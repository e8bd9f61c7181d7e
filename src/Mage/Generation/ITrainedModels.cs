using Mage.Config;

namespace Mage.Generation;

/// <summary>
/// A trained tokenizer as the evaluation and the pictures see it: plain arrays in and out, images as [N, C, H, W] in [0, 1], any number of
/// them (batched inside).
/// </summary>
public interface ITrainedTokenizer : IDisposable
{
    /// <summary>Checksum of the tokenizer's weights: tokens of another one mean something else.</summary>
    string Fingerprint { get; }

    /// <summary>The codes of images, [N, tokens], row by row.</summary>
    int[] Tokenize(float[] images);

    /// <summary>Images from codes [N, tokens].</summary>
    float[] Decode(int[] codes);

    /// <summary>Writes the tokenizer's weights.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; what was there before is untouched.</exception>
    void Save(string path);
}

/// <summary>A trained tokenizer with the MAGE that was trained on its tokens.</summary>
public interface ITrainedModels : ITrainedTokenizer
{
    /// <summary>Features of images, [N, width]: the mean of the encoder's tokens without the class token.</summary>
    float[] Features(float[] images);

    /// <summary>The share of masked tokens whose code is the likeliest, half of each image's tokens masked at random by the seed.</summary>
    double MaskedTokenAccuracy(float[] images, int seed);

    /// <summary>Generates codes by iterative decoding.</summary>
    /// <param name="start">[N, tokens]; tokens that are negative are to be generated, the others are kept.</param>
    /// <param name="sampling">Steps, order, noise, batch.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="classes">[N]; the class of each image, -1 for none. Null if none has one.</param>
    /// <param name="observe">Called after every step of every batch.</param>
    /// <returns>[N, tokens], all of them codes.</returns>
    int[] Generate(int[] start, SamplingConfig sampling, int seed, int[]? classes = null, Action<DecodingProgress>? observe = null);
}

/// <summary>What a step of decoding decided for a batch of images.</summary>
/// <param name="FirstImage">The first image of the batch.</param>
/// <param name="Step">The step, from 0.</param>
/// <param name="Tokens">A code for every slot, row by row: what the images would be if it ended here.</param>
/// <param name="IsKnown">Whether it stays, row by row.</param>
public sealed record DecodingProgress(int FirstImage, int Step, int[] Tokens, bool[] IsKnown);
