using Mage.Config;
using Mage.Data;
using Mage.Images;

namespace Mage.Tests.Data;

/// <summary>Random crops as torchvision draws them.</summary>
public class RandomCropTests
{
    [Theory]
    [InlineData(CropKind.Strong, 0.2, 0.5385, 0.015)]
    [InlineData(CropKind.Weak, 0.8, 0.8655, 0.004)]
    public void AreasAndRatiosAreAsAsked(CropKind kind, double least, double mean, double tolerance)
    {
        const int Draws = 2000;
        var boxes = Enumerable.Range(0, Draws).Select(i => RandomCrop.Choose(1000, 1000, RandomCrop.LeastArea(kind), new Seed(7).For(i))).ToArray();
        Assert.All(boxes, box =>
        {
            Assert.InRange(box.Width * box.Height / 1e6, least - 0.002, 1);
            Assert.InRange(box.Width / (double)box.Height, 0.748, 1.336);
            Assert.InRange(box.Left, 0, 1000 - box.Width);
            Assert.InRange(box.Top, 0, 1000 - box.Height);
        });

        // An area a fits if the logarithm of its ratio is at most -ln a, so it counts with min(1, -ln a / ln(4/3)): the mean is an integral.
        Assert.Equal(mean, boxes.Average(box => box.Width * box.Height / 1e6), tolerance);
        Assert.InRange(boxes.Average(box => Math.Log(box.Width / (double)box.Height)), -0.02, 0.02);
        Assert.InRange(boxes.Average(box => (box.Left + (box.Width / 2.0)) / 1000), 0.49, 0.51);
        Assert.Equal(boxes[3], RandomCrop.Choose(1000, 1000, RandomCrop.LeastArea(kind), new Seed(7).For(3)));
    }

    /// <summary>Where no crop fits, it is the middle, with the ratio that comes nearest.</summary>
    [Theory]
    [InlineData(100, 10, 43, 0, 13, 10)]
    [InlineData(10, 100, 0, 43, 10, 13)]
    public void OfALongPictureItIsTheMiddle(int width, int height, int left, int top, int across, int down)
        => Assert.Equal(new CropBox(left, top, left + across, top + down), RandomCrop.Choose(width, height, 1, new Seed(1)));

    [Fact]
    public void ViewsDependOnTheKeyAlone()
    {
        var part = Part(channels: 3);
        var maker = new ViewMaker(part, CropKind.Strong, flip: true, jitter: 1, grey: 0.2f);
        float[] View(int image, int key)
        {
            var view = new float[part.ValuesPerImage];
            maker.Make(image, new Seed(key), view);
            return view;
        }

        var views = Enumerable.Range(0, 50).Select(key => View(1, key)).ToArray();
        Assert.Equal(views[9], View(1, 9));
        Assert.Equal(50, views.DistinctBy(view => string.Join(' ', view)).Count());
        Assert.All(views, view => Assert.All(view, value => Assert.InRange(value, 0, 1)));
        var area = part.Size * part.Size;
        Assert.InRange(views.Count(view => view.AsSpan(0, area).SequenceEqual(view.AsSpan(area, area))), 4, 18);
    }

    [Fact]
    public void WithoutCropsAViewIsTheImageOrItsMirror()
    {
        var part = Part(channels: 1);
        var maker = new ViewMaker(part, CropKind.None, flip: true);
        var (plain, mirror) = (new float[part.ValuesPerImage], new float[part.ValuesPerImage]);
        part.CopyTo(2, plain);
        part.CopyTo(2, mirror, mirror: true);
        var mirrored = 0;
        for (var key = 0; key < 200; key++)
        {
            var view = new float[part.ValuesPerImage];
            maker.Make(2, new Seed(key), view);
            mirrored += view.SequenceEqual(mirror) ? 1 : 0;
            Assert.True(view.SequenceEqual(mirror) || view.SequenceEqual(plain));
        }

        Assert.InRange(mirrored, 70, 130);
    }

    [Fact]
    public void ACropIsResizedToTheWholeSize()
    {
        // A picture that is black on the left and white on the right stays so, with a border that moves.
        var picture = new PixelImage(32, 32, 1, [.. Enumerable.Range(0, 1024).Select(i => (byte)(i % 32 < 16 ? 0 : 255))]);
        var borders = Enumerable.Range(0, 100).Select(key =>
        {
            var crop = RandomCrop.Apply(picture, 16, 0.2, new Seed(key));
            Assert.Equal((16, 16), (crop.Width, crop.Height));
            return crop.Pixels[..16].Count(value => value < 128);
        }).Distinct().ToArray();
        Assert.True(borders.Length > 5, $"{borders.Length} borders");
    }

    [Fact]
    public void CropsAreCutFromThePictureFile()
    {
        // Stripes that are grey at the images' size, eight pixels each of which is a pair of them, and are seen in a part of the picture.
        using var folder = new TemporaryFolder();
        var picture = new PixelImage(64, 64, 1, [.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i % 8 < 4 ? 0 : 255))]);
        folder.Write("0.png", ImageWriter.Encode(picture, ImageFormat.Png));
        var images = ImageSet.Load(new DataConfig { Path = folder.Path, ImageSize = 8 }).Train;
        Assert.InRange(images.Images[0].Max() - images.Images[0].Min(), 0, 60);
        var maker = new ViewMaker(images, CropKind.Strong, flip: false);
        var contrasts = images.Make(20, (i, view) => maker.Make(0, new Seed(i), view)).Chunk(64).Select(view => view.Max() - view.Min());
        Assert.InRange(contrasts.Max(), 0.5, 1);

        File.Delete(folder["0.png"]);
        var error = Assert.Throws<UserErrorException>(() => images.Make(20, (i, view) => maker.Make(0, new Seed(i), view)));
        Assert.Contains(folder["0.png"], error.Message, StringComparison.Ordinal);
    }

    private static ImagePart Part(int channels)
    {
        var pixels = new byte[4 * channels * 64];
        new Random(3).NextBytes(pixels);
        return new ImagePart(channels, 8, [.. pixels.Chunk(channels * 64)], [0, 1, 0, 1]);
    }
}
