using Mage.Images;

namespace Mage.Data;

/// <summary>A part of a picture, in pixels from its left and upper edge; in floats, as PIL keeps it.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Right">The right edge, exclusive.</param>
/// <param name="Bottom">The lower edge, exclusive.</param>
public readonly record struct CropBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Pixels across.</summary>
    public float Width => Right - Left;

    /// <summary>Pixels down.</summary>
    public float Height => Bottom - Top;

    /// <summary>Whether its edges lie between pixels.</summary>
    public bool IsWhole => float.IsInteger(Left) && float.IsInteger(Top) && float.IsInteger(Right) && float.IsInteger(Bottom);

    /// <summary>All of a picture.</summary>
    public static CropBox Of(PixelImage image) => new(0, 0, image.Width, image.Height);

    /// <summary>Whether it is a part of a picture, and not empty.</summary>
    public bool IsWithin(PixelImage image)
        => Left >= 0 && Left < Right && Right <= image.Width && Top >= 0 && Top < Bottom && Bottom <= image.Height;
}
