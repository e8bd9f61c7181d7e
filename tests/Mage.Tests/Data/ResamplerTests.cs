using System.Text.Json.Nodes;
using Mage.Config;
using Mage.Data;
using Mage.Images;
using Mage.Tests.Images;
using Xunit;

namespace Mage.Tests.Data;

/// <summary>Resampling has the bits of PIL's, recorded.</summary>
public class ResamplerTests
{
    private static readonly JsonNode Recorded = RecordedPictures.Open("resampling.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Recorded["cases"]!.AsArray().Count)];

    public static TheoryData<int> Squares => [.. Enumerable.Range(0, Recorded["squares"]!.AsArray().Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ASizeIsAsPilMakesIt(int index)
    {
        var one = Recorded["cases"]![index]!;
        var expected = RecordedPictures.Picture(one["expected"]);
        CropBox? box = one["box"] is JsonArray edges ? new CropBox(Edge(0), Edge(1), Edge(2), Edge(3)) : null;
        var image = Resampler.Resize(Source(one), expected.Width, expected.Height, Filter(one), box);
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(expected.Pixels, image.Pixels);

        float Edge(int side) => (float)edges![side]!.GetValue<double>();
    }

    [Theory]
    [MemberData(nameof(Squares))]
    public void ASquareIsAsTheOfficialEvaluationMakesIt(int index)
    {
        var one = Recorded["squares"]![index]!;
        var expected = RecordedPictures.Picture(one["expected"]);
        Assert.Equal(expected.Pixels, Resampler.ResizeToSquare(Source(one), one["size"]!.GetValue<int>(), Filter(one)).Pixels);
    }

    [Fact]
    public void GreyIsAsPilMakesIt() => Assert.All(
        Recorded["greys"]!.AsArray(), one => Assert.Equal(RecordedPictures.Picture(one!["expected"]).Pixels, Source(one).WithChannels(1).Pixels));

    [Fact]
    public void OfALongPictureOnlyTheMiddleIsComputed()
    {
        var image = new PixelImage(32768, 1, 1);
        Array.Fill(image.Pixels, (byte)70);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var square = Resampler.ResizeToSquare(image, 256, ResampleFilter.Bicubic);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000); // all of it would be 2 GB
        Assert.Equal((256, 256), (square.Width, square.Height));
        Assert.All(square.Pixels, value => Assert.Equal(70, value));
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

        foreach (var filter in Enum.GetValues<ResampleFilter>())
        {
            var result = Resampler.Resize(new PixelImage(width, height, 3, pixels), newWidth, newHeight, filter);
            Assert.Equal((newWidth, newHeight), (result.Width, result.Height));
            Assert.All(result.Pixels.Select((value, i) => (value, i)), pair => Assert.Equal(50 + (pair.i % 3 * 100), pair.value));
        }
    }

    [Theory]
    [InlineData(-0.1f, 0, 2, 2)]
    [InlineData(0, 0, 4.1f, 2)]
    [InlineData(1, 1, 1, 2)]
    [InlineData(0, 2, 2, 1)]
    [InlineData(float.NaN, 0, 2, 2)]
    public void ABoxThatIsNotInThePictureIsRefused(float left, float top, float right, float bottom) => Assert.Throws<ArgumentException>(
        () => Resampler.Resize(new PixelImage(4, 3, 1), 2, 2, ResampleFilter.Bicubic, new CropBox(left, top, right, bottom)));

    [Fact]
    public void APartIsCutOut()
    {
        Assert.Equal([2, 3, 6, 7], Resampler.Crop(new PixelImage(4, 2, 1, [1, 2, 3, 4, 5, 6, 7, 8]), new CropBox(1, 0, 3, 2)).Pixels);
        Assert.Equal([4, 5, 6], Resampler.Crop(new PixelImage(1, 3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), new CropBox(0, 1, 1, 2)).Pixels);
        Assert.Throws<ArgumentException>(() => Resampler.Crop(new PixelImage(4, 2, 1), new CropBox(3, 0, 5, 2)));
        Assert.Throws<ArgumentException>(() => Resampler.Crop(new PixelImage(4, 2, 1), new CropBox(0, 0.5f, 1, 1.5f)));
    }

    [Fact]
    public void TransparencyIsLaidOverWhite()
    {
        Assert.Equal([0, 255, 127], new PixelImage(3, 1, 4, [0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 128]).WithChannels(1).Pixels);
        Assert.Equal([255, 127, 127], new PixelImage(1, 1, 4, [255, 0, 0, 128]).WithChannels(3).Pixels);
    }

    [Fact]
    public void PackingPutsChannelsIntoPlanes()
    {
        var image = new PixelImage(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        var (planes, done) = ImagePacker.Pack(image, new DataConfig { ImageSize = 2, Channels = 3 });
        Assert.Equal([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12], planes);
        Assert.Equal(Preparation.None, done);
    }

    private static PixelImage Source(JsonNode one) => RecordedPictures.Picture(Recorded["sources"]![one["source"]!.GetValue<string>()]);

    private static ResampleFilter Filter(JsonNode one) => Enum.Parse<ResampleFilter>(one["filter"]!.GetValue<string>());
}
