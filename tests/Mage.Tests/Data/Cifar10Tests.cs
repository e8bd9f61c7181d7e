using Mage.Config;
using Mage.Data;
using Xunit;

namespace Mage.Tests.Data;

public sealed class Cifar10Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BatchesAreReadInOrderAndTestIsHeldOut()
    {
        folder.Write("data_batch_2.bin", Record(3, 1, 2, 3));
        folder.Write("data_batch_1.bin", [.. Record(0, 10, 20, 30), .. Record(9, 40, 50, 60)]);
        folder.Write("test_batch.bin", Record(1, 7, 8, 9));
        folder.Write("batches.meta.txt", "airplane\nautomobile\n\n"u8.ToArray());
        folder.Write("readme.html", [1]);
        var set = Load(channels: 3);
        Assert.Equal([0, 9, 3], set.Train.Labels);
        Assert.Equal([1], set.HeldOut.Labels);
        var planes = set.Train.Images.SelectMany(image => image.Chunk(1024));
        Assert.Equal([10, 20, 30, 40, 50, 60, 1, 2, 3], planes.Select(plane => plane.Distinct().Single()));
        Assert.Equal(["airplane", "automobile", "2", "3"], set.ClassNames.Take(4));
        Assert.Equal(10, set.ClassNames.Count);
        Assert.Contains("1 .html file", Assert.Single(set.Notes));
    }

    [Fact]
    public void RowsAreNotTurned()
    {
        var record = Record(0, 0, 0, 0);
        record[1 + 32] = 255; // red, the second row, its first pixel
        Write(record);
        Assert.Equal(255, Load(channels: 3).Train.Images[0][32]);
    }

    [Fact]
    public void ColoursAreMadeGreyAndThatIsSaid()
    {
        Write(Record(0, 255, 0, 0));
        var set = Load(channels: 1);
        Assert.All(set.Train.Images.SelectMany(image => image), value => Assert.Equal(76, value));
        Assert.Contains("made grey", string.Join('\n', set.Notes));
    }

    [Fact]
    public void DamagedBatchesAreNamed()
    {
        Write(Record(0, 1, 2, 3)[..^1]);
        Refuses("data_batch_1.bin' is cut off or damaged: 3072 bytes");
        Write([]);
        Refuses("cut off or damaged");
        Write([.. Record(9, 1, 2, 3), .. Record(10, 1, 2, 3)]);
        Refuses("image 1 has the label 10");
    }

    [Fact]
    public void AMissingPartIsNamed()
    {
        folder.Write("data_batch_1.bin", Record(0, 1, 2, 3));
        Refuses("test_batch.bin' is missing");
        folder.Write("test_batch.bin", Record(0, 1, 2, 3));
        File.Delete(folder["data_batch_1.bin"]);
        Refuses("data_batch_1.bin' is missing");
    }

    private void Refuses(string because) => Assert.Contains(because, Assert.Throws<UserErrorException>(() => Load(3)).Message);

    private void Write(byte[] train)
    {
        folder.Write("data_batch_1.bin", train);
        folder.Write("test_batch.bin", Record(0, 1, 2, 3));
    }

    private ImageSet Load(int channels) => ImageSet.Load(new DataConfig { Path = folder.Path, ImageSize = 32, Channels = channels });

    private static byte[] Record(byte label, byte red, byte green, byte blue) =>
        [label, .. Enumerable.Repeat(red, 1024), .. Enumerable.Repeat(green, 1024), .. Enumerable.Repeat(blue, 1024)];
}
