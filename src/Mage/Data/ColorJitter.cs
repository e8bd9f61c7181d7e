namespace Mage.Data;

/// <summary>
/// Random brightness, contrast, saturation and hue, in random order: torchvision's <c>ColorJitter</c> on tensors, with random numbers by counter
/// and the strengths of SimCLR, 0.8, 0.8, 0.8 and 0.2 times a factor.
/// </summary>
/// <remarks>Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", arXiv 2002.05709, appendix A.</remarks>
public static class ColorJitter
{
    private const float Strength = 0.8f;
    private const float HueStrength = 0.2f;

    /// <summary>Changes an image's colours by chance.</summary>
    /// <param name="image">[channels, height, width] in [0, 1], 1 or 3 channels; grey has no saturation and no hue.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="factor">How strongly, between 0 and 1.</param>
    /// <param name="key">Key of the draws.</param>
    public static void Apply(Span<float> image, int channels, float factor, Seed key)
    {
        foreach (var change in key.For(0).Permutation(4))
        {
            var drawn = (float)((2 * key.For(1).Uniform(change)) - 1) * factor;
            var amount = 1 + (drawn * Strength);
            switch (change)
            {
                case 0:
                    Brightness(image, amount);
                    break;
                case 1:
                    Contrast(image, channels, amount);
                    break;
                case 2:
                    Saturation(image, channels, amount);
                    break;
                default:
                    Hue(image, channels, drawn * HueStrength);
                    break;
            }
        }
    }

    /// <summary>Multiplies all values.</summary>
    public static void Brightness(Span<float> image, float factor)
    {
        foreach (ref var value in image)
        {
            value = Math.Clamp(value * factor, 0, 1);
        }
    }

    /// <summary>Goes away from the mean of the grey image, or towards it: 0 leaves only that.</summary>
    public static void Contrast(Span<float> image, int channels, float factor)
    {
        var (sum, area) = (0.0, image.Length / channels);
        for (var i = 0; i < area; i++)
        {
            sum += GreyAt(image, channels, i);
        }

        var mean = (float)(sum / area);
        foreach (ref var value in image)
        {
            value = Blend(value, mean, factor);
        }
    }

    /// <summary>Goes away from the grey image, or towards it: 0 leaves only that.</summary>
    public static void Saturation(Span<float> image, int channels, float factor)
    {
        var area = image.Length / channels;
        for (var i = 0; i < area; i++)
        {
            var grey = GreyAt(image, channels, i);
            for (var c = 0; c < channels; c++)
            {
                ref var value = ref image[(c * area) + i];
                value = Blend(value, grey, factor);
            }
        }
    }

    /// <summary>Turns hues by a share of the circle, as in the space of hue, saturation and value.</summary>
    public static void Hue(Span<float> image, int channels, float turn)
    {
        var area = image.Length / channels;
        for (var i = 0; channels == 3 && i < area; i++)
        {
            var (red, green, blue) = (image[i], image[area + i], image[(2 * area) + i]);
            var largest = Math.Max(red, Math.Max(green, blue));
            var spread = largest - Math.Min(red, Math.Min(green, blue));
            if (spread == 0)
            {
                continue;
            }

            // The circle has six parts, and begins at red.
            var hue = red == largest ? (green - blue) / spread : green == largest ? 2 + ((blue - red) / spread) : 4 + ((red - green) / spread);
            hue += 6 * (turn + 2);
            (image[i], image[area + i], image[(2 * area) + i]) = (Channel(5), Channel(3), Channel(1));

            float Channel(int start)
            {
                var place = (start + hue) % 6;
                return largest - (spread * Math.Clamp(Math.Min(place, 4 - place), 0, 1));
            }
        }
    }

    private static float Blend(float value, float other, float factor) => Math.Clamp((factor * value) + ((1 - factor) * other), 0, 1);

    private static float GreyAt(ReadOnlySpan<float> image, int channels, int pixel)
    {
        var area = image.Length / channels;
        return channels == 1 ? image[pixel] : (0.2989f * image[pixel]) + (0.587f * image[area + pixel]) + (0.114f * image[(2 * area) + pixel]);
    }
}
