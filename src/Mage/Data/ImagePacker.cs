using Mage.Config;
using Mage.Data.Png;

namespace Mage.Data;

/// <summary>
/// Turns pictures of any size and kind into the bytes of an <see cref="ImagePart"/>: cut to the square in the middle,
/// transparency laid over white, channels brought to the wanted number (grey is repeated; colour becomes
/// 0.299 red + 0.587 green + 0.114 blue), then resized by <see cref="Resizer"/>.
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
        var square = Resizer.Resize(WithChannels(Resizer.CropToSquare(image), config.Channels), config.ImageSize, config.ImageSize);
        var area = config.ImageSize * config.ImageSize;
        for (var i = 0; i < area; i++)
        {
            for (var c = 0; c < config.Channels; c++)
            {
                target[(c * area) + i] = square.Pixels[(i * config.Channels) + c];
            }
        }

        return (image.Width == image.Height ? Preparation.None : Preparation.Cut)
            | (Math.Min(image.Width, image.Height) == config.ImageSize ? Preparation.None : Preparation.Resized)
            | ChangeOfChannels(image, config.Channels);
    }

    /// <summary>What its channels lose or gain; a picture whose red, green and blue are equal everywhere has no colours to lose.</summary>
    private static Preparation ChangeOfChannels(PixelImage image, int channels)
    {
        var change = channels == 3 && image.Channels < 3 ? Preparation.Repeated : Preparation.None;
        for (var i = 0; i < image.Pixels.Length; i += image.Channels)
        {
            if (image.Channels is 2 or 4 && image.Pixels[i + image.Channels - 1] != 255)
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

    /// <summary>The picture with one channel or three, without transparency.</summary>
    public static PixelImage WithChannels(PixelImage image, int channels)
    {
        if (image.Channels == channels)
        {
            return image;
        }

        var result = new PixelImage(image.Width, image.Height, channels);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var pixel = image.Pixels.AsSpan(i * image.Channels, image.Channels);
            var alpha = image.Channels is 2 or 4 ? pixel[^1] : 255;
            var red = OverWhite(pixel[0], alpha);
            var (green, blue) = image.Channels >= 3 ? (OverWhite(pixel[1], alpha), OverWhite(pixel[2], alpha)) : (red, red);
            var target = result.Pixels.AsSpan(i * channels, channels);
            if (channels == 1)
            {
                target[0] = image.Channels >= 3 ? (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000) : red;
            }
            else
            {
                (target[0], target[1], target[2]) = (red, green, blue);
            }
        }

        return result;
    }

    private static byte OverWhite(int value, int alpha) => (byte)(((value * alpha) + (255 * (255 - alpha)) + 127) / 255);
}
