namespace Mage.Data.Png;

/// <summary>Turns stored samples into pixels: palettes looked up, transparency made an alpha channel.</summary>
internal static class PngColors
{
    /// <exception cref="PngException">The palette is missing, damaged, or too short for the pixels.</exception>
    public static PixelImage ToImage(PngHeader header, byte[] samples, byte[]? palette, byte[]? transparency)
    {
        if (header.Color == 3)
        {
            return FromPalette(header, samples, palette, transparency);
        }

        if (transparency is not null && header.Color is 0 or 2)
        {
            return WithKey(header, samples, transparency!);
        }

        return new PixelImage(header.Width, header.Height, header.Samples, samples);
    }

    private static PixelImage FromPalette(PngHeader header, byte[] samples, byte[]? palette, byte[]? transparency)
    {
        if (palette is null || palette.Length is 0 or > 768 || palette.Length % 3 != 0 || transparency?.Length > palette.Length / 3)
        {
            throw new PngException("its palette is missing or damaged");
        }

        var channels = transparency is null ? 3 : 4;
        var image = new PixelImage(header.Width, header.Height, channels);
        for (var i = 0; i < samples.Length; i++)
        {
            var color = samples[i] * 3;
            if (color >= palette.Length)
            {
                throw new PngException($"a pixel has color {samples[i]} of a palette of {palette.Length / 3}");
            }

            var pixel = image.Pixels.AsSpan(i * channels, channels);
            palette.AsSpan(color, 3).CopyTo(pixel);
            if (transparency is not null)
            {
                pixel[3] = samples[i] < transparency.Length ? transparency[samples[i]] : (byte)255;
            }
        }

        return image;
    }

    /// <summary>One colour, stored with 16 bits per sample, is transparent.</summary>
    private static PixelImage WithKey(PngHeader header, byte[] samples, byte[] key)
    {
        var stored = header.Samples;
        if (key.Length != 2 * stored)
        {
            throw new PngException("its transparent color is damaged");
        }

        var image = new PixelImage(header.Width, header.Height, stored + 1);
        for (var i = 0; i < header.Width * header.Height; i++)
        {
            var pixel = samples.AsSpan(i * stored, stored);
            var transparent = true;
            for (var c = 0; c < stored; c++)
            {
                transparent &= key[2 * c] == 0 && key[(2 * c) + 1] == pixel[c];
            }

            var target = image.Pixels.AsSpan(i * (stored + 1), stored + 1);
            pixel.CopyTo(target);
            target[stored] = transparent ? (byte)0 : (byte)255;
        }

        return image;
    }
}
