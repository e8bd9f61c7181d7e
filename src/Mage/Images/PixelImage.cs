namespace Mage.Images;

/// <summary>
/// A picture in memory: rows from the top, pixels from the left, channels interleaved, 8 bits each. One channel is
/// grey, three are red, green and blue, four those and alpha (0 is transparent; colours are not multiplied by it).
/// </summary>
public sealed class PixelImage
{
    /// <summary>A picture over existing pixels.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="pixels">Exactly height × width × channels bytes; not copied.</param>
    public PixelImage(int width, int height, int channels, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 1, 3 or 4 channels");
        }

        if (pixels.LongLength != (long)width * height * channels)
        {
            throw new ArgumentException(
                $"{pixels.LongLength} bytes are not {height} rows of {width} pixels with {channels} channels", nameof(pixels));
        }

        (Width, Height, Channels, Pixels) = (width, height, channels, pixels);
    }

    /// <summary>A black (and transparent) picture.</summary>
    public PixelImage(int width, int height, int channels)
        : this(width, height, channels, new byte[checked(width * height * channels)])
    {
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes in a pixel.</summary>
    public int Channels { get; }

    /// <summary>Height × width × channels bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>The bytes of one pixel.</summary>
    public Span<byte> this[int x, int y] => Pixels.AsSpan(((y * Width) + x) * Channels, Channels);

    /// <summary>
    /// The picture with one channel or three and nothing transparent: transparency is laid over white, grey is repeated, and colours become
    /// 0.299 red + 0.587 green + 0.114 blue, weighted and rounded as PIL's <c>convert("L")</c> does.
    /// </summary>
    /// <param name="channels">1 or 3.</param>
    public PixelImage WithChannels(int channels)
    {
        if (Channels == channels)
        {
            return this;
        }

        var result = new PixelImage(Width, Height, channels);
        for (var i = 0; i < Width * Height; i++)
        {
            var pixel = Pixels.AsSpan(i * Channels, Channels);
            var alpha = Channels == 4 ? pixel[3] : 255;
            var red = OverWhite(pixel[0], alpha);
            var (green, blue) = Channels == 1 ? (red, red) : (OverWhite(pixel[1], alpha), OverWhite(pixel[2], alpha));
            var target = result.Pixels.AsSpan(i * channels, channels);
            if (channels == 1)
            {
                target[0] = (byte)(((19595 * red) + (38470 * green) + (7471 * blue) + 0x8000) >> 16);
            }
            else
            {
                (target[0], target[1], target[2]) = (red, green, blue);
            }
        }

        return result;
    }

    /// <summary>A picture whose channels lie one after the other.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="planes">[channels, height, width].</param>
    public static PixelImage FromPlanes(int width, int height, int channels, ReadOnlySpan<byte> planes)
    {
        var image = new PixelImage(width, height, channels);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = planes[(i % channels * width * height) + (i / channels)];
        }

        return image;
    }

    /// <summary>Writes the channels one after the other.</summary>
    /// <param name="target">[channels, height, width].</param>
    public void WritePlanes(Span<byte> target)
    {
        for (var i = 0; i < Pixels.Length; i++)
        {
            target[(i % Channels * Width * Height) + (i / Channels)] = Pixels[i];
        }
    }

    private static byte OverWhite(int value, int alpha) => (byte)(((value * alpha) + (255 * (255 - alpha)) + 127) / 255);
}
