using System.Diagnostics;
using Mage.Config;
using Mage.Data;
using Mage.Tokenizer;

namespace Mage.Training;

/// <summary>
/// Tokens of images that are other crops in every step: the pictures of coming steps are read and cut on other threads, and tokenized when their step
/// comes, on the device that trains.
/// </summary>
internal sealed class FreshTokens : ITokenSource
{
    // Steps ahead: a batch of large images is a hundred megabytes.
    private const int Least = 2;
    private const int Most = 4;

    private readonly RunConfig config;
    private readonly ImagePart part;
    private readonly VectorQuantizedAutoencoder tokenizer;
    private readonly BatchSampler sampler;
    private readonly ViewMaker views;
    private readonly Ahead<Cut> ahead;
    private readonly bool both;

    public FreshTokens(RunConfig config, ImagePart part, VectorQuantizedAutoencoder tokenizer, BatchSampler sampler)
    {
        (this.config, this.part, this.tokenizer, this.sampler) = (config, part, tokenizer, sampler);
        var contrast = config.Mage.Contrast;
        both = contrast.Kind == ContrastKind.Views;
        views = both
            ? new ViewMaker(part, config.Data.Crop, config.Data.Flip, contrast.Jitter, contrast.Grey)
            : new ViewMaker(part, config.Data.Crop, config.Data.Flip);
        ahead = new Ahead<Cut>(Prepare, Math.Clamp(Environment.ProcessorCount, Least, Most));
    }

    /// <inheritdoc/>
    public StepTokens Of(int step)
    {
        var start = Stopwatch.GetTimestamp();
        var cut = ahead.Take(step);
        var waited = Stopwatch.GetElapsedTime(start);
        return new StepTokens(
            tokenizer.Tokens(config, cut.View), Array.ConvertAll(cut.Indices, index => part.Labels[index]), tokenizer.Tokens(config, cut.OtherView),
            waited);
    }

    /// <summary>Which images a step sees is chosen here, in order; they are cut later.</summary>
    private Func<Cut> Prepare(int step)
    {
        var indices = new int[sampler.Batch];
        sampler.Choose(step, indices, new bool[sampler.Batch]);
        var key = config.KeyOf(Draw.Views).For(step);
        return () => new Cut(indices, Views(indices, key.For(0)), both ? Views(indices, key.For(1)) : []);
    }

    /// <summary>On all cores, so that a step whose views are not there yet waits as short as can be.</summary>
    private float[] Views(int[] indices, Seed key) => part.Make(indices.Length, (i, target) => views.Make(indices[i], key.For(i), target));

    /// <summary>The images of a step, cut.</summary>
    private sealed record Cut(int[] Indices, float[] View, float[] OtherView);
}
