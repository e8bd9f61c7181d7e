using Mage.Images;

namespace Mage.Generation;

/// <summary>A picture of which a part is to be made anew.</summary>
/// <param name="Picture">The picture; what hidden pixels hold does not matter.</param>
/// <param name="Hidden">Which pixels are hidden, row by row.</param>
/// <param name="Side">The length in pixels that is to become one side of the model's images: mostly the shorter side of the picture.</param>
public sealed record EditRequest(PixelImage Picture, bool[] Hidden, int Side)
{
    /// <summary>Hides what is light in a mask.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="mask">
    /// Of any size: it is laid over the picture. Pixels lighter than the middle grey hide; what is transparent counts as dark, whatever lies below.
    /// </param>
    public static EditRequest WithMask(PixelImage picture, PixelImage mask)
        => Where(picture, (x, y) =>
        {
            var pixel = mask[x * mask.Width / picture.Width, y * mask.Height / picture.Height];
            var (light, alpha) = (pixel.Length == 1 ? 3 * pixel[0] : pixel[0] + pixel[1] + pixel[2], pixel.Length == 4 ? pixel[3] : 255);
            return light * alpha > 3 * 127 * 255;
        });

    /// <summary>Hides a rectangle.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="left">The first column that is hidden.</param>
    /// <param name="top">The first row that is hidden.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="UserErrorException">It is not in the picture.</exception>
    public static EditRequest WithBox(PixelImage picture, int left, int top, int width, int height)
        => left < 0 || top < 0 || width < 1 || height < 1 || left > picture.Width - width || top > picture.Height - height
            ? throw new UserErrorException(
                $"the box of {width}x{height} pixels at {left},{top} is not in the picture, which has {picture.Width}x{picture.Height}")
            : Where(picture, (x, y) => x >= left && x < left + width && y >= top && y < top + height);

    /// <summary>Adds hidden pixels around a picture: outpainting.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="left">Columns to add on the left.</param>
    /// <param name="top">Rows to add above.</param>
    /// <param name="right">Columns to add on the right.</param>
    /// <param name="bottom">Rows to add below.</param>
    /// <exception cref="UserErrorException">A number is negative, or the result has more than 2^28 pixels.</exception>
    public static EditRequest Extended(PixelImage picture, int left, int top, int right, int bottom)
    {
        var (width, height) = ((long)picture.Width + left + right, (long)picture.Height + top + bottom);
        if (Math.Min(Math.Min(left, top), Math.Min(right, bottom)) < 0 || width * height > 1 << 28)
        {
            throw new UserErrorException($"the picture cannot be extended by {left},{top},{right},{bottom} to {width}x{height} pixels");
        }

        var larger = new PixelImage((int)width, (int)height, picture.Channels);
        for (var y = 0; y < picture.Height; y++)
        {
            var row = picture.Width * picture.Channels;
            picture.Pixels.AsSpan(y * row, row).CopyTo(larger.Pixels.AsSpan((((y + top) * larger.Width) + left) * picture.Channels));
        }

        var request = Where(larger, (x, y) => x < left || x >= left + picture.Width || y < top || y >= top + picture.Height);
        return request with { Side = Math.Min(picture.Width, picture.Height) };
    }

    /// <summary>Puts a picture into the middle of a larger one, so that all of it is one image of the model: uncropping.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="share">The share of the larger one's sides that it takes.</param>
    /// <exception cref="UserErrorException">The share is not above 0.1 and below 1.</exception>
    public static EditRequest Uncropped(PixelImage picture, double share)
    {
        if (!(share is > 0.1 and < 1))
        {
            throw new UserErrorException($"the share of the sides that the picture takes is {share}; it should be above 0.1 and below 1");
        }

        var (across, down) = ((int)((picture.Width / share) - picture.Width), (int)((picture.Height / share) - picture.Height));
        var extended = Extended(picture, across / 2, down / 2, across - (across / 2), down - (down / 2));
        return extended with { Side = Math.Min(extended.Picture.Width, extended.Picture.Height) };
    }

    /// <summary>Hides all but a share of the squares that a picture is divided into.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="share">The share of squares that are kept.</param>
    /// <param name="squares">Squares along the shorter side: tokens along a side of the model's images.</param>
    /// <param name="seed">Which are kept.</param>
    /// <exception cref="UserErrorException">The share is not in [0, 1).</exception>
    public static EditRequest Kept(PixelImage picture, double share, int squares, Seed seed)
    {
        if (!(share is >= 0 and < 1))
        {
            throw new UserErrorException($"the share of tokens to keep is {share}; it should be at least 0 and below 1");
        }

        var side = Math.Min(picture.Width, picture.Height) / (double)squares;
        var (across, down) = ((int)Math.Ceiling(picture.Width / side), (int)Math.Ceiling(picture.Height / side));
        var hidden = seed.Permutation(across * down)[..(int)Math.Round(across * down * (1 - share))].ToHashSet();
        return Where(picture, (x, y) => hidden.Contains(((int)(y / side) * across) + (int)(x / side)));
    }

    private static EditRequest Where(PixelImage picture, Func<int, int, bool> isHidden)
    {
        var hidden = new bool[picture.Width * picture.Height];
        for (var i = 0; i < hidden.Length; i++)
        {
            hidden[i] = isHidden(i % picture.Width, i / picture.Width);
        }

        return new EditRequest(picture, hidden, Math.Min(picture.Width, picture.Height));
    }
}
