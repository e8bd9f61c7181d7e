using Mage.Images;

namespace Mage.Generation;

/// <summary>Between images as models take them and pictures.</summary>
public static class Pixels
{
    /// <summary>A picture of an image.</summary>
    /// <param name="image">
    /// [channels, height, width] in [0, 1]; what lies outside is cut off, and bytes are truncated, as in the official code.
    /// </param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public static PixelImage ToPicture(ReadOnlySpan<float> image, int channels, int width, int height)
    {
        var picture = new PixelImage(width, height, channels);
        for (var i = 0; i < picture.Pixels.Length; i++)
        {
            picture.Pixels[i] = (byte)Math.Clamp(image[(i % channels * width * height) + (i / channels)] * 255f, 0f, 255f);
        }

        return picture;
    }

    /// <summary>A picture as an image: [channels, height, width] in [0, 1].</summary>
    public static float[] FromPicture(PixelImage picture)
    {
        var (area, image) = (picture.Width * picture.Height, new float[picture.Pixels.Length]);
        for (var i = 0; i < image.Length; i++)
        {
            image[(i % picture.Channels * area) + (i / picture.Channels)] = picture.Pixels[i] / 255f;
        }

        return image;
    }
}
