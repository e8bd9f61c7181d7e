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
    /// <summary>Memory for a number of images.</summary>
    /// <param name="count">Images.</param>
    /// <param name="config">Size and channels.</param>
    /// <param name="source">Named in the error.</param>
    /// <exception cref="UserErrorException">They do not fit into one array of 2 GB.</exception>
    public static byte[] Allocate(int count, DataConfig config, string source)
    {
        var bytes = (long)count * config.Channels * config.ImageSize * config.ImageSize;
        return bytes <= Array.MaxLength
            ? new byte[bytes]
            : throw new UserErrorException(
                $"{count} images of {config.ImageSize}x{config.ImageSize} from '{source}' do not fit into memory; " +
                "use a smaller --image-size or fewer images");
    }

    /// <summary>Writes one picture as [C, H, W] bytes.</summary>
    /// <returns>What had to be done to it.</returns>
    public static Preparation Pack(PixelImage image, DataConfig config, Span<byte> target)
    {
        var square = Resampler.ResizeToSquare(image.WithChannels(config.Channels), config.ImageSize, ResampleFilter.Bicubic);
        square.WritePlanes(target);
        return (image.Width == image.Height ? Preparation.None : Preparation.Cut)
            | (Math.Min(image.Width, image.Height) == config.ImageSize ? Preparation.None : Preparation.Resized)
            | ChangeOfChannels(image, config.Channels);
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
