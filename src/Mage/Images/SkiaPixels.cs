using System.Runtime.InteropServices;
using SkiaSharp;

namespace Mage.Images;

/// <summary>A picture as Skia sees it, kept in its place until it is disposed.</summary>
internal sealed class SkiaPixels : IDisposable
{
    private GCHandle handle;

    /// <summary>The picture's own memory, except that colours without alpha, which Skia has not, become four bytes a pixel.</summary>
    public SkiaPixels(PixelImage image)
    {
        var info = new SKImageInfo(
            image.Width,
            image.Height,
            image.Channels switch { 1 => SKColorType.Gray8, 3 => SKColorType.Rgb888x, _ => SKColorType.Rgba8888 },
            image.Channels == 4 ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        handle = GCHandle.Alloc(image.Channels == 3 ? WithAlpha(image.Pixels) : image.Pixels, GCHandleType.Pinned);
        Map = new SKPixmap(info, handle.AddrOfPinnedObject());
    }

    /// <summary>The pixels.</summary>
    public SKPixmap Map { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Map.Dispose();
        handle.Free();
    }

    /// <summary>The colours of pixels of four bytes.</summary>
    public static byte[] WithoutAlpha(ReadOnlySpan<byte> pixels)
    {
        var colors = new byte[pixels.Length / 4 * 3];
        for (int from = 0, to = 0; to < colors.Length; from += 4, to += 3)
        {
            (colors[to], colors[to + 1], colors[to + 2]) = (pixels[from], pixels[from + 1], pixels[from + 2]);
        }

        return colors;
    }

    private static byte[] WithAlpha(byte[] colors)
    {
        var pixels = new byte[checked(colors.Length / 3 * 4)];
        for (int from = 0, to = 0; from < colors.Length; from += 3, to += 4)
        {
            (pixels[to], pixels[to + 1], pixels[to + 2], pixels[to + 3]) = (colors[from], colors[from + 1], colors[from + 2], 255);
        }

        return pixels;
    }
}
