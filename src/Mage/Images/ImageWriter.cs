using SkiaSharp;

namespace Mage.Images;

/// <summary>Writes PNG, JPEG and WebP files by SkiaSharp.</summary>
public static class ImageWriter
{
    private const int JpegQuality = 95;

    // Of a picture without loss it is how hard the encoder looks for the smallest file, from 0 to 100.
    private const float WebpEffort = 75;

    /// <summary>How pictures become WebP.</summary>
    internal static SKWebpEncoderOptions Webp => new(SKWebpEncoderCompression.Lossless, WebpEffort);

    /// <summary>Writes a file in the format that its name ends in; an existing one is replaced only when the new one is complete.</summary>
    /// <exception cref="UserErrorException">The name ends otherwise, or the file cannot be written.</exception>
    public static void Write(string path, PixelImage image) => WriteBytes(path, () => Encode(image, ImageFormats.ToWrite(path)));

    /// <summary>Writes what <paramref name="encode"/> makes.</summary>
    /// <exception cref="UserErrorException">The picture does not fit into the format, or the file cannot be written.</exception>
    internal static void WriteBytes(string path, Func<byte[]> encode)
    {
        try
        {
            var bytes = encode();
            AtomicFile.Write(path, stream => stream.Write(bytes));
        }
        catch (ImageException e)
        {
            throw new UserErrorException($"cannot write the image '{path}': {e.Message}", e);
        }
    }

    /// <summary>Refuses a place where no picture can be written, before work is done for it.</summary>
    /// <exception cref="UserErrorException">It is a folder, its folder does not exist, or the name has none of the ends of pictures.</exception>
    public static void CheckPlace(string path)
    {
        AtomicFile.CheckPlace(path);
        ImageFormats.ToWrite(path);
    }

    /// <summary>The bytes of a file; equal pictures give equal bytes. In JPEG, transparency is laid over white.</summary>
    /// <exception cref="ImageException">The format cannot hold so large a picture.</exception>
    public static byte[] Encode(PixelImage image, ImageFormat format)
    {
        CheckSides(image, format);
        using var pixels = new SkiaPixels(format == ImageFormat.Jpeg && image.Channels == 4 ? image.WithChannels(3) : image);
        using var data = format switch
        {
            ImageFormat.Png => pixels.Map.Encode(SKPngEncoderOptions.Default),
            ImageFormat.Jpeg => pixels.Map.Encode(new SKJpegEncoderOptions(JpegQuality)),
            _ => pixels.Map.Encode(Webp),
        };
        return data?.ToArray() ?? throw new ImageException($"{image.Width}x{image.Height} pixels cannot be encoded");
    }

    /// <summary>Encoders would only say that they failed.</summary>
    /// <exception cref="ImageException">A side is longer than the format knows.</exception>
    internal static void CheckSides(PixelImage image, ImageFormat format)
    {
        var (most, name) = format switch { ImageFormat.Png => (int.MaxValue, "PNG"), ImageFormat.Jpeg => (65500, "JPEG"), _ => (16383, "WebP") };
        if (image.Width > most || image.Height > most)
        {
            throw new ImageException(
                $"{image.Width}x{image.Height} pixels do not fit into a {name} file, whose sides end at {most}; a .png holds them");
        }
    }
}
