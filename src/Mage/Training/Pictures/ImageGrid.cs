using Mage.Images;

namespace Mage.Training.Pictures;

/// <summary>Puts images into rows and columns, each enlarged by a whole factor so that a person sees its pixels.</summary>
public static class ImageGrid
{
    private const byte Paper = 255;
    private const int Gap = 2;
    private const int WantedSide = 96;

    /// <summary>The factor images of a size are enlarged by: up to about 96 pixels a side, at least 1.</summary>
    public static int Enlargement(int size) => Math.Max(1, WantedSide / size);

    /// <summary>Draws a grid, row by row; places without an image stay white.</summary>
    /// <param name="images">[N, channels, size, size] in [0, 1]; what lies outside is cut off, bytes are truncated.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="size">Height and width of an image.</param>
    /// <param name="columns">Images in a row.</param>
    /// <exception cref="ArgumentException">The values are not a whole number of images, or there are none.</exception>
    public static PixelImage Draw(ReadOnlySpan<float> images, int channels, int size, int columns)
    {
        var values = channels * size * size;
        if (images.Length == 0 || images.Length % values != 0)
        {
            throw new ArgumentException($"{images.Length} values are no images of {channels}x{size}x{size}", nameof(images));
        }

        var count = images.Length / values;
        var scale = Enlargement(size);
        var cell = (size * scale) + Gap;
        var grid = new PixelImage((columns * cell) + Gap, ((count + columns - 1) / columns * cell) + Gap, channels);
        grid.Pixels.AsSpan().Fill(Paper);
        for (var i = 0; i < count; i++)
        {
            DrawCell(images.Slice(i * values, values), size, scale, grid, (i % columns * cell) + Gap, (i / columns * cell) + Gap);
        }

        return grid;
    }

    /// <summary>
    /// Lays groups of images under one another, row by row: the first row of each, then the second of each, and so on. Where the last
    /// row is not full, white follows.
    /// </summary>
    /// <param name="columns">Images in a row.</param>
    /// <param name="valuesPerImage">channels × size × size.</param>
    /// <param name="groups">Equally many images each.</param>
    public static float[] Interleave(int columns, int valuesPerImage, params float[][] groups)
    {
        var row = columns * valuesPerImage;
        var length = groups[0].Length;
        var result = new float[(length + row - 1) / row * row * groups.Length];
        Array.Fill(result, 1f);
        for (var start = 0; start < length; start += row)
        {
            for (var g = 0; g < groups.Length; g++)
            {
                groups[g].AsSpan(start, Math.Min(row, length - start)).CopyTo(result.AsSpan((start * groups.Length) + (g * row)));
            }
        }

        return result;
    }

    private static void DrawCell(ReadOnlySpan<float> image, int size, int scale, PixelImage grid, int left, int top)
    {
        for (var y = 0; y < size * scale; y++)
        {
            for (var x = 0; x < size * scale; x++)
            {
                var pixel = grid[left + x, top + y];
                for (var c = 0; c < pixel.Length; c++)
                {
                    pixel[c] = (byte)Math.Clamp(image[(((c * size) + (y / scale)) * size) + (x / scale)] * 255f, 0f, 255f);
                }
            }
        }
    }
}
