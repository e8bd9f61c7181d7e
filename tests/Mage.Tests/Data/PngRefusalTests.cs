using Mage.Data.Png;
using Xunit;

namespace Mage.Tests.Data;

public class PngRefusalTests
{
    private static readonly byte[] Good = PngWriter.Encode(PngTests.Noise(9, 7, 3));

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void OtherBitDepthsAreRefused(int depth) =>
        Refuses(PngBuilder.Simple(1, 1, 0, [0, 1, 2], depth: depth), $"{depth} bits per sample");

    [Fact]
    public void InterlacedFilesAreRefused() => Refuses(PngBuilder.Simple(1, 1, 0, [0, 1], interlace: 1), "interlaced");

    [Fact]
    public void OtherFilesAreRefused()
    {
        Refuses("GIF89a, not a PNG"u8.ToArray(), "not a PNG");
        Refuses([], "not a PNG");
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            Assert.Throws<PngException>(() => PngReader.Decode(Good.AsSpan(0, length)));
        }
    }

    [Fact]
    public void EverySpoiledByteIsNoticed()
    {
        for (var i = 0; i < Good.Length; i++)
        {
            var bad = Good.ToArray();
            bad[i] ^= 0x10;
            Assert.Throws<PngException>(() => PngReader.Decode(bad));
        }
    }

    [Fact]
    public void AWrongChecksumIsNamed() => Refuses(
        new PngBuilder().Header(1, 1, 0).Chunk("IDAT", PngBuilder.Compress([0, 1]), spoilChecksum: 1).End(), "'IDAT' part is damaged");

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(-1, 5)]
    [InlineData(2_000_000_000, 2_000_000_000)]
    [InlineData(32768, 32768)]
    public void AbsurdSizesAreRefused(int width, int height) => Assert.Throws<PngException>(
        () => PngReader.Decode(PngBuilder.Simple(width, height, 0, [0, 1])));

    [Fact]
    public void ASmallFileThatClaimsToBeLargeTakesNoMemory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses(PngBuilder.Simple(10_000, 9_999, 6, [0, 1]), "cannot hold");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
    }

    [Fact]
    public void MissingAndExtraRowsAreRefused()
    {
        Refuses(PngBuilder.Simple(2, 2, 0, [0, 1, 2]), "rows are missing");
        Refuses(PngBuilder.Simple(2, 1, 0, [0, 1, 2, 0]), "more pixels");
    }

    [Fact]
    public void AnUnknownFilterIsRefused() => Refuses(PngBuilder.Simple(1, 1, 0, [5, 1]), "unknown filter, 5");

    [Fact]
    public void DamagedCompressionIsRefused() =>
        Refuses(new PngBuilder().Header(1, 1, 0).Chunk("IDAT", [0x78, 0x9C, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]).End(), "damaged");

    [Fact]
    public void MissingPixelsAreRefused() => Assert.Throws<PngException>(() => PngReader.Decode(new PngBuilder().Header(1, 1, 0).End()));

    [Fact]
    public void BrokenPalettesAreRefused()
    {
        Refuses(PngBuilder.Simple(1, 1, 3, [0, 0]), "palette is missing");
        Refuses(new PngBuilder().Header(1, 1, 3).Chunk("PLTE", [1, 2]).Data([0, 0]).End(), "palette is missing or damaged");
        Refuses(new PngBuilder().Header(1, 1, 3).Chunk("PLTE", [1, 2, 3]).Data([0, 1]).End(), "color 1 of a palette of 1");
        Refuses(new PngBuilder().Header(1, 1, 3).Chunk("PLTE", [1, 2, 3]).Chunk("tRNS", [1, 2]).Data([0, 0]).End(), "palette");
    }

    [Fact]
    public void AMissingHeaderIsRefused() => Refuses(new PngBuilder().Data([0, 1]).End(), "header is missing");

    [Fact]
    public void ADamagedHeaderIsRefused() => Refuses(PngBuilder.Simple(1, 1, 5, [0, 1]), "header is damaged");

    [Fact]
    public void WhatIsNeededButUnknownIsNamed() => Refuses(new PngBuilder().Header(1, 1, 0).Chunk("NEED", []).Data([0, 1]).End(), "'NEED'");

    [Fact]
    public void ReadingAFileNamesIt()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.png", Good[..30]);
        var e = Assert.Throws<UserErrorException>(() => PngReader.Read(path));
        Assert.Contains(path, e.Message);
        Assert.Contains("cut off", e.Message);
        Assert.Contains("nowhere.png", Assert.Throws<UserErrorException>(() => PngReader.Read(folder["nowhere.png"])).Message);
    }

    private static void Refuses(byte[] file, string because) =>
        Assert.Contains(because, Assert.Throws<PngException>(() => PngReader.Decode(file)).Message);
}
