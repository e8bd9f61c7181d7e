using Mage.Data;

namespace Mage.Tests.Data;

/// <summary>How images are mixed, against the definitions of mixup and cutmix.</summary>
public class ImageMixingTests
{
    private const int Size = 24;

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(8)]
    public void BlendedSharesHaveTheBetaDistribution(double alpha)
    {
        var shares = Draws(alpha, 0).Select(mixing => mixing.Own).ToArray();
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Equal(0.5, shares.Average(), 0.02);
        Assert.Equal(1 / (4 * ((2 * alpha) + 1)), shares.Average(share => (share - 0.5) * (share - 0.5)), 0.005);
        Assert.Equal(shares[3], ImageMixing.Draw(alpha, 0, Size, new Seed(5).For(3)).Own);
    }

    [Fact]
    public void BoxesLieInTheImageAndCountWithTheirArea()
    {
        var draws = Draws(0, 1);
        Assert.All(draws, mixing =>
        {
            var box = mixing.Box!.Value;
            Assert.True(box is { Left: >= 0, Top: >= 0, Width: >= 0, Height: >= 0 } && box.Left + box.Width <= Size && box.Top + box.Height <= Size);
            Assert.Equal(1 - (box.Width * box.Height / (double)(Size * Size)), mixing.Own, 1e-12);
        });
        Assert.True(draws.Count(mixing => mixing.Box!.Value.Left == 0) is > 500 and < 3000);
        Assert.Equal(0.5, draws.Average(mixing => (mixing.Box!.Value.Left + (mixing.Box.Value.Width / 2.0)) / Size), 0.03);
    }

    [Fact]
    public void OfTwoWaysACoinTakesOne()
    {
        Assert.InRange(Draws(1, 1).Count(mixing => mixing.Box is not null), 1900, 2100);
        Assert.DoesNotContain(Draws(1, 0), mixing => mixing.Box is not null);
        Assert.Equal([new ImageMixing(1, null)], Draws(0, 0).Distinct());
    }

    [Fact]
    public void PixelsAreThoseOfTheDefinition()
    {
        // Five images of two channels; the one in the middle is mixed with itself.
        var images = Enumerable.Range(0, 5 * 2 * Size * Size).Select(i => (float)new Seed(1).Uniform(i)).ToArray();
        var blended = Mixed(new ImageMixing(0.75, null));
        var boxed = Mixed(new ImageMixing(0.9, new CropBox(3, 5, 10, 14)));
        for (var i = 0; i < images.Length; i++)
        {
            var (image, place) = (i / (2 * Size * Size), i % (2 * Size * Size));
            var other = images[(ImageMixing.Other(image, 5) * 2 * Size * Size) + place];
            Assert.Equal((0.75f * images[i]) + (0.25f * other), blended[i], 1e-6f);
            var isInside = place % Size is >= 3 and < 10 && place / Size % Size is >= 5 and < 14;
            Assert.Equal(isInside ? other : images[i], boxed[i]);
        }

        float[] Mixed(ImageMixing mixing)
        {
            var copy = (float[])images.Clone();
            mixing.Apply(copy, 5, Size);
            return copy;
        }
    }

    [Fact]
    public void TargetsAreMixedAndSmoothedAndSumToOne()
    {
        var targets = new ImageMixing(0.7, null).Targets([2, 0, 0, 1], 3, 0.3);
        float[] expected = [0.1f, 0.31f, 0.59f, 0.8f, 0.1f, 0.1f, 0.8f, 0.1f, 0.1f, 0.1f, 0.59f, 0.31f];
        Assert.All(expected.Zip(targets), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.All(targets.Chunk(3), row => Assert.Equal(1, row.Sum(), 1e-6f));
        Assert.Equal([0, 1], new ImageMixing(0.7, null).Targets([1], 2, 0).Select(value => MathF.Round(value, 6)));
    }

    private static ImageMixing[] Draws(double mixup, double cutmix)
        => [.. Enumerable.Range(0, 4000).Select(i => ImageMixing.Draw(mixup, cutmix, Size, new Seed(5).For(i)))];
}
