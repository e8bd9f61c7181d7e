using System.Globalization;
using Mage.Config;
using Mage.Images;

namespace Mage.Data;

/// <summary>
/// Turns pictures of any size and kind into the bytes of an <see cref="ImagePart"/>: channels are brought to the wanted number by
/// <see cref="PixelImage.WithChannels"/>, then the shorter side is resized by <see cref="Resampler"/>, bicubic, and the square in the
/// middle is kept, as the official evaluation does.
/// </summary>
public static class ImagePacker
{
    /// <summary>Refuses more images than there is memory for, before the first is read.</summary>
    /// <param name="count">Images.</param>
    /// <param name="config">Size and channels.</param>
    /// <param name="source">Named in the error.</param>
    /// <exception cref="UserErrorException">They need more than this process may have.</exception>
    public static void RequireMemory(int count, DataConfig config, string source)
    {
        const double Giga = 1e9;
        var (bytes, most) = ((double)count * config.Channels * config.ImageSize * config.ImageSize, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (bytes > most)
        {
            throw new UserErrorException(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} images of {config.ImageSize}x{config.ImageSize} from '{source}' do not fit into memory: they need {bytes / Giga:0.0} GB, "
                + $"and there are {most / Giga:0.0}; use a smaller --image-size or fewer images"));
        }
    }

    /// <summary>One picture as [C, H, W] bytes.</summary>
    /// <returns>The bytes, and what had to be done to it.</returns>
    public static (byte[] Planes, Preparation Done) Pack(PixelImage image, DataConfig config)
    {
        var square = Resampler.ResizeToSquare(image.WithChannels(config.Channels), config.ImageSize, ResampleFilter.Bicubic);
        var planes = new byte[square.Pixels.Length];
        square.WritePlanes(planes);
        return (planes, (image.Width == image.Height ? Preparation.None : Preparation.Cut)
            | (Math.Min(image.Width, image.Height) == config.ImageSize ? Preparation.None : Preparation.Resized)
            | ChangeOfChannels(image, config.Channels));
    }

    /// <summary>What its channels lose or gain; a picture whose red, green and blue are equal everywhere has no colours to lose.</summary>
    private static Preparation ChangeOfChannels(PixelImage image, int channels)
    {
        var change = channels == 3 && image.Channels == 1 ? Preparation.Repeated : Preparation.None;
        for (var i = 0; i < image.Pixels.Length; i += image.Channels)
        {
            if (image.Channels == 4 && image.Pixels[i + 3] != 255)
            {
                change |= Preparation.Opaque;
            }

            if (channels == 1 && image.Channels >= 3 && (image.Pixels[i] != image.Pixels[i + 1] || image.Pixels[i] != image.Pixels[i + 2]))
            {
                change |= Preparation.Grey;
            }
        }

        return change;
    }
}
