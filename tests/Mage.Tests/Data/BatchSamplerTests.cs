using Mage.Data;
using Xunit;

namespace Mage.Tests.Data;

public class BatchSamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void AnOrderHasEveryIndexOnce(int count) => Assert.Equal(Enumerable.Range(0, count), BatchSampler.Order(count, 7, 3).Order());

    [Fact]
    public void OrdersDependOnSeedAndEpochAlone()
    {
        Assert.Equal(BatchSampler.Order(100, 1, 2), BatchSampler.Order(100, 1, 2));
        Assert.NotEqual(BatchSampler.Order(100, 1, 2), BatchSampler.Order(100, 1, 3));
        Assert.NotEqual(BatchSampler.Order(100, 1, 2), BatchSampler.Order(100, 2, 2));
    }

    [Fact]
    public void EveryOrderOfThreeComesUpEquallyOften()
    {
        var counts = Enumerable.Range(0, 6000).Select(epoch => string.Join("", BatchSampler.Order(3, 5, epoch))).CountBy(order => order).ToArray();
        Assert.Equal(6, counts.Length);
        Assert.All(counts, pair => Assert.InRange(pair.Value, 870, 1130));
    }

    [Fact]
    public void BatchesRunThroughEpochs()
    {
        var sampler = new BatchSampler(Part(10), 4, seed: 1);
        var seen = Enumerable.Range(0, 5).SelectMany(step => Indices(sampler, step)).ToArray();
        Assert.Equal(Enumerable.Range(0, 10), seen[..10].Order());
        Assert.Equal(Enumerable.Range(0, 10), seen[10..].Order());
        Assert.NotEqual(seen[..10], seen[10..]);
    }

    [Fact]
    public void AStepIsTheSameFromWhereverItIsReached()
    {
        var through = new BatchSampler(Part(10), 3, seed: 1, mirror: true);
        var all = Enumerable.Range(0, 20).Select(step => Images(through, step)).ToArray();
        Assert.Equal(all[17], Images(new BatchSampler(Part(10), 3, seed: 1, mirror: true), 17));
        Assert.Equal(all[2], Images(through, 2));
    }

    [Fact]
    public void ABatchLargerThanTheSetRepeatsIt()
    {
        var indices = Indices(new BatchSampler(Part(3), 7, seed: 1), 0);
        Assert.All(indices.CountBy(i => i), pair => Assert.InRange(pair.Value, 2, 3));
    }

    [Fact]
    public void ImagesBecomeFloatsBetweenZeroAndOneWithTheirLabels()
    {
        var part = new ImagePart(1, 1, [[0], [51], [255]], [5, 6, 7]);
        var (images, labels) = (new float[3], new int[3]);
        new BatchSampler(part, 3, seed: 2).Fill(0, images, labels);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(part.Images[labels[i] - 5][0] / 255f, images[i], 1e-6f);
        }
    }

    [Fact]
    public void MirroringTurnsHalfOfTheImagesAndOnlyLeftToRight()
    {
        var part = new ImagePart(1, 2, [[0, 255, 51, 102]], [0]);
        var sampler = new BatchSampler(part, 1, seed: 3, mirror: true);
        var seen = Enumerable.Range(0, 400).Select(step => Images(sampler, step, values: 4)).ToArray();
        var mirrored = seen.Count(image => image[0] == 1f);
        Assert.InRange(mirrored, 150, 250);
        Assert.All(seen, image => Assert.True(
            image.AsSpan().SequenceEqual(image[0] == 1f ? [1f, 0f, 102 / 255f, 51 / 255f] : [0f, 1f, 51 / 255f, 102 / 255f])));
    }

    [Fact]
    public void APartChecksItsMemory()
    {
        Assert.Throws<ArgumentException>(() => new ImagePart(1, 2, [new byte[4], new byte[3]], [0, 1]));
        Assert.Throws<ArgumentException>(() => new ImagePart(1, 2, [new byte[4]], [0, 1]));
        Assert.Throws<ArgumentException>(() => Part(2).CopyTo(0, new float[3]));
        Assert.Equal([1f / 255, 2f / 255], new ImagePart(1, 1, [[0], [1], [2]], [0, 0, 0]).ToFloats(1, 2), (a, b) => Math.Abs(a - b) < 1e-7f);
        Assert.Equal(2, Part(5).First(2).Count);
        Assert.Equal(5, Part(5).First(9).Count);
    }

    [Fact]
    public void APartMayHaveMoreBytesThanAnArray()
    {
        // One image in the place of all: 130 of 16 MB.
        const int Side = 4096;
        var image = new byte[Side * Side];
        image[^1] = 255;
        var part = new ImagePart(1, Side, [.. Enumerable.Repeat(image, 130)], new int[130]);
        Assert.True((long)part.Count * part.ValuesPerImage > int.MaxValue);
        var last = new float[part.ValuesPerImage];
        part.CopyTo(129, last);
        Assert.Equal(1, last[^1]);
    }

    private static ImagePart Part(int count) =>
        new(1, 1, [.. Enumerable.Range(0, count).Select(i => (byte[])[(byte)i])], [.. Enumerable.Range(0, count)]);

    private static int[] Indices(BatchSampler sampler, long step)
    {
        var indices = new int[sampler.Batch];
        sampler.Choose(step, indices, new bool[sampler.Batch]);
        return indices;
    }

    private static float[] Images(BatchSampler sampler, long step, int values = 1)
    {
        var images = new float[sampler.Batch * values];
        sampler.Fill(step, images);
        return images;
    }
}
