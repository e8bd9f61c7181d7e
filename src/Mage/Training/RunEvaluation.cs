using Mage.Config;
using Mage.Data;
using Mage.Evaluation;
using Mage.Generation;

namespace Mage.Training;

/// <summary>Measures trained models on held-out images.</summary>
public static class RunEvaluation
{
    /// <summary>All the closing numbers that the images allow.</summary>
    public static RunSummary Measure(RunConfig config, ImageSet images, ITrainedModels models)
    {
        var summary = MeasureTokenizer(config, images, models) with { ProbeImages = Math.Min(images.Train.Count, config.Evaluation.TrainImages) };
        var heldOut = images.HeldOut.First(config.Evaluation.HeldOutImages);
        if (heldOut.Count == 0)
        {
            return summary;
        }

        summary.MaskedTokenAccuracy = models.MaskedTokenAccuracy(heldOut.ToFloats(0, heldOut.Count), config.Seed);
        if (images.ClassNames.Count > 1)
        {
            Probe(summary, config, images, models);
        }
        else
        {
            summary.Notes = [.. summary.Notes, "all images are of one class, so the probes have nothing to tell apart"];
        }

        return summary;
    }

    /// <summary>What can be said of a tokenizer.</summary>
    public static RunSummary MeasureTokenizer(RunConfig config, ImageSet images, ITrainedTokenizer tokenizer)
    {
        var heldOut = images.HeldOut.First(config.Evaluation.HeldOutImages);
        var summary = new RunSummary
        {
            HeldOutImages = heldOut.Count,
            CodebookSize = config.Tokenizer.CodebookSize,
            Notes = NothingHeldOut(heldOut),
        };
        if (heldOut.Count == 0)
        {
            return summary;
        }

        var pixels = heldOut.ToFloats(0, heldOut.Count);
        var codes = tokenizer.Tokenize(pixels);
        (summary.CodesUsed, summary.CodePerplexity) = Metrics.CodebookUsage(codes, config.Tokenizer.CodebookSize);
        summary.ReconstructionPsnr = Metrics.Psnr(pixels, tokenizer.Decode(codes), heldOut.ValuesPerImage);
        return summary;
    }

    /// <summary>What can be said of a classifier: how it does on all images that are held out.</summary>
    public static RunSummary MeasureClassifier(ImageSet images, ITrainedClassifier classifier)
    {
        var heldOut = images.HeldOut;
        return new RunSummary
        {
            HeldOutImages = heldOut.Count,
            ClassifierAccuracy = heldOut.Count == 0 ? null
                : Metrics.Accuracy(classifier.Classify(heldOut.ToFloats(0, heldOut.Count)).Classes, heldOut.Labels),
            Notes = NothingHeldOut(heldOut),
        };
    }

    private static IReadOnlyList<string> NothingHeldOut(ImagePart heldOut)
        => heldOut.Count == 0 ? ["no image is held out, so nothing can be measured"] : [];

    private static void Probe(RunSummary summary, RunConfig config, ImageSet images, ITrainedModels models)
    {
        var train = images.Train.First(config.Evaluation.TrainImages);
        var heldOut = images.HeldOut.First(config.Evaluation.HeldOutImages);
        var trainPixels = new Features(train.ToFloats(0, train.Count), train.Labels);
        var heldOutPixels = new Features(heldOut.ToFloats(0, heldOut.Count), heldOut.Labels);
        var trainFeatures = new Features(models.Features(trainPixels.Values), train.Labels);
        var heldOutFeatures = new Features(models.Features(heldOutPixels.Values), heldOut.Labels);
        summary.LinearProbe = new ProbePair(
            Metrics.Accuracy(LinearProbe.Predict(trainFeatures, heldOutFeatures), heldOut.Labels),
            Metrics.Accuracy(LinearProbe.Predict(trainPixels, heldOutPixels), heldOut.Labels));
        summary.NearestNeighbors = new ProbePair(
            Metrics.Accuracy(NearestNeighbors.Predict(trainFeatures, heldOutFeatures), heldOut.Labels),
            Metrics.Accuracy(NearestNeighbors.Predict(trainPixels, heldOutPixels), heldOut.Labels));
    }
}
