using Mage.Data.Png;
using Xunit;

namespace Mage.Tests.Data;

public class PngTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 7, 5)]
    [InlineData(2, 3, 4)]
    [InlineData(3, 17, 9)]
    [InlineData(4, 64, 33)]
    public void WhatIsWrittenIsRead(int channels, int width, int height)
    {
        var image = Noise(width, height, channels);
        var back = PngReader.Decode(PngWriter.Encode(image));
        Assert.Equal((width, height, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(image.Pixels, back.Pixels);
    }

    [Fact]
    public void SmoothPicturesAreReadBackThroughFiltersAndShrink()
    {
        var image = new PixelImage(128, 128, 3);
        for (var y = 0; y < 128; y++)
        {
            for (var x = 0; x < 128; x++)
            {
                (image[x, y][0], image[x, y][1], image[x, y][2]) = ((byte)(x + y), (byte)(2 * x), (byte)(255 - y));
            }
        }

        var bytes = PngWriter.Encode(image);
        Assert.Equal(image.Pixels, PngReader.Decode(bytes).Pixels);
        Assert.True(bytes.Length < image.Pixels.Length / 20, $"{bytes.Length} bytes");
    }

    [Fact]
    public void EncodingIsDeterministic() => Assert.Equal(PngWriter.Encode(Noise(20, 20, 3)), PngWriter.Encode(Noise(20, 20, 3)));

    // Two rows of three grey pixels, 10 20 30 and 40 50 70, written down under each filter by hand.
    [Theory]
    [InlineData(0, new byte[] { 0, 10, 20, 30, 0, 40, 50, 70 })]
    [InlineData(1, new byte[] { 1, 10, 10, 10, 1, 40, 10, 20 })]
    [InlineData(2, new byte[] { 2, 10, 20, 30, 2, 30, 30, 40 })]
    [InlineData(3, new byte[] { 3, 10, 15, 20, 3, 35, 20, 30 })]
    [InlineData(4, new byte[] { 4, 10, 10, 10, 4, 30, 10, 20 })]
    public void EveryFilterIsUndone(int filter, byte[] rows)
    {
        Assert.Equal(filter, rows[0]);
        var image = PngReader.Decode(PngBuilder.Simple(3, 2, 0, rows));
        Assert.Equal([10, 20, 30, 40, 50, 70], image.Pixels);
    }

    [Fact]
    public void FiltersLookBackAWholePixel()
    {
        byte[] rows = [1, 1, 2, 3, 10, 20, 30];
        Assert.Equal([1, 2, 3, 11, 22, 33], PngReader.Decode(PngBuilder.Simple(2, 1, 2, rows)).Pixels);
    }

    [Theory]
    [InlineData(0, 1, new byte[] { 0, 9 })]
    [InlineData(4, 2, new byte[] { 0, 9, 8 })]
    [InlineData(2, 3, new byte[] { 0, 9, 8, 7 })]
    [InlineData(6, 4, new byte[] { 0, 9, 8, 7, 6 })]
    public void EveryColorTypeIsRead(int color, int channels, byte[] rows)
    {
        var image = PngReader.Decode(PngBuilder.Simple(1, 1, color, rows));
        Assert.Equal(channels, image.Channels);
        Assert.Equal(rows[1..], image.Pixels);
    }

    [Fact]
    public void PalettesAreLookedUp()
    {
        var file = new PngBuilder().Header(3, 1, 3).Chunk("PLTE", [1, 2, 3, 4, 5, 6]).Data([0, 1, 0, 1]).End();
        Assert.Equal([4, 5, 6, 1, 2, 3, 4, 5, 6], PngReader.Decode(file).Pixels);
    }

    [Fact]
    public void TransparencyOfAPaletteBecomesAlpha()
    {
        var file = new PngBuilder().Header(2, 1, 3).Chunk("PLTE", [1, 2, 3, 4, 5, 6]).Chunk("tRNS", [128]).Data([0, 0, 1]).End();
        Assert.Equal([1, 2, 3, 128, 4, 5, 6, 255], PngReader.Decode(file).Pixels);
    }

    [Fact]
    public void ATransparentColorBecomesAlpha()
    {
        var grey = new PngBuilder().Header(2, 1, 0).Chunk("tRNS", [0, 7]).Data([0, 7, 8]).End();
        Assert.Equal([7, 0, 8, 255], PngReader.Decode(grey).Pixels);
        var color = new PngBuilder().Header(2, 1, 2).Chunk("tRNS", [0, 1, 0, 2, 0, 3]).Data([0, 1, 2, 3, 1, 2, 4]).End();
        Assert.Equal([1, 2, 3, 0, 1, 2, 4, 255], PngReader.Decode(color).Pixels);
    }

    [Fact]
    public void PixelsMayBeSpreadOverChunksAndUnknownExtrasAreSkipped()
    {
        var data = PngBuilder.Compress([0, 1, 2, 3]);
        var file = new PngBuilder().Header(3, 1, 0).Chunk("tEXt", [65, 0, 66]).Chunk("IDAT", data[..5]).Chunk("IDAT", data[5..]).End();
        Assert.Equal([1, 2, 3], PngReader.Decode(file).Pixels);
    }

    [Fact]
    public void WritingReplacesAFileAndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        PngWriter.Write(folder["a.png"], Noise(3, 3, 1));
        PngWriter.Write(folder["a.png"], Noise(4, 4, 1));
        Assert.Equal(4, PngReader.Read(folder["a.png"]).Width);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void WritingWhereNothingCanBeWrittenIsAUsersError()
    {
        using var folder = new TemporaryFolder();
        var path = folder["missing", "a.png"];
        var e = Assert.Throws<UserErrorException>(() => PngWriter.Write(path, Noise(3, 3, 1)));
        Assert.Contains(path, e.Message);
    }

    internal static PixelImage Noise(int width, int height, int channels)
    {
        var image = new PixelImage(width, height, channels);
        new Random(5).NextBytes(image.Pixels);
        return image;
    }
}
