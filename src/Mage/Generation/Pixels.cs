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
        var planes = new byte[image.Length];
        for (var i = 0; i < planes.Length; i++)
        {
            planes[i] = (byte)Math.Clamp(image[i] * 255f, 0f, 255f);
        }

        return PixelImage.FromPlanes(width, height, channels, planes);
    }

    /// <summary>A picture as an image: [channels, height, width] in [0, 1].</summary>
    public static float[] FromPicture(PixelImage picture)
    {
        var planes = new byte[picture.Pixels.Length];
        picture.WritePlanes(planes);
        return Array.ConvertAll(planes, value => value / 255f);
    }
}
