using Mage.Data;
using Mage.Evaluation;

namespace Mage.Training;

/// <summary>Measures trained models on held-out images.</summary>
public static class RunEvaluation
{
    /// <summary>All the closing numbers.</summary>
    public static RunSummary Measure(RunConfig config, ImageSet images, ITrainedModels models)
    {
        var heldOut = images.HeldOut.First(config.Evaluation.HeldOutImages);
        var pixels = heldOut.ToFloats(0, heldOut.Count);
        var codes = models.Tokenize(pixels);
        var (used, perplexity) = Metrics.CodebookUsage(codes, config.Tokenizer.CodebookSize);
        return Probe(config, images, models) with
        {
            ReconstructionPsnr = Metrics.Psnr(pixels, models.Decode(codes), heldOut.ValuesPerImage),
            CodesUsed = used,
            CodebookSize = config.Tokenizer.CodebookSize,
            CodePerplexity = perplexity,
            MaskedTokenAccuracy = models.MaskedTokenAccuracy(pixels, config.Seed),
        };
    }

    /// <summary>The probes alone.</summary>
    public static RunSummary Probe(RunConfig config, ImageSet images, ITrainedModels models)
    {
        var train = images.Train.First(config.Evaluation.TrainImages);
        var heldOut = images.HeldOut.First(config.Evaluation.HeldOutImages);
        var trainPixels = new Features(train.ToFloats(0, train.Count), train.Labels);
        var heldOutPixels = new Features(heldOut.ToFloats(0, heldOut.Count), heldOut.Labels);
        var trainFeatures = new Features(models.Features(trainPixels.Values), train.Labels);
        var heldOutFeatures = new Features(models.Features(heldOutPixels.Values), heldOut.Labels);
        return new RunSummary
        {
            HeldOutImages = heldOut.Count,
            ProbeImages = train.Count,
            LinearProbe = new ProbePair(
                Metrics.Accuracy(LinearProbe.Predict(trainFeatures, heldOutFeatures), heldOut.Labels),
                Metrics.Accuracy(LinearProbe.Predict(trainPixels, heldOutPixels), heldOut.Labels)),
            NearestNeighbors = new ProbePair(
                Metrics.Accuracy(NearestNeighbors.Predict(trainFeatures, heldOutFeatures), heldOut.Labels),
                Metrics.Accuracy(NearestNeighbors.Predict(trainPixels, heldOutPixels), heldOut.Labels)),
        };
    }
}
