using System.Buffers.Binary;
using System.IO.Compression;
using Mage.Config;
using Mage.Data;
using Xunit;

namespace Mage.Tests.Data;

public class IdxTests
{
    private static readonly DataConfig TwoByTwo = new() { ImageSize = 2 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PlainAndCompressedFilesAreRead(bool gzip)
    {
        using var folder = new TemporaryFolder();
        var bytes = Idx([2, 1, 3], 1, 2, 3, 4, 5, 6);
        var (sizes, data) = IdxReader.Read(folder.Write("x", gzip ? Gzip(bytes) : bytes), 3);
        Assert.Equal([2, 1, 3], sizes);
        Assert.Equal([1, 2, 3, 4, 5, 6], data);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        using var folder = new TemporaryFolder();
        var bytes = Idx([2, 1, 3], 1, 2, 3, 4, 5, 6);
        for (var length = 0; length < bytes.Length; length++)
        {
            var path = folder.Write("x", bytes[..length]);
            Assert.Contains(path, Assert.Throws<UserErrorException>(() => IdxReader.Read(path, 3)).Message);
        }
    }

    [Fact]
    public void TruncatedAndSpoiledGzipIsRefused()
    {
        using var folder = new TemporaryFolder();
        var image = new byte[5000];
        new Random(3).NextBytes(image);
        var bytes = Gzip(Idx([2, 50, 50], image));
        foreach (var length in new[] { 3, 10, 20, 1000, bytes.Length - 100 })
        {
            var path = folder.Write("x", bytes[..length]);
            Assert.Contains(path, Assert.Throws<UserErrorException>(() => IdxReader.Read(path, 3)).Message);
        }

        bytes[^6] ^= 1; // the checksum of the data
        Assert.Contains("damaged", Assert.Throws<UserErrorException>(() => IdxReader.Read(folder.Write("x", bytes), 3)).Message);
    }

    [Fact]
    public void WrongFilesAreRefused()
    {
        using var folder = new TemporaryFolder();
        Refuses("not an IDX file", [1, 2, 3, 4, 5, 6, 7, 8]);
        Refuses("not an IDX file", [0, 0, 0x0D, 3, 0, 0, 0, 0]);
        Refuses("has 1 dimensions", Idx([2], 1, 2));
        Refuses("goes on after", Idx([1, 1, 1], 1, 2));
        Refuses("a size of -1", Idx([-1, 1, 1]));
        Refuses("more than", Idx([int.MaxValue, int.MaxValue, int.MaxValue]));
        Refuses("cut off", Idx([1000, 1000, 1000], 1));

        void Refuses(string because, byte[] bytes) =>
            Assert.Contains(because, Assert.Throws<UserErrorException>(() => IdxReader.Read(folder.Write("x", bytes), 3)).Message);
    }

    [Fact]
    public void AFolderIsLoadedWithItsClassNames()
    {
        using var folder = Folder();
        File.WriteAllText(folder["classes.txt"], "shoe\nshirt\n");
        var set = ImageSet.Load(new DataConfig { Path = folder.Path, ImageSize = 2 });
        Assert.Equal((2, 1), (set.Train.Count, set.HeldOut.Count));
        Assert.Equal([0, 2], set.Train.Labels);
        Assert.Equal([1], set.HeldOut.Labels);
        Assert.Equal(["shoe", "shirt", "2"], set.ClassNames);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], set.Train.Images.SelectMany(image => image));
    }

    [Fact]
    public void GreyIsRepeatedForThreeChannels()
    {
        using var folder = Folder();
        var set = IdxFolder.Load(folder.Path, new DataConfig { ImageSize = 2, Channels = 3 });
        Assert.Equal([9, 10, 11, 12, 9, 10, 11, 12, 9, 10, 11, 12], set.HeldOut.Images.SelectMany(image => image));
    }

    [Fact]
    public void TheSpellingWithADotIsAccepted()
    {
        using var folder = Folder();
        foreach (var path in Directory.GetFiles(folder.Path))
        {
            File.Move(path, path.Replace("-idx", ".idx"));
        }

        Assert.Equal(2, IdxFolder.Load(folder.Path, TwoByTwo).Train.Count);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        using var folder = Folder();
        File.Delete(folder["t10k-labels-idx1-ubyte"]);
        Assert.Contains("t10k-labels-idx1-ubyte", Assert.Throws<UserErrorException>(() => IdxFolder.Load(folder.Path, TwoByTwo)).Message);
    }

    [Fact]
    public void CountsThatDifferAreRefused()
    {
        using var folder = Folder();
        folder.Write("train-labels-idx1-ubyte", Idx([3], 0, 1, 2));
        var e = Assert.Throws<UserErrorException>(() => IdxFolder.Load(folder.Path, TwoByTwo));
        Assert.Contains("2 images", e.Message);
        Assert.Contains("3 labels", e.Message);
    }

    [Fact]
    public void NothingToTrainOnIsRefusedAndNothingHeldOutIsNot()
    {
        using var folder = Folder();
        folder.Write("t10k-images-idx3-ubyte", Idx([0, 2, 2]));
        folder.Write("t10k-labels-idx1-ubyte", Idx([0]));
        Assert.Equal(0, IdxFolder.Load(folder.Path, TwoByTwo).HeldOut.Count);
        folder.Write("train-images-idx3-ubyte", Idx([0, 0, 0]));
        folder.Write("train-labels-idx1-ubyte", Idx([0]));
        Assert.Contains("has no images", Assert.Throws<UserErrorException>(() => IdxFolder.Load(folder.Path, TwoByTwo)).Message);
    }

    [Fact]
    public void TheSampleOfTheRepositoryLoads()
    {
        var set = ImageSet.Load(new DataConfig());
        Assert.Equal((9000, 1500), (set.Train.Count, set.HeldOut.Count));
        Assert.Equal("ankle boot", set.ClassNames[set.Train.Labels[0]]);
        Assert.Equal(10, set.ClassNames.Count);
        for (var label = 0; label < 10; label++)
        {
            Assert.InRange(set.Train.Labels.Count(l => l == label), 800, 1000);
        }
    }

    internal static byte[] Idx(int[] sizes, params byte[] data)
    {
        var header = new byte[4 + (4 * sizes.Length)];
        (header[2], header[3]) = (8, (byte)sizes.Length);
        for (var i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), sizes[i]);
        }

        return [.. header, .. data];
    }

    internal static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        folder.Write("train-images-idx3-ubyte", Idx([2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8));
        folder.Write("train-labels-idx1-ubyte", Idx([2], 0, 2));
        folder.Write("t10k-images-idx3-ubyte", Idx([1, 2, 2], 9, 10, 11, 12));
        folder.Write("t10k-labels-idx1-ubyte", Idx([1], 1));
        return folder;
    }
}
