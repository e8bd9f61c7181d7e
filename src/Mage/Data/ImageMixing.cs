namespace Mage.Data;

/// <summary>
/// How the images of a training step are mixed, each with the one that has its place when the order is reversed: all pixels blended (mixup), or
/// those in a box taken from the other (cutmix). What they should be taken for is mixed alike.
/// </summary>
/// <remarks>
/// Zhang et al., "mixup", arXiv 1710.09412; Yun et al., "CutMix", arXiv 1905.04899. One draw for all images, as timm does by default.
/// </remarks>
/// <param name="Own">How much of it an image is itself, and its class; the rest is the other.</param>
/// <param name="Box">What comes from the other; null if all pixels are blended.</param>
public readonly record struct ImageMixing(double Own, CropBox? Box)
{
    /// <summary>Draws how to mix: the share from a beta distribution; where both ways are asked for, the way by a coin.</summary>
    /// <param name="mixup">Both parameters of the distribution for blending; 0 for never.</param>
    /// <param name="cutmix">The same for boxes.</param>
    /// <param name="size">Pixels along one side of an image.</param>
    /// <param name="key">Key of the draw.</param>
    public static ImageMixing Draw(double mixup, double cutmix, int size, Seed key)
    {
        if (cutmix > 0 && (mixup == 0 || key.Uniform(0) < 0.5))
        {
            return Cut(size, Beta(cutmix, key.For(0)), key.For(1));
        }

        return new ImageMixing(mixup > 0 ? Beta(mixup, key.For(0)) : 1, null);
    }

    /// <summary>The image that an image is mixed with.</summary>
    public static int Other(int image, int count) => count - 1 - image;

    /// <summary>Mixes images in place.</summary>
    /// <param name="images">The images, one after another, each a plane per channel.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="size">Pixels along one side.</param>
    public void Apply(Span<float> images, int count, int size)
    {
        var values = images.Length / count;
        for (var image = 0; image < count / 2; image++)
        {
            var one = images.Slice(image * values, values);
            var other = images.Slice(Other(image, count) * values, values);
            if (Box is { } box)
            {
                Exchange(one, other, box, size);
            }
            else
            {
                Blend(one, other, (float)Own);
            }
        }
    }

    /// <summary>What the images should be taken for: probabilities of the classes, a row for each image.</summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="smoothing">Probability that is spread evenly over all classes.</param>
    public float[] Targets(ReadOnlySpan<int> labels, int classes, double smoothing)
    {
        var targets = new float[labels.Length * classes];
        targets.AsSpan().Fill((float)(smoothing / classes));
        for (var image = 0; image < labels.Length; image++)
        {
            var row = targets.AsSpan(image * classes, classes);
            row[labels[image]] += (float)((1 - smoothing) * Own);
            row[labels[Other(image, labels.Length)]] += (float)((1 - smoothing) * (1 - Own));
        }

        return targets;
    }

    /// <summary>A box around a random point, cut off at the edges of the image; what is left of its area counts.</summary>
    private static ImageMixing Cut(int size, double own, Seed key)
    {
        var half = (int)(size * Math.Sqrt(1 - own)) / 2;
        var (left, right) = Ends(key.Integer(0, size));
        var (top, bottom) = Ends(key.Integer(1, size));
        var box = new CropBox(left, top, right, bottom);
        return new ImageMixing(1 - (box.Width * box.Height / ((double)size * size)), box);

        (int First, int End) Ends(int middle) => (Math.Max(middle - half, 0), Math.Min(middle + half, size));
    }

    private static void Blend(Span<float> one, Span<float> other, float own)
    {
        for (var i = 0; i < one.Length; i++)
        {
            (one[i], other[i]) = ((own * one[i]) + ((1 - own) * other[i]), (own * other[i]) + ((1 - own) * one[i]));
        }
    }

    private static void Exchange(Span<float> one, Span<float> other, CropBox box, int size)
    {
        for (var plane = 0; plane < one.Length; plane += size * size)
        {
            for (var row = (int)box.Top; row < box.Bottom; row++)
            {
                for (var i = plane + (row * size) + (int)box.Left; i < plane + (row * size) + box.Right; i++)
                {
                    (one[i], other[i]) = (other[i], one[i]);
                }
            }
        }
    }

    /// <summary>A draw from the beta distribution with both parameters alike: a share of two gamma variates, by their logarithms.</summary>
    private static double Beta(double alpha, Seed key) => 1 / (1 + Math.Exp(LogGamma(alpha, key.For(1)) - LogGamma(alpha, key.For(0))));

    /// <summary>The logarithm of a draw from the gamma distribution, which underflows where the shape is small.</summary>
    /// <remarks>Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000), with their way to small shapes.</remarks>
    private static double LogGamma(double shape, Seed key)
    {
        var d = shape + 1 - (1.0 / 3);
        for (var i = 0; ; i++)
        {
            var (normal, tried) = (key.For(0).Normal(i), key.For(1).Uniform(i));
            var root = 1 + (normal / Math.Sqrt(9 * d));
            var v = root * root * root;
            if (v > 0 && Math.Log(1 - tried) < (normal * normal / 2) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v) + (Math.Log(1 - key.For(2).Uniform(0)) / shape);
            }
        }
    }
}
