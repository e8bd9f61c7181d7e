using System.Numerics.Tensors;
using Mage.Config;
using Mage.Data;
using Mage.Evaluation;
using Mage.Generation;

namespace Mage.Training;

/// <summary>
/// Measures how good images are with a classifier, which has learnt from real ones and knows nothing of the tokenizer: by the Fréchet distance of
/// their features to those of the held-out images, and by how often it takes an image for what it should be.
/// </summary>
public sealed class ImageJudge
{
    // Images in memory as floats.
    private const int Chunk = 1024;

    private readonly RunConfig config;
    private readonly ImageSet images;
    private readonly ITrainedModels models;
    private readonly ITrainedClassifier classifier;
    private readonly FeatureStatistics reference;

    /// <summary>Looks at the images that are held out, with which it compares.</summary>
    /// <param name="config">The settings of the models.</param>
    /// <param name="images">Images, some held out.</param>
    /// <param name="models">What reconstructs and generates.</param>
    /// <param name="classifier">What has learnt from the images.</param>
    public ImageJudge(RunConfig config, ImageSet images, ITrainedModels models, ITrainedClassifier classifier)
    {
        (this.config, this.images, this.models, this.classifier) = (config, images, models, classifier);
        var heldOut = images.HeldOut;
        (reference, var recognised) = Look(heldOut.Count, (start, count) => heldOut.ToFloats(start, count), heldOut.Labels);
        HeldOut = new ImageScore(null, recognised);
    }

    /// <summary>The held-out images themselves.</summary>
    public ImageScore HeldOut { get; }

    /// <summary>Measures images.</summary>
    /// <param name="what">Which.</param>
    /// <param name="report">Called after every step of decoding with the number of images that its work so far is worth.</param>
    public ImageScore Measure(JudgedImages what, Action<int> report)
    {
        var heldOut = images.HeldOut;
        return what.Kind switch
        {
            JudgedKind.HeldOut => HeldOut,
            JudgedKind.Training => Score(what.Count, (start, count) => images.Train.ToFloats(start, count), images.Train.Labels),
            JudgedKind.Reconstructed => Score(
                what.Count, (start, count) => models.Decode(models.Tokenize(heldOut.ToFloats(start, count))), heldOut.Labels),
            _ => Generated(what, report),
        };
    }

    private ImageScore Generated(JudgedImages what, Action<int> report)
    {
        int[]? classes = config.Mage.ClassConditional
            ? [.. Enumerable.Range(0, what.Count).Select(i => images.HeldOut.Labels[i % images.HeldOut.Count])]
            : null;
        var start = new int[what.Count * config.Tokens];
        Array.Fill(start, -1);
        var sampling = what.Sampling!;
        var codes = models.Generate(start, sampling, what.Seed!.Value, classes, progress => report(
            progress.FirstImage + (progress.Tokens.Length / config.Tokens * (progress.Step + 1) / sampling.Iterations)));
        return Score(what.Count, (first, count) => models.Decode(codes[(first * config.Tokens)..((first + count) * config.Tokens)]), classes);
    }

    private ImageScore Score(int count, Func<int, int, float[]> pixels, int[]? labels)
    {
        var (features, recognised) = Look(count, pixels, labels);
        return new ImageScore(features.FrechetDistance(reference), recognised);
    }

    /// <summary>What the classifier makes of images, as they are when shown.</summary>
    private (FeatureStatistics Features, double? Recognised) Look(int count, Func<int, int, float[]> pixels, int[]? labels)
    {
        var (features, classes) = (new List<float>(), new List<int>());
        for (var start = 0; start < count; start += Chunk)
        {
            var shown = pixels(start, Math.Min(Chunk, count - start));
            TensorPrimitives.Clamp(shown, 0f, 1f, shown);
            var seen = classifier.Classify(shown);
            features.AddRange(seen.Features);
            classes.AddRange(seen.Classes);
        }

        return (
            new FeatureStatistics([.. features], features.Count / count),
            labels is null ? null : Metrics.Accuracy([.. classes], labels.AsSpan(0, count)));
    }
}
