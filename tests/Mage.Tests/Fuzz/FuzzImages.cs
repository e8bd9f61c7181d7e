using Mage.Config;
using Mage.Data;
using Mage.Images;
using Mage.Tests.Data;
using Mage.Tests.Images;

namespace Mage.Tests.Fuzz;

/// <summary>Pictures and data sets as subjects of <see cref="FuzzSubject"/>.</summary>
internal static class FuzzImages
{
    // The size that a picture's header claims is believed up to this, with four bytes a pixel and what they are copied to.
    private const long MostBytes = 3 * 4 * ImageReader.MaxPixels;

    private const int Side = 6;
    private const int CifarRecord = 3073;

    private static readonly byte[] Labels = IdxTests.Idx([2], 0, 1);
    private static readonly byte[] Images = IdxTests.Idx([2, Side, Side], [.. Enumerable.Range(0, 2 * Side * Side).Select(i => (byte)i)]);
    private static readonly byte[] Cifar = [.. Enumerable.Range(0, 2 * CifarRecord).Select(i => (byte)(i % CifarRecord == 0 ? 3 : i))];

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<FuzzSubject> All { get; } =
    [
        .. ((string[])["png", "jpeg", "webp"]).Select(kind => new FuzzSubject($"picture.{kind}", Pictures(kind), UsePicture, MostBytes)),
        new("idx", [Images, Labels, IdxTests.Gzip(Images)], UseIdx),
        new("cifar.bin", [Cifar], UseCifar),
    ];

    private static List<byte[]> Pictures(string kind) =>
    [
        .. RecordedPictures.Open("decoding.json")["files"]!.AsArray()
            .Where(file => file!["name"]!.GetValue<string>().StartsWith(kind, StringComparison.Ordinal))
            .Select(file => RecordedPictures.Bytes(file!["file"])),
    ];

    /// <summary>By itself, and beside a right one in a data folder, which loses nothing else by it.</summary>
    private static void UsePicture(string path, FuzzFolder folder)
    {
        folder.Try(() => ImageReader.Read(path));
        folder.Write("pictures/a.png", ImageWriter.Encode(new PixelImage(Side, Side, 1), ImageFormat.Png));
        folder.Write("pictures/b.png", File.ReadAllBytes(path));
        folder.Try(() => Assert.InRange(Load(folder["pictures"]), 1, 2));
    }

    /// <summary>As the images of a set and as its labels.</summary>
    private static void UseIdx(string path, FuzzFolder folder)
    {
        foreach (var role in (string[])["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
        {
            foreach (var part in (string[])["train", "t10k"])
            {
                folder.Write($"idx-set/{part}-images-idx3-ubyte", Images);
                folder.Write($"idx-set/{part}-labels-idx1-ubyte", Labels);
            }

            folder.Write($"idx-set/{role}", File.ReadAllBytes(path));
            folder.Try(() => Assert.Equal(4, Load(folder["idx-set"])));
        }
    }

    private static void UseCifar(string path, FuzzFolder folder)
    {
        folder.Write("cifar-set/data_batch_1.bin", File.ReadAllBytes(path));
        folder.Write("cifar-set/test_batch.bin", Cifar);
        folder.Try(() => Load(folder["cifar-set"]));
    }

    private static int Load(string path)
    {
        var set = ImageSet.Load(new DataConfig { Path = path, ImageSize = 8, Channels = 1 });
        return set.Train.Count + set.HeldOut.Count;
    }
}
