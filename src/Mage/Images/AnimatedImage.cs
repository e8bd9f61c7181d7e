using SkiaSharp;

namespace Mage.Images;

/// <summary>A picture of an animation and how long it is shown.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Delay">At least a millisecond, of which there are whole ones.</param>
public sealed record AnimationFrame(PixelImage Image, TimeSpan Delay);

/// <summary>Writes animated WebP files, which browsers show, by SkiaSharp: without loss, repeated for ever.</summary>
public static class AnimatedImage
{
    /// <summary>The end of their names.</summary>
    public const string Ending = ".webp";

    /// <summary>Writes pictures that are shown equally long.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{AnimationFrame})"/>
    public static void Write(string path, IReadOnlyList<PixelImage> frames, TimeSpan delay) =>
        Write(path, [.. frames.Select(image => new AnimationFrame(image, delay))]);

    /// <summary>Writes a file; an existing one is replaced only when the new one is complete.</summary>
    /// <exception cref="ArgumentException">There is no frame, their sizes differ, or a delay is shorter than a millisecond.</exception>
    /// <exception cref="UserErrorException">The name does not end in .webp, or the file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<AnimationFrame> frames)
    {
        CheckName(path);
        ImageWriter.WriteBytes(path, () => Encode(frames));
    }

    /// <summary>Refuses a place where no animation can be written, before work is done for it.</summary>
    /// <exception cref="UserErrorException">It is a folder, its folder does not exist, or the name does not end in .webp.</exception>
    public static void CheckPlace(string path)
    {
        AtomicFile.CheckPlace(path);
        CheckName(path);
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="ArgumentException">There is no frame, their sizes differ, or a delay is shorter than a millisecond.</exception>
    /// <exception cref="ImageException">WebP cannot hold pictures so large.</exception>
    public static byte[] Encode(IReadOnlyList<AnimationFrame> frames)
    {
        if (frames.Count == 0)
        {
            throw new ArgumentException("an animation has at least one frame", nameof(frames));
        }

        var (width, height) = (frames[0].Image.Width, frames[0].Image.Height);
        if (frames.FirstOrDefault(frame => (frame.Image.Width, frame.Image.Height) != (width, height)) is { Image: var other })
        {
            throw new ArgumentException($"a frame of {other.Width}x{other.Height} pixels follows one of {width}x{height}", nameof(frames));
        }

        if (frames.Any(frame => frame.Delay < TimeSpan.FromMilliseconds(1)))
        {
            throw new ArgumentException("a frame is shown for at least a millisecond", nameof(frames));
        }

        ImageWriter.CheckSides(frames[0].Image, ImageFormat.Webp);
        var pixels = frames.Select(frame => new SkiaPixels(frame.Image)).ToArray();
        try
        {
            using var data = SKWebpEncoder.EncodeAnimated(
                [.. pixels.Zip(frames, (one, frame) => new SKWebpEncoderFrame(one.Map, frame.Delay))], ImageWriter.Webp);
            return data?.ToArray() ?? throw new ImageException($"{frames.Count} frames of {width}x{height} pixels cannot be encoded");
        }
        finally
        {
            Array.ForEach(pixels, one => one.Dispose());
        }
    }

    private static void CheckName(string path)
    {
        if (!path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new UserErrorException($"cannot write the animation '{path}': its name should end in {Ending}");
        }
    }
}
