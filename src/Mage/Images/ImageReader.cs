using MageDsl;
using SkiaSharp;

namespace Mage.Images;

/// <summary>
/// Reads PNG, JPEG and WebP files by SkiaSharp, whatever their names say. More than 8 bits per sample are cut to 8, palettes are
/// looked up, cameras' notes on orientation are followed, and colours are taken as they stand, without their profile, as
/// PIL does. Of an animation it is the first frame. Sizes are checked before memory is taken.
/// </summary>
public static class ImageReader
{
    /// <summary>Larger pictures are refused before memory is taken for them.</summary>
    public const int MaxSide = 32768;

    /// <summary>Most pixels that are read.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, is damaged, or is of a kind that is not read; names the path.</exception>
    public static PixelImage Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UserErrorException($"cannot read the image '{path}': it is a folder; name a PNG, JPEG or WebP file");
        }

        try
        {
            return Decode(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the image '{path}': {e.Message}", e);
        }
    }

    /// <summary>Decodes a file's bytes: one channel if it is grey, four if it may be transparent, else three.</summary>
    /// <exception cref="ImageException">The bytes are damaged or of a kind that is not read.</exception>
    public static PixelImage Decode(ReadOnlySpan<byte> file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec?.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Webp))
        {
            throw new ImageException(WhatItIs(file));
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width > MaxSide || height > MaxSide || (long)width * height > MaxPixels)
        {
            throw new ImageException($"{width}x{height} pixels are more than are read ({MaxSide} a side, {MaxPixels} in all)");
        }

        var color = codec.Info.ColorType == SKColorType.Gray8 ? SKColorType.Gray8 : SKColorType.Rgba8888;
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;

        // Without a space of colours to bring them to, Skia leaves them as they are.
        return Orientation.Apply(codec.EncodedOrigin, Decode(codec, new SKImageInfo(width, height, color, alpha, colorspace: null)));
    }

    private static PixelImage Decode(SKCodec codec, SKImageInfo info)
    {
        var pixels = new byte[info.BytesSize64];
        var result = codec.GetPixels(info, pixels);
        if (result != SKCodecResult.Success)
        {
            throw new ImageException(
                result == SKCodecResult.IncompleteInput ? "it is cut off or damaged: pixels are missing" : $"it is damaged ({result})");
        }

        return info.ColorType == SKColorType.Gray8 ? new PixelImage(info.Width, info.Height, 1, pixels)
            : info.IsOpaque ? new PixelImage(info.Width, info.Height, 3, SkiaPixels.WithoutAlpha(pixels))
            : new PixelImage(info.Width, info.Height, 4, pixels);
    }

    private static string WhatItIs(ReadOnlySpan<byte> file) =>
        file.IsEmpty ? "it is no PNG, JPEG or WebP file, but empty"
        : FileKind.Of(file) is not { } kind ? "it is no PNG, JPEG or WebP file"
        : kind is "a PNG image" or "a JPEG image" or "a WebP image" ? $"it begins as {kind}, but its header is cut off or damaged"
        : $"it is no PNG, JPEG or WebP file, but {kind}";
}
