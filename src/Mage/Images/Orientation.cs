using SkiaSharp;

namespace Mage.Images;

/// <summary>Turns pictures as the orientation in their EXIF data wants them to be seen.</summary>
internal static class Orientation
{
    /// <summary>The picture with its first row at the top and its first column at the left.</summary>
    /// <param name="origin">Where the first row and the first column of <paramref name="image"/> belong.</param>
    /// <param name="image">The picture as it is stored.</param>
    public static PixelImage Apply(SKEncodedOrigin origin, PixelImage image)
    {
        if (origin == SKEncodedOrigin.TopLeft)
        {
            return image;
        }

        // The names say where the stored row 0 and column 0 are seen: of LeftBottom, row 0 is seen at the left and column 0 at the bottom.
        var name = origin.ToString();
        var isTurned = origin >= SKEncodedOrigin.LeftTop;
        var (fromRight, fromBottom) = (name.Contains("Right", StringComparison.Ordinal), name.Contains("Bottom", StringComparison.Ordinal));
        var (width, height) = isTurned ? (image.Height, image.Width) : (image.Width, image.Height);
        var result = new PixelImage(width, height, image.Channels);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (column, row) = (fromRight ? width - 1 - x : x, fromBottom ? height - 1 - y : y);
                (isTurned ? image[row, column] : image[column, row]).CopyTo(result[x, y]);
            }
        }

        return result;
    }
}
