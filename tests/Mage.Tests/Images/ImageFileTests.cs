using Mage.Images;
using Xunit;

namespace Mage.Tests.Images;

public class ImageFileTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 7, 5)]
    [InlineData(3, 17, 9)]
    [InlineData(4, 64, 33)]
    public void WhatIsWrittenIsRead(int channels, int width, int height)
    {
        var image = Noise(width, height, channels);
        var back = ImageReader.Decode(ImageWriter.Encode(image, ImageFormat.Png));
        Assert.Equal((width, height, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(image.Pixels, back.Pixels);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void WebpIsWrittenWithoutLoss(int channels) => Assert.Equal(
        Noise(20, 11, channels).Pixels, ImageReader.Decode(ImageWriter.Encode(Noise(20, 11, channels), ImageFormat.Webp)).Pixels);

    [Fact]
    public void GreyBecomesColoursInWebp()
    {
        var grey = Noise(9, 5, 1);
        var back = ImageReader.Decode(ImageWriter.Encode(grey, ImageFormat.Webp));
        Assert.Equal(3, back.Channels);
        Assert.Equal(grey.WithChannels(3).Pixels, back.Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void JpegIsNearWhatWasWritten(int channels)
    {
        var image = Slope(32, 24, channels);
        var back = ImageReader.Decode(ImageWriter.Encode(image, ImageFormat.Jpeg));
        Assert.Equal(channels, back.Channels);
        Assert.All(image.Pixels.Zip(back.Pixels), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 8));
    }

    [Fact]
    public void JpegLaysTransparencyOverWhite()
    {
        var back = ImageReader.Decode(ImageWriter.Encode(new PixelImage(8, 8, 4), ImageFormat.Jpeg));
        Assert.Equal(3, back.Channels);
        Assert.All(back.Pixels, value => Assert.InRange(value, 250, 255));
    }

    [Fact]
    public void EncodingIsDeterministic() => Assert.All(Enum.GetValues<ImageFormat>(), format => Assert.Equal(
        ImageWriter.Encode(Noise(20, 20, 3), format), ImageWriter.Encode(Noise(20, 20, 3), format)));

    [Fact]
    public void TheEndOfTheNameDecidesTheFormat()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, start) in (ReadOnlySpan<(string, byte[])>)[
            ("a.png", [0x89, .. "PNG"u8]), ("a.JPG", [0xFF, 0xD8, 0xFF]), ("a.jpeg", [0xFF, 0xD8, 0xFF]), ("a.webp", "RIFF"u8.ToArray())])
        {
            ImageWriter.Write(folder[name], Noise(4, 4, 3));
            Assert.Equal(start, File.ReadAllBytes(folder[name])[..start.Length]);
        }

        var refused = Assert.Throws<UserErrorException>(() => ImageWriter.Write(folder["a.gif"], Noise(4, 4, 3)));
        Assert.Contains(".png, .jpg, .jpeg or .webp", refused.Message);
        Assert.Contains("a.tiff", Assert.Throws<UserErrorException>(() => ImageWriter.CheckPlace(folder["a.tiff"])).Message);
        Assert.Equal(4, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void TheContentDecidesHowItIsRead()
    {
        using var folder = new TemporaryFolder();
        var image = Noise(6, 5, 3);
        Assert.Equal(image.Pixels, ImageReader.Read(folder.Write("really a png.jpg", ImageWriter.Encode(image, ImageFormat.Png))).Pixels);
    }

    [Fact]
    public void SixteenBitsAreCutToEight()
    {
        var grey = ImageReader.Decode(PngBuilder.Simple(2, 1, 0, [0, 0x12, 0xFF, 0x80, 0], depth: 16));
        Assert.Equal((1, 0x12, 0x80), (grey.Channels, grey.Pixels[0], grey.Pixels[1]));
        var color = ImageReader.Decode(PngBuilder.Simple(1, 1, 2, [0, 0x12, 0xFF, 0xFE, 0xFF, 0, 0], depth: 16));
        Assert.Equal([0x12, 0xFE, 0], color.Pixels);
    }

    [Theory]
    [InlineData(1, new byte[] { 0, 0b1010_0000 }, new byte[] { 255, 0, 255 })]
    [InlineData(2, new byte[] { 0, 0b1101_1000 }, new byte[] { 255, 85, 170 })]
    [InlineData(4, new byte[] { 0, 0xF1, 0x80 }, new byte[] { 255, 17, 136 })]
    public void FewerBitsAreSpread(int depth, byte[] rows, byte[] expected) =>
        Assert.Equal(expected, ImageReader.Decode(PngBuilder.Simple(3, 1, 0, rows, depth)).Pixels);

    [Fact]
    public void InterlacedRowsAreUnfolded()
    {
        // Of 2x2 pixels the first pass has the first, the sixth the second, the last the second row.
        var image = ImageReader.Decode(PngBuilder.Simple(2, 2, 0, [0, 10, 0, 20, 0, 30, 40], interlace: 1));
        Assert.Equal([10, 20, 30, 40], image.Pixels);
    }

    [Fact]
    public void PalettesAreLookedUp()
    {
        var plain = new PngBuilder().Header(3, 1, 3).Chunk("PLTE", [1, 2, 3, 4, 5, 6]).Data([0, 1, 0, 1]).End();
        Assert.Equal([4, 5, 6, 1, 2, 3, 4, 5, 6], ImageReader.Decode(plain).Pixels);
        var clear = new PngBuilder().Header(2, 1, 3).Chunk("PLTE", [1, 2, 3, 4, 5, 6]).Chunk("tRNS", [128]).Data([0, 0, 1]).End();
        Assert.Equal([1, 2, 3, 128, 4, 5, 6, 255], ImageReader.Decode(clear).Pixels);
    }

    [Fact]
    public void ATransparentColorBecomesAlpha()
    {
        var grey = new PngBuilder().Header(2, 1, 0).Chunk("tRNS", [0, 7]).Data([0, 7, 8]).End();
        Assert.Equal([7, 7, 7, 0, 8, 8, 8, 255], ImageReader.Decode(grey).Pixels);
        var both = PngBuilder.Simple(1, 1, 4, [0, 9, 100]);
        Assert.Equal([9, 9, 9, 100], ImageReader.Decode(both).Pixels);
    }

    [Fact]
    public void TransparentColoursKeepTheirValues() => Assert.Equal(
        [200, 100, 50, 1], ImageReader.Decode(PngBuilder.Simple(1, 1, 6, [0, 200, 100, 50, 1])).Pixels);

    [Fact]
    public void ColoursAreTakenAsTheyStand()
    {
        // A gamma of 1 would make 128 about 188 on a usual screen.
        var file = new PngBuilder().Header(1, 1, 2).Chunk("gAMA", [0, 1, 0x86, 0xA0]).Data([0, 128, 64, 32]).End();
        Assert.Equal([128, 64, 32], ImageReader.Decode(file).Pixels);
    }

    [Fact]
    public void WritingReplacesAFileAndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        ImageWriter.Write(folder["a.png"], Noise(3, 3, 1));
        ImageWriter.Write(folder["a.png"], Noise(4, 4, 1));
        Assert.Equal(4, ImageReader.Read(folder["a.png"]).Width);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void WritingWhereNothingCanBeWrittenIsAUsersError()
    {
        using var folder = new TemporaryFolder();
        var path = folder["missing", "a.png"];
        Assert.Contains(path, Assert.Throws<UserErrorException>(() => ImageWriter.Write(path, Noise(3, 3, 1))).Message);
        Assert.Contains(path, Assert.Throws<UserErrorException>(() => ImageWriter.CheckPlace(path)).Message);
    }

    [Theory]
    [InlineData("wide.webp", 16384)]
    [InlineData("wide.jpg", 65501)]
    public void APictureThatTheFormatCannotHoldLeavesTheOldFile(string name, int width)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(name, [1]);
        var e = Assert.Throws<UserErrorException>(() => ImageWriter.Write(path, new PixelImage(width, 1, 1)));
        Assert.Contains($"'{path}': {width}x1 pixels do not fit", e.Message);
        Assert.Equal([1], File.ReadAllBytes(path));
    }

    internal static PixelImage Noise(int width, int height, int channels, int seed = 5)
    {
        var image = new PixelImage(width, height, channels);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    internal static PixelImage Slope(int width, int height, int channels)
    {
        var image = new PixelImage(width, height, channels);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(i / channels % width * 5 + (i % channels * 20));
        }

        return image;
    }
}
