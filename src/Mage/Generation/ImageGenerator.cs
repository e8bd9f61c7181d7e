using Mage.Config;

namespace Mage.Generation;

/// <summary>Makes images from nothing.</summary>
/// <param name="config">Sizes.</param>
/// <param name="models">What generates.</param>
public sealed class ImageGenerator(RunConfig config, ITrainedModels models)
{
    /// <summary>Generates images.</summary>
    /// <param name="count">How many.</param>
    /// <param name="sampling">Steps, order, noise, batch.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="classes">[count]; the class of each image, -1 for none. Null if none has one.</param>
    /// <param name="observe">Called after every step of every batch.</param>
    /// <returns>[count, C, H, W], values near [0, 1].</returns>
    public float[] Generate(
        int count, SamplingConfig sampling, int seed, int[]? classes = null, Action<DecodingProgress>? observe = null)
    {
        var start = new int[count * config.Tokens];
        Array.Fill(start, -1);
        return models.Decode(models.Generate(start, sampling, seed, classes, observe));
    }
}
