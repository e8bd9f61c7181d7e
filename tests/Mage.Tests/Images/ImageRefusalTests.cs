using Mage.Images;
using Xunit;

namespace Mage.Tests.Images;

/// <summary>Bad files end in one line, never in a crash, and never as a picture that was not in them without a word.</summary>
public class ImageRefusalTests
{
    [Fact]
    public void OtherFilesAreRefused()
    {
        Refuses("GIF89a, not a PNG"u8.ToArray(), "no PNG, JPEG or WebP file, but a GIF image");
        Refuses("BM and more"u8.ToArray(), "but a BMP image");
        Refuses("nonsense"u8.ToArray(), "but a text that begins with 'nonsense'");
        Refuses([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "no PNG, JPEG or WebP file");
        Refuses([], "empty");
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Webp)]
    public void ATruncatedFileIsRefusedUnlessAllPixelsAreThere(ImageFormat format)
    {
        var good = ImageWriter.Encode(ImageFileTests.Noise(9, 7, 3), format);
        var pixels = ImageReader.Decode(good).Pixels;
        for (var length = 0; length < good.Length; length++)
        {
            // The last bytes of a PNG say nothing about pixels.
            var isRead = Reads(good.AsSpan(0, length), out var image);
            Assert.True(!isRead || (length > good.Length - 30 && image!.SequenceEqual(pixels)), $"{length} bytes");
        }
    }

    [Fact]
    public void EverySpoiledByteOfAPngIsNoticedOrHarmless()
    {
        var good = ImageWriter.Encode(ImageFileTests.Noise(9, 7, 3), ImageFormat.Png);
        var pixels = ImageReader.Decode(good).Pixels;
        for (var i = 0; i < good.Length; i++)
        {
            var bad = good.ToArray();
            bad[i] ^= 0x10;
            if (Reads(bad, out var image))
            {
                Assert.Equal(pixels, image);
            }
        }
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Webp)]
    public void NoSpoiledByteEndsInAnotherError(ImageFormat format)
    {
        var good = ImageWriter.Encode(ImageFileTests.Noise(9, 7, 3), format);
        var refused = 0;
        for (var i = 0; i < good.Length; i++)
        {
            var bad = good.ToArray();
            bad[i] ^= 0x10;
            refused += Reads(bad, out _) ? 0 : 1;
        }

        Assert.InRange(refused, 20, good.Length);
    }

    [Fact]
    public void MutatedFilesAreReadOrRefused()
    {
        var files = RecordedPictures.Open("decoding.json")["files"]!.AsArray().Select(file => RecordedPictures.Bytes(file!["file"])).ToArray();
        var random = new Random(11);
        var refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            var file = files[i % files.Length].ToArray();
            for (var changes = random.Next(1, 7); changes > 0; changes--)
            {
                // Half of the changes are in the header, where sizes are.
                file[random.Next(random.Next(2) == 0 ? Math.Min(40, file.Length) : file.Length)] = (byte)random.Next(256);
            }

            refused += Reads(random.Next(5) == 0 ? file.AsSpan(0, random.Next(file.Length)) : file, out _) ? 0 : 1;
        }

        Assert.InRange(refused, 1000, 3999);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(-1, 5)]
    [InlineData(2_000_000_000, 2_000_000_000)]
    public void AbsurdSizesAreRefused(int width, int height) => Refuses(PngBuilder.Simple(width, height, 0, [0, 1]), "header is cut off or damaged");

    [Theory]
    [InlineData(32768, 32768)]
    [InlineData(32769, 1)]
    [InlineData(10_001, 10_000)]
    public void HugeSizesAreRefusedBeforeMemoryIsTaken(int width, int height)
    {
        var file = PngBuilder.Simple(width, height, 6, [0, 1]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses(file, $"{width}x{height} pixels are more than are read");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void MissingRowsAreRefused()
    {
        Refuses(PngBuilder.Simple(2, 2, 0, [0, 1, 2]), "damaged");
        Refuses(new PngBuilder().Header(1, 1, 0).End(), "damaged");
    }

    [Fact]
    public void AWrongChecksumIsRefused() => Refuses(
        new PngBuilder().Header(1, 1, 0).Chunk("IDAT", PngBuilder.Compress([0, 1]), spoilChecksum: 1).End(), "damaged");

    [Fact]
    public void AMissingPaletteIsRefused() => Refuses(PngBuilder.Simple(1, 1, 3, [0, 0]), "damaged");

    [Fact]
    public void ReadingAFileNamesIt()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.png", ImageWriter.Encode(ImageFileTests.Noise(30, 30, 3), ImageFormat.Png)[..1000]);
        var e = Assert.Throws<UserErrorException>(() => ImageReader.Read(path));
        Assert.Equal($"cannot read the image '{path}': it is cut off or damaged: pixels are missing", e.Message);
        Assert.Contains("nowhere.png", Assert.Throws<UserErrorException>(() => ImageReader.Read(folder["nowhere.png"])).Message);
        Assert.Equal(
            $"cannot read the image '{folder.Path}': it is a folder; name a PNG, JPEG or WebP file",
            Assert.Throws<UserErrorException>(() => ImageReader.Read(folder.Path)).Message);
    }

    private static bool Reads(ReadOnlySpan<byte> file, out byte[]? pixels)
    {
        try
        {
            pixels = ImageReader.Decode(file).Pixels;
            return true;
        }
        catch (ImageException)
        {
            pixels = null;
            return false;
        }
    }

    private static void Refuses(byte[] file, string because) =>
        Assert.Contains(because, Assert.Throws<ImageException>(() => ImageReader.Decode(file)).Message);
}
