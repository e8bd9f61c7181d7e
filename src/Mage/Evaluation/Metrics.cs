using System.Numerics.Tensors;

namespace Mage.Evaluation;

/// <summary>Numbers that say how good reconstructions and a codebook are.</summary>
public static class Metrics
{
    /// <summary>
    /// Peak signal-to-noise ratio in decibels of values in [0, 1], the mean over images; reconstructions are clipped to
    /// [0, 1] first, as they are when shown. An image without error counts as 100 dB.
    /// </summary>
    /// <param name="originals">[N, valuesPerImage].</param>
    /// <param name="reconstructions">The same shape.</param>
    /// <param name="valuesPerImage">Values in an image.</param>
    /// <exception cref="ArgumentException">The lengths differ or are no whole number of images.</exception>
    public static double Psnr(ReadOnlySpan<float> originals, ReadOnlySpan<float> reconstructions, int valuesPerImage)
    {
        if (originals.Length == 0 || originals.Length != reconstructions.Length || originals.Length % valuesPerImage != 0)
        {
            throw new ArgumentException(
                $"{originals.Length} and {reconstructions.Length} values are not equally many images of {valuesPerImage}", nameof(reconstructions));
        }

        var clipped = new float[valuesPerImage];
        var total = 0.0;
        for (var start = 0; start < originals.Length; start += valuesPerImage)
        {
            TensorPrimitives.Clamp(reconstructions.Slice(start, valuesPerImage), 0f, 1f, clipped);
            var distance = (double)TensorPrimitives.Distance(originals.Slice(start, valuesPerImage), clipped);
            var error = distance * distance / valuesPerImage;
            total += error <= 1e-10 ? 100 : -10 * Math.Log10(error);
        }

        return total / (originals.Length / valuesPerImage);
    }

    /// <summary>How many codes occur, and the perplexity: as many equally frequent codes would carry as much information.</summary>
    /// <param name="codes">Codes of many images.</param>
    /// <param name="codebookSize">Number of codes.</param>
    public static (int Used, double Perplexity) CodebookUsage(ReadOnlySpan<int> codes, int codebookSize)
    {
        var counts = new long[codebookSize];
        foreach (var code in codes)
        {
            counts[code]++;
        }

        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / codes.Length;
                entropy -= share * Math.Log(share);
            }
        }

        return (counts.Count(count => count > 0), Math.Exp(entropy));
    }

    /// <summary>The share of labels that are predicted.</summary>
    public static double Accuracy(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        if (predicted.Length != labels.Length || labels.Length == 0)
        {
            throw new ArgumentException($"{predicted.Length} predictions for {labels.Length} labels", nameof(predicted));
        }

        var right = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            right += predicted[i] == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }
}
