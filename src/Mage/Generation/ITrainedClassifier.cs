namespace Mage.Generation;

/// <summary>A trained classifier as the evaluation sees it: plain arrays in and out.</summary>
public interface ITrainedClassifier : IDisposable
{
    /// <summary>Classifies images.</summary>
    /// <param name="images">[N, C, H, W] in [0, 1], any number of them (batched inside).</param>
    /// <returns>What it decides by, [N, width], and the class that it takes each for, [N].</returns>
    (float[] Features, int[] Classes) Classify(float[] images);
}
