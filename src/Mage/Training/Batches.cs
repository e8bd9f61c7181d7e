using MageDsl;

namespace Mage.Training;

/// <summary>Inference over many images, a batch at a time.</summary>
internal static class Batches
{
    /// <summary>Calls <paramref name="body"/> for every batch with its start and count; what it computes lives until it returns, and no tape records it.</summary>
    public static void Each(int images, int batch, Action<int, int> body)
    {
        using var paused = GradientTape.Pause();
        for (var start = 0; start < images; start += batch)
        {
            using var scope = new TensorScope();
            body(start, Math.Min(batch, images - start));
        }
    }

    /// <summary>Pixels as a tensor <c>[b, channels, size, size]</c>.</summary>
    public static Tensor Images(ReadOnlySpan<float> pixels, RunConfig config)
    {
        var (channels, size) = (config.Data.Channels, config.Data.ImageSize);
        return Tensor.From(pixels, pixels.Length / (channels * size * size), channels, size, size);
    }
}
