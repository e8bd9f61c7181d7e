namespace Mage.Data.Png;

/// <summary>
/// A picture in memory: rows from the top, pixels from the left, channels interleaved, 8 bits each. One channel is
/// grey, two grey and alpha, three red, green and blue, four those and alpha.
/// </summary>
public sealed class PixelImage
{
    /// <summary>A picture over existing pixels.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 to 4.</param>
    /// <param name="pixels">Exactly height × width × channels bytes; not copied.</param>
    public PixelImage(int width, int height, int channels, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
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
}
