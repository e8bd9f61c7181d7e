using Mage.Config;
using Mage.Images;

namespace Mage.Data;

/// <summary>Random parts of pictures, resized: torchvision's <c>RandomResizedCrop</c>, with random numbers by counter.</summary>
/// <remarks>Szegedy et al., "Going Deeper with Convolutions", arXiv 1409.4842, section 6.</remarks>
public static class RandomCrop
{
    private const int Tries = 10;
    private const double Narrowest = 3.0 / 4;
    private const double Widest = 4.0 / 3;

    /// <summary>The least share of the area that a crop keeps.</summary>
    /// <param name="kind">How strong crops are; not <see cref="CropKind.None"/>.</param>
    public static double LeastArea(CropKind kind) => kind == CropKind.Strong ? 0.2 : 0.8;

    /// <summary>
    /// Draws a part: its area uniform from a least share to all, the logarithm of its aspect ratio uniform from 3/4 to 4/3. If ten of them do not
    /// fit, it is the largest part in the middle whose ratio is between.
    /// </summary>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="leastArea">The least share of the area.</param>
    /// <param name="key">Key of the draw.</param>
    public static CropBox Choose(int width, int height, double leastArea, Seed key)
    {
        for (var i = 0; i < Tries; i++)
        {
            var tried = key.For(i);
            var area = width * (double)height * (leastArea + ((1 - leastArea) * tried.Uniform(0)));
            var ratio = Math.Exp(Math.Log(Narrowest) + ((Math.Log(Widest) - Math.Log(Narrowest)) * tried.Uniform(1)));
            var (across, down) = (Round(Math.Sqrt(area * ratio)), Round(Math.Sqrt(area / ratio)));
            if (across > 0 && across <= width && down > 0 && down <= height)
            {
                return At(tried.Integer(2, width - across + 1), tried.Integer(3, height - down + 1), across, down);
            }
        }

        var whole = width / (double)height;
        var (w, h) = whole < Narrowest ? (width, Round(width / Narrowest)) : whole > Widest ? (Round(height * Widest), height) : (width, height);
        return At((width - w) / 2, (height - h) / 2, w, h);
    }

    /// <summary>A random part of a picture, resized to a square, bicubic; the filter sees nothing beyond the part.</summary>
    public static PixelImage Apply(PixelImage image, int size, double leastArea, Seed key)
    {
        var part = Resampler.Crop(image, Choose(image.Width, image.Height, leastArea, key));
        return Resampler.Resize(part, size, size, ResampleFilter.Bicubic);
    }

    private static CropBox At(int left, int top, int width, int height) => new(left, top, left + width, top + height);

    // Halves go to the even number, as Python's round does.
    private static int Round(double value) => (int)Math.Round(value, MidpointRounding.ToEven);
}
