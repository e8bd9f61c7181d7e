using Mage.Images;

namespace Mage.Data;

/// <summary>How the pixels around a place make a new one.</summary>
public enum ResampleFilter
{
    /// <summary>A triangle that reaches one pixel to each side.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5, which reaches two pixels to each side.</summary>
    Bicubic,
}

/// <summary>
/// Brings pictures to a size with the same bits as <c>Image.resize</c> of PIL (Pillow, libImaging/Resample.c), because what is measured on
/// images depends on it: where a picture shrinks, the filter is as many times wider, so that nothing is skipped; weights are whole
/// multiples of 2⁻²²; first rows become shorter, then columns, rounded and clipped to 8 bits after each.
/// </summary>
public static class Resampler
{
    // 32 bits hold 8 of a pixel, and two more for sums of weights of both signs.
    private const int FractionBits = 32 - 8 - 2;

    /// <summary>A picture of another size with the same channels.</summary>
    /// <param name="image">The picture; an alpha channel is taken as a colour is.</param>
    /// <param name="width">Of the result.</param>
    /// <param name="height">Of the result.</param>
    /// <param name="filter">How pixels are mixed.</param>
    /// <param name="box">The part of the picture that becomes the result, all of it by default; the filter sees what is around it.</param>
    /// <exception cref="ArgumentException">The box is empty or not within the picture.</exception>
    public static PixelImage Resize(PixelImage image, int width, int height, ResampleFilter filter, CropBox? box = null)
        => Resize(image, width, height, filter, box ?? CropBox.Of(image), 0, 0, width, height);

    /// <summary>
    /// A square picture, as evaluations of image models prepare it (torchvision's <c>Resize</c>, then <c>CenterCrop</c>): the shorter side becomes
    /// <paramref name="size"/> by <paramref name="filter"/>, the longer in proportion, and of that the middle is kept.
    /// </summary>
    public static PixelImage ResizeToSquare(PixelImage image, int size, ResampleFilter filter)
    {
        var shorter = Math.Min(image.Width, image.Height);
        var (width, height) = ((int)((long)size * image.Width / shorter), (int)((long)size * image.Height / shorter));
        return Resize(image, width, height, filter, CropBox.Of(image), Middle(width), Middle(height), size, size);

        // Halves go to the even number, as Python's round does.
        int Middle(int side) => (int)Math.Round((side - size) / 2.0, MidpointRounding.ToEven);
    }

    /// <summary>A part of a picture as a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="box">The part; its edges lie between pixels.</param>
    /// <exception cref="ArgumentException">It is empty or not within the picture, or cuts pixels in two.</exception>
    public static PixelImage Crop(PixelImage image, CropBox box)
    {
        RequireWithin(image, box);
        if (!box.IsWhole)
        {
            throw new ArgumentException($"{box} cuts pixels in two", nameof(box));
        }

        if (box == CropBox.Of(image))
        {
            return image;
        }

        var result = new PixelImage((int)box.Width, (int)box.Height, image.Channels);
        var row = result.Width * image.Channels;
        for (var y = 0; y < result.Height; y++)
        {
            image.Pixels.AsSpan(((((int)box.Top + y) * image.Width) + (int)box.Left) * image.Channels, row).CopyTo(result.Pixels.AsSpan(y * row));
        }

        return result;
    }

    /// <summary>Of the result of a width and a height only the window is computed.</summary>
    private static PixelImage Resize(
        PixelImage image, int width, int height, ResampleFilter filter, CropBox box, int left, int top, int windowWidth, int windowHeight)
    {
        RequireWithin(image, box);
        if ((width, height) == (image.Width, image.Height) && box == CropBox.Of(image))
        {
            return Crop(image, new CropBox(left, top, left + windowWidth, top + windowHeight));
        }

        // An axis that stays as it is has nothing to mix; its weights would be ones.
        var down = ResampleWeights.Make(image.Height, box.Top, box.Bottom, height, top, windowHeight, filter, FractionBits);
        var across = ResampleWeights.Make(image.Width, box.Left, box.Right, width, left, windowWidth, filter, FractionBits);
        var first = down[0].Start;
        return Down(Across(image, across, first, down[^1].End - first), down, first);
    }

    private static PixelImage Across(PixelImage image, ResampleWeights[] across, int firstRow, int rows)
    {
        var channels = image.Channels;
        var result = new PixelImage(across.Length, rows, channels);
        for (var y = 0; y < rows; y++)
        {
            var source = image.Pixels.AsSpan((firstRow + y) * image.Width * channels, image.Width * channels);
            var target = result.Pixels.AsSpan(y * across.Length * channels, across.Length * channels);
            for (var x = 0; x < across.Length; x++)
            {
                var (start, weights) = (across[x].Start * channels, across[x].Weights);
                for (var c = 0; c < channels; c++)
                {
                    var sum = 1 << (FractionBits - 1);
                    for (var i = 0; i < weights.Length; i++)
                    {
                        sum += source[start + (i * channels) + c] * weights[i];
                    }

                    target[(x * channels) + c] = Clip(sum);
                }
            }
        }

        return result;
    }

    /// <param name="image">Rows from <paramref name="firstRow"/> on.</param>
    /// <param name="down">Weights over rows.</param>
    /// <param name="firstRow">The first row that there is.</param>
    private static PixelImage Down(PixelImage image, ResampleWeights[] down, int firstRow)
    {
        var stride = image.Width * image.Channels;
        var result = new PixelImage(image.Width, down.Length, image.Channels);
        var sums = new int[stride];
        for (var y = 0; y < down.Length; y++)
        {
            Array.Fill(sums, 1 << (FractionBits - 1));
            for (var i = 0; i < down[y].Weights.Length; i++)
            {
                var source = image.Pixels.AsSpan((down[y].Start + i - firstRow) * stride, stride);
                var weight = down[y].Weights[i];
                for (var x = 0; x < source.Length; x++)
                {
                    sums[x] += source[x] * weight;
                }
            }

            for (var x = 0; x < sums.Length; x++)
            {
                result.Pixels[(y * stride) + x] = Clip(sums[x]);
            }
        }

        return result;
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> FractionBits, 0, 255);

    private static void RequireWithin(PixelImage image, CropBox box)
    {
        if (!box.IsWithin(image))
        {
            throw new ArgumentException($"{box} is empty or not within a picture of {image.Width}x{image.Height} pixels", nameof(box));
        }
    }
}
