using Mage.Config;
using Mage.Data;
using Mage.Data.Png;
using Xunit;

namespace Mage.Tests.Data;

public class ResizerTests
{
    [Fact]
    public void ShrinkingByAWholeFactorAverages()
    {
        var small = Resizer.Resize(new PixelImage(4, 2, 1, [10, 20, 0, 100, 30, 40, 0, 100]), 2, 1);
        Assert.Equal([25, 50], small.Pixels);
    }

    [Fact]
    public void PartlyCoveredPixelsCountPartly()
    {
        // Three pixels onto two: each new one covers one and a half.
        var small = Resizer.Resize(new PixelImage(3, 1, 1, [0, 90, 180]), 2, 1);
        Assert.Equal([30, 150], small.Pixels);
    }

    [Fact]
    public void GrowingInterpolatesBetweenCentresAndRepeatsTheEdge()
    {
        var large = Resizer.Resize(new PixelImage(2, 1, 1, [0, 100]), 4, 1);
        Assert.Equal([0, 25, 75, 100], large.Pixels);
    }

    [Theory]
    [InlineData(28, 28, 32, 32)]
    [InlineData(100, 7, 13, 50)]
    [InlineData(1, 1, 8, 8)]
    [InlineData(257, 3, 1, 1)]
    public void APlainPictureStaysPlain(int width, int height, int newWidth, int newHeight)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(50 + (i % 3 * 100));
        }

        var result = Resizer.Resize(new PixelImage(width, height, 3, pixels), newWidth, newHeight);
        Assert.Equal((newWidth, newHeight), (result.Width, result.Height));
        for (var i = 0; i < result.Pixels.Length; i++)
        {
            Assert.Equal(50 + (i % 3 * 100), result.Pixels[i]);
        }
    }

    [Fact]
    public void AxesAreNotMixedUp()
    {
        var result = Resizer.Resize(new PixelImage(1, 2, 1, [0, 200]), 2, 2);
        Assert.Equal([0, 0, 200, 200], result.Pixels);
    }

    [Fact]
    public void TheMiddleSquareIsCutOut()
    {
        var wide = Resizer.CropToSquare(new PixelImage(4, 2, 1, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal([2, 3, 6, 7], wide.Pixels);
        var tall = Resizer.CropToSquare(new PixelImage(1, 3, 2, [1, 2, 3, 4, 5, 6]));
        Assert.Equal([3, 4], tall.Pixels);
    }

    [Fact]
    public void ColorsBecomeGreyByLuminance()
    {
        var grey = ImagePacker.WithChannels(new PixelImage(3, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255]), 1);
        Assert.Equal([76, 150, 29], grey.Pixels);
    }

    [Fact]
    public void TransparencyIsLaidOverWhite()
    {
        Assert.Equal([0, 255, 127], ImagePacker.WithChannels(new PixelImage(3, 1, 2, [0, 255, 0, 0, 0, 128]), 1).Pixels);
        Assert.Equal([255, 127, 127], ImagePacker.WithChannels(new PixelImage(1, 1, 4, [255, 0, 0, 128]), 3).Pixels);
    }

    [Fact]
    public void PackingPutsChannelsIntoPlanes()
    {
        var target = new byte[12];
        ImagePacker.Pack(new PixelImage(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), new DataConfig { ImageSize = 2, Channels = 3 }, target);
        Assert.Equal([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12], target);
    }
}
