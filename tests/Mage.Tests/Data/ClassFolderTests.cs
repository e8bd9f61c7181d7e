using Mage.Config;
using Mage.Data;
using Mage.Images;
using Xunit;

namespace Mage.Tests.Data;

public class ClassFolderTests
{
    [Fact]
    public void ClassesAreNumberedByNameAndImagesSplit()
    {
        using var folder = Folder(("dogs", 40), ("cats", 60));
        var set = Load(folder);
        Assert.Equal(["cats", "dogs"], set.ClassNames);
        Assert.Equal(100, set.Train.Count + set.HeldOut.Count);
        Assert.InRange(set.HeldOut.Count, 3, 25);
        Assert.Equal(60, set.Train.Labels.Concat(set.HeldOut.Labels).Count(label => label == 0));
    }

    [Fact]
    public void TheSplitStaysWhenImagesAreAdded()
    {
        using var folder = Folder(("a", 50));
        var before = HeldOut();
        ImageWriter.Write(folder["a", "zzz.png"], Plain(200));
        ImageWriter.Write(folder["a", "000.png"], Plain(201));
        var after = HeldOut();
        Assert.Superset(before, after);
        Assert.InRange(after.Count - before.Count, 0, 2);

        HashSet<byte> HeldOut() => [.. Load(folder).HeldOut.Images.Select(image => image[0])];
    }

    [Fact]
    public void TheSplitFollowsTheShare()
    {
        var heldOut = Enumerable.Range(0, 2000).Count(i => ClassFolders.Place("class", $"img_{i:0000}.png") < 10);
        Assert.InRange(heldOut, 140, 260);
    }

    [Fact]
    public void SmallClassesKeepAnImageInEachPart()
    {
        using var folder = Folder(("a", 2), ("b", 2), ("c", 1));
        var set = Load(folder);
        Assert.Equal([0, 1, 2], set.Train.Labels.Order());
        Assert.Equal([0, 1], set.HeldOut.Labels.Order());
    }

    /// <summary>Probes and pictures take the first, and there are data sets with thousands of a class.</summary>
    [Fact]
    public void TheFirstImagesAreOfAllClasses()
    {
        using var folder = Folder(("train/a", 40), ("train/b", 40), ("val/a", 20), ("val/b", 20));
        var set = Load(folder);
        Assert.InRange(set.Train.First(20).Labels.Sum(), 5, 15);
        Assert.InRange(set.HeldOut.First(10).Labels.Sum(), 2, 8);
    }

    [Fact]
    public void ImagesOfAnySizeAndKindAreBroughtToOne()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["a"]);
        ImageWriter.Write(folder["a", "1.png"], new PixelImage(8, 12, 3, [.. Enumerable.Repeat((byte)100, 8 * 12 * 3)]));
        ImageWriter.Write(folder["a", "2.png"], Plain(100));
        ImageWriter.Write(folder["a", "3.png"], new PixelImage(1, 1, 4));
        var set = Load(folder);
        var values = set.Train.Images.Concat(set.HeldOut.Images).SelectMany(image => image).ToArray();
        Assert.Equal(3 * 16, values.Length);
        Assert.Equal(32, values.Count(v => v == 100));
        Assert.Equal(16, values.Count(v => v == 255)); // transparent shows the white behind it
    }

    [Fact]
    public void EveryFormatIsRead()
    {
        using var folder = Folder(("a", 0));
        foreach (var name in (string[])["1.png", "2.jpg", "3.JPEG", "4.webp"])
        {
            ImageWriter.Write(folder["a", name], Plain(100));
        }

        var set = Load(folder);
        Assert.All(set.Train.Images.Concat(set.HeldOut.Images).SelectMany(image => image), value => Assert.Equal(100, value));
        Assert.Equal(4, set.Train.Count + set.HeldOut.Count);
        Assert.Empty(set.Notes);
    }

    [Fact]
    public void FoldersInAClassBelongToIt()
    {
        using var folder = Folder(("a", 1), ("a/deep/deeper", 2), ("b/deep", 3));
        var set = Load(folder);
        Assert.Equal(["a", "b"], set.ClassNames);
        Assert.Equal([0, 0, 0, 1, 1, 1], set.Train.Labels.Concat(set.HeldOut.Labels).Order());
        Assert.Empty(set.Notes);
    }

    [Fact]
    public void NestedFilesAreSplitByTheirPathInTheClass()
    {
        using var folder = Folder(("a/one", 40), ("a/two", 40));
        var heldOut = Load(folder).HeldOut.Images.Select(image => (int)image[0]).Order().ToArray();
        var expected =
            from part in (string[])["one", "two"]
            from i in Enumerable.Range(0, 40)
            where ClassFolders.Place("a", $"{part}/{i:000}.png") < 10
            select i;
        Assert.Equal(expected.Order(), heldOut);
    }

    [Fact]
    public void ALinkedFolderIsNotFollowedRoundInCircles()
    {
        using var folder = Folder(("a/deep", 3));
        Directory.CreateSymbolicLink(folder["a", "deep", "back"], folder["a"]);
        var set = Load(folder);
        Assert.Equal(3, set.Train.Count + set.HeldOut.Count);
        Assert.Equal("skipped: 1 folder behind a link; PNG, JPEG or WebP files are read", Assert.Single(set.Notes));
    }

    [Fact]
    public void PicturesInNoClassFolderAreOneClass()
    {
        using var folder = Folder((".", 30));
        var set = Load(folder);
        Assert.Equal(["images"], set.ClassNames);
        Assert.Equal(30, set.Train.Count + set.HeldOut.Count);
        Assert.Equal(Enumerable.Range(0, 30).Count(i => ClassFolders.Place("images", $"{i:000}.png") < 10), set.HeldOut.Count);
    }

    [Theory]
    [InlineData("val")]
    [InlineData("test")]
    public void AFolderMayBePartedAlready(string second)
    {
        using var folder = Folder(("train/a", 3), ("train/b", 4), ($"{second}/b", 2));
        folder.Write("readme.md", [1]);
        var set = Load(folder);
        Assert.Equal(["a", "b"], set.ClassNames);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1], set.Train.Labels.Order());
        Assert.Equal([1, 1], set.HeldOut.Labels);
        Assert.Contains($"1 .md file outside train and {second}", Assert.Single(set.Notes));
    }

    [Fact]
    public void OfValAndTestTheFirstIsHeldOut()
    {
        using var folder = Folder(("train/a", 3), ("val/a", 2), ("test/a", 7));
        var set = Load(folder);
        Assert.Equal((3, 2), (set.Train.Count, set.HeldOut.Count));
        Assert.Contains("1 folder outside train and val", Assert.Single(set.Notes));
    }

    [Fact]
    public void AHeldOutClassThatIsNotTrainedOnIsRefused()
    {
        using var folder = Folder(("train/a", 3), ("val/c", 2));
        Refuses(folder, folder["val"], "has the class 'c'");
    }

    [Fact]
    public void AClassMayBeCalledTrain()
    {
        using var folder = Folder(("train", 3), ("plane", 2), ("test", 2));
        Assert.Equal(["plane", "test", "train"], Load(folder).ClassNames);
    }

    [Fact]
    public void AnEmptyClassIsNamed()
    {
        using var folder = Folder(("a", 3));
        Directory.CreateDirectory(folder["empty"]);
        Refuses(folder, folder["empty"], "no PNG, JPEG or WebP files");
    }

    [Fact]
    public void BrokenImagesAreNamedSkippedAndCounted()
    {
        using var folder = Folder(("a", 30), ("b", 5));
        var whole = Load(folder);
        var cut = folder["a", "007.png"];
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..^24]);
        File.WriteAllText(folder["b", "002.png"], "nonsense");
        var set = Load(folder);
        Assert.Equal(33, set.Train.Count + set.HeldOut.Count);
        Assert.Equal("skipped: 2 of 35 images cannot be read:", set.Notes[0]);
        Assert.Equal(
            [
                $"cannot read the image '{cut}': it is cut off or damaged: pixels are missing",
                $"cannot read the image '{folder["b", "002.png"]}': it is no PNG, JPEG or WebP file, but a text that begins with 'nonsense'",
            ],
            set.Notes.Skip(1).Order());
        Assert.Equal(Kept(whole.Train), Images(set.Train));
        Assert.Equal(Kept(whole.HeldOut), Images(set.HeldOut));

        // The first has pixels of 7, in class 0; the other of 2, in class 1.
        static IEnumerable<(int, byte)> Kept(ImagePart part) => Images(part).Where(image => image is not ((0, 7) or (1, 2)));

        static IEnumerable<(int, byte)> Images(ImagePart part) => part.Labels.Zip(part.Images.Select(image => image[0]));
    }

    [Fact]
    public void OfManyBrokenImagesTheFirstAreNamed()
    {
        using var folder = Folder(("a", 40));
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(folder["a", $"{i:000}.png"], "nonsense");
        }

        var notes = Load(folder).Notes;
        Assert.Equal("skipped: 20 of 40 images cannot be read; the first 5:", notes[0]);
        Assert.Equal(6, notes.Count);
    }

    [Fact]
    public void IfAllImagesAreBrokenTheFirstIsNamed()
    {
        using var folder = Folder(("a", 3));
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllText(folder["a", $"{i:000}.png"], "nonsense");
        }

        Refuses(folder, "the first: cannot read the image", "none of the 2 images to train on");
    }

    [Fact]
    public void AFolderWithoutImagesIsRefused()
    {
        using var folder = new TemporaryFolder();
        Refuses(folder, folder.Path, "has no images");
        folder.Write("notes.txt", [1]);
        Refuses(folder, folder.Path, "(it has 1 .txt file)");
    }

    [Fact]
    public void OfOneImagePerClassNoneIsHeldOut()
    {
        using var folder = Folder(("a", 1), ("b", 1));
        Assert.Equal((2, 0), (Load(folder).Train.Count, Load(folder).HeldOut.Count));
    }

    [Fact]
    public void AMissingFolderAndAFileAreRefused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x", [1]);
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => ImageSet.Load(new DataConfig { Path = folder["no"] })).Message);
        Assert.Contains("is a file", Assert.Throws<UserErrorException>(() => ImageSet.Load(new DataConfig { Path = file })).Message);
    }

    [Fact]
    public void TooManyImagesAreRefusedBeforeMemoryIsTaken() => Assert.Contains("do not fit", Assert.Throws<UserErrorException>(
        () => ImagePacker.RequireMemory(int.MaxValue, new DataConfig { ImageSize = 4096, Channels = 3 }, "here")).Message);

    private static ImageSet Load(TemporaryFolder folder) => ImageSet.Load(new DataConfig { Path = folder.Path, ImageSize = 4 });

    private static void Refuses(TemporaryFolder folder, string path, string because)
    {
        var e = Assert.Throws<UserErrorException>(() => Load(folder));
        Assert.Contains(path, e.Message);
        Assert.Contains(because, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static PixelImage Plain(byte value) => new(4, 4, 1, [.. Enumerable.Repeat(value, 16)]);

    private static TemporaryFolder Folder(params (string Name, int Count)[] classes)
    {
        var folder = new TemporaryFolder();
        foreach (var (name, count) in classes)
        {
            Directory.CreateDirectory(folder[name]);
            for (var i = 0; i < count; i++)
            {
                ImageWriter.Write(folder[name, $"{i:000}.png"], Plain((byte)i));
            }
        }

        return folder;
    }
}
