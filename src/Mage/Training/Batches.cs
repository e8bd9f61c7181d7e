using Mage.Config;
using MageDsl;

namespace Mage.Training;

/// <summary>Many images, a batch at a time.</summary>
internal static class Batches
{
    /// <summary>
    /// Calls <paramref name="body"/> for every batch with its start and count; what it computes lives until it returns, and no tape records it.
    /// </summary>
    public static void Each(int images, int batch, Action<int, int> body)
    {
        using var paused = GradientTape.Pause();
        for (var start = 0; start < images; start += batch)
        {
            using var scope = new TensorScope();
            body(start, Math.Min(batch, images - start));
        }
    }

    /// <summary>The batches of a training step: the number of each, and its first image; all have the same number of images.</summary>
    /// <param name="images">Images in the step.</param>
    /// <param name="batches">Batches in the step.</param>
    /// <exception cref="ArgumentException">
    /// The images cannot be dealt out equally: the mean of the batches' losses would not be that of the images.
    /// </exception>
    public static IEnumerable<(int Number, int First, int Count)> OfStep(int images, int batches)
        => images > 0 && images % batches == 0
            ? Enumerable.Range(0, batches).Select(number => (number, number * (images / batches), images / batches))
            : throw new ArgumentException($"{images} images do not make {batches} batches of equal size", nameof(images));

    /// <summary>Pixels as a tensor <c>[b, channels, size, size]</c>.</summary>
    public static Tensor Images(ReadOnlySpan<float> pixels, RunConfig config)
    {
        var (channels, size) = (config.Data.Channels, config.Data.ImageSize);
        return Tensor.From(pixels, pixels.Length / (channels * size * size), channels, size, size);
    }
}
