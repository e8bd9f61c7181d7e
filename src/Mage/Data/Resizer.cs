using Mage.Data.Png;

namespace Mage.Data;

/// <summary>
/// Brings pictures to a size. Along each axis on its own: shrinking takes the average over the area a new pixel covers,
/// with partly covered pixels counted partly; growing interpolates linearly between pixel centres and repeats the edge.
/// </summary>
public static class Resizer
{
    /// <summary>A picture of another size with the same channels.</summary>
    public static PixelImage Resize(PixelImage image, int width, int height)
    {
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        var channels = image.Channels;
        var across = Weights(image.Width, width);
        var down = Weights(image.Height, height);
        var rows = new float[image.Height * width * channels];
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (start, weights) = across[x];
                for (var c = 0; c < channels; c++)
                {
                    var sum = 0f;
                    for (var i = 0; i < weights.Length; i++)
                    {
                        sum += weights[i] * image.Pixels[(((y * image.Width) + start + i) * channels) + c];
                    }

                    rows[(((y * width) + x) * channels) + c] = sum;
                }
            }
        }

        var result = new PixelImage(width, height, channels);
        var stride = width * channels;
        for (var y = 0; y < height; y++)
        {
            var (start, weights) = down[y];
            for (var x = 0; x < stride; x++)
            {
                var sum = 0f;
                for (var i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * rows[((start + i) * stride) + x];
                }

                result.Pixels[(y * stride) + x] = (byte)Math.Clamp(sum + 0.5f, 0f, 255f);
            }
        }

        return result;
    }

    /// <summary>The largest square in the middle.</summary>
    public static PixelImage CropToSquare(PixelImage image)
    {
        var side = Math.Min(image.Width, image.Height);
        if (image.Width == image.Height)
        {
            return image;
        }

        var (left, top) = ((image.Width - side) / 2, (image.Height - side) / 2);
        var square = new PixelImage(side, side, image.Channels);
        for (var y = 0; y < side; y++)
        {
            image.Pixels.AsSpan((((top + y) * image.Width) + left) * image.Channels, side * image.Channels)
                .CopyTo(square.Pixels.AsSpan(y * side * image.Channels));
        }

        return square;
    }

    /// <summary>For each new pixel, the first old pixel that counts and the weights from there on; they add up to 1.</summary>
    private static (int Start, float[] Weights)[] Weights(int from, int to)
    {
        var result = new (int, float[])[to];
        var scale = (double)from / to;
        for (var i = 0; i < to; i++)
        {
            result[i] = scale > 1 ? Average(i * scale, (i + 1) * scale, from) : Interpolate(((i + 0.5) * scale) - 0.5, from);
        }

        return result;
    }

    private static (int, float[]) Average(double begin, double end, int size)
    {
        var start = (int)Math.Floor(begin);
        var stop = Math.Min((int)Math.Ceiling(end - 1e-9), size);
        var weights = new float[stop - start];
        for (var i = start; i < stop; i++)
        {
            weights[i - start] = (float)((Math.Min(end, i + 1) - Math.Max(begin, i)) / (end - begin));
        }

        return (start, weights);
    }

    private static (int, float[]) Interpolate(double center, int size)
    {
        var left = Math.Clamp((int)Math.Floor(center), 0, size - 1);
        var part = (float)Math.Clamp(center - left, 0, 1);
        return part == 0 || left == size - 1 ? (left, [1f]) : (left, [1f - part, part]);
    }
}
