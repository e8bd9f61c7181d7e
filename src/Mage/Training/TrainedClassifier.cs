using Mage.Classification;
using Mage.Config;
using Mage.Generation;

namespace Mage.Training;

/// <summary>A trained classifier, over plain arrays.</summary>
internal sealed class TrainedClassifier(RunConfig config, ImageClassifier model) : ITrainedClassifier
{
    public (float[] Features, int[] Classes) Classify(float[] images)
    {
        var values = config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize;
        var (count, width) = (images.Length / values, config.Classifier.Features);
        var (features, classes) = (new float[count * width], new int[count]);
        Batches.Each(count, config.Evaluation.Batch, (start, batch) =>
        {
            var seen = model.Features(Batches.Images(images.AsSpan(start * values, batch * values), config));
            seen.ToArray<float>().CopyTo(features, start * width);
            model.Decide(seen).ToArray<int>().CopyTo(classes, start);
        });
        return (features, classes);
    }

    public void Dispose() => model.Dispose();
}
