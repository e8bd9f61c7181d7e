using Mage.Config;

namespace Mage.Data;

/// <summary>
/// Makes views of images: a crop, perhaps mirrored, perhaps in other colours or in none. What comes out depends on image and key alone.
/// </summary>
/// <param name="part">The images. Crops are cut from what they were made of, if that is a picture file, which is read again each time.</param>
/// <param name="crop">Which crops.</param>
/// <param name="flip">Mirror half of the views.</param>
/// <param name="jitter">Strength of the colour jitter that four fifths of the views have; 0 for none.</param>
/// <param name="grey">The share of views that lose their colours.</param>
public sealed class ViewMaker(ImagePart part, CropKind crop, bool flip, float jitter = 0, float grey = 0)
{
    // As in SimCLR, arXiv 2002.05709, appendix A.
    private const double JitterShare = 0.8;

    /// <summary>Makes a view of an image.</summary>
    /// <param name="index">The image.</param>
    /// <param name="key">Key of the draws.</param>
    /// <param name="target">[C, H, W] floats in [0, 1] come here.</param>
    /// <exception cref="UserErrorException">The picture cannot be read any more; names the path.</exception>
    public void Make(int index, Seed key, Span<float> target)
    {
        var pixels = part.Images[index];
        if (crop != CropKind.None)
        {
            pixels = new byte[pixels.Length];
            RandomCrop.Apply(part.Original(index), part.Size, RandomCrop.LeastArea(crop), key.For(0)).WritePlanes(pixels);
        }

        ImagePart.ToFloats(pixels, part.Size, target, mirror: flip && key.For(1).Uniform(0) < 0.5);

        if (jitter > 0 && key.For(2).Uniform(0) < JitterShare)
        {
            ColorJitter.Apply(target, part.Channels, jitter, key.For(3));
        }

        if (grey > 0 && key.For(4).Uniform(0) < grey)
        {
            ColorJitter.Saturation(target, part.Channels, 0);
        }
    }
}
