using Mage.Config;
using Mage.Tokenizer;

namespace Mage.Training;

/// <summary>What MAGE trains on in a step.</summary>
/// <param name="Codes">The tokens of the images, row by row.</param>
/// <param name="Classes">Their classes.</param>
/// <param name="OtherView">The tokens of another view of each image; empty if none is needed.</param>
/// <param name="Waited">How long it was waited for; null where nothing is made while training runs.</param>
internal sealed record StepTokens(int[] Codes, int[] Classes, int[] OtherView, TimeSpan? Waited = null);

/// <summary>Where the tokens of steps come from.</summary>
internal interface ITokenSource
{
    /// <summary>The tokens of a step; they depend on the step alone.</summary>
    StepTokens Of(int step);
}

/// <summary>Tokens of many images.</summary>
internal static class Tokenizing
{
    /// <summary>The codes of images [N, C, H, W], in batches of the evaluation's size.</summary>
    public static int[] Tokens(this VectorQuantizedAutoencoder tokenizer, RunConfig config, float[] pixels)
    {
        var values = config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize;
        var codes = new int[pixels.Length / values * config.Tokens];
        Batches.Each(pixels.Length / values, config.Evaluation.Batch, (start, count)
            => tokenizer.Tokenize(Batches.Images(pixels.AsSpan(start * values, count * values), config)).ToArray<int>()
                .CopyTo(codes, start * config.Tokens));
        return codes;
    }
}
