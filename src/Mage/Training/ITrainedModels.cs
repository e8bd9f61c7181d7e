using Mage.Config;

namespace Mage.Training;

/// <summary>
/// A trained tokenizer and MAGE as the evaluation and the pictures see them: plain arrays in and out, images as
/// [N, C, H, W] in [0, 1], any number of them (batched inside).
/// </summary>
public interface ITrainedModels : IDisposable
{
    /// <summary>The codes of images, [N, tokens], row by row.</summary>
    int[] Tokenize(float[] images);

    /// <summary>Images from codes [N, tokens].</summary>
    float[] Decode(int[] codes);

    /// <summary>Features of images, [N, width]: the mean of the encoder's tokens without the class token.</summary>
    float[] Features(float[] images);

    /// <summary>The share of masked tokens whose code is the likeliest, half of each image's tokens masked at random by the seed.</summary>
    double MaskedTokenAccuracy(float[] images, int seed);

    /// <summary>Generates codes by iterative decoding.</summary>
    /// <param name="start">[N, tokens]; tokens that are negative are to be generated, the others are kept.</param>
    /// <param name="sampling">Iterations, temperature, batch.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>[N, tokens], all of them codes.</returns>
    int[] Generate(int[] start, SamplingConfig sampling, int seed);
}

/// <summary>Makes the parts of a run from its config; what is trained later reads what was trained before from the run folder.</summary>
public interface IRunParts
{
    /// <summary>The tokenizer, untrained.</summary>
    ITrainingStage Tokenizer(RunConfig config, Data.ImageSet images);

    /// <summary>MAGE, untrained, on the codes of the run's tokenizer.</summary>
    ITrainingStage Mage(RunConfig config, Data.ImageSet images, RunFolder folder);

    /// <summary>Both, trained.</summary>
    /// <exception cref="UserErrorException">A weight file is missing, damaged, or does not fit the config; names the path.</exception>
    ITrainedModels Load(RunConfig config, RunFolder folder);
}
