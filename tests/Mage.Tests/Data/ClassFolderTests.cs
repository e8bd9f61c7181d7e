using Mage.Config;
using Mage.Data;
using Mage.Data.Png;
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
        var before = Load(folder).HeldOut.Pixels;
        PngWriter.Write(folder["a", "zzz.png"], Plain(200));
        PngWriter.Write(folder["a", "000.png"], Plain(201));
        var after = Load(folder).HeldOut.Pixels;
        Assert.Superset(before.ToHashSet(), after.ToHashSet());
        Assert.InRange(after.Length - before.Length, 0, 2 * 16);
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
        Assert.Equal([0, 1, 2], set.Train.Labels);
        Assert.Equal([0, 1], set.HeldOut.Labels);
    }

    [Fact]
    public void ImagesOfAnySizeAndKindAreBroughtToOne()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["a"]);
        PngWriter.Write(folder["a", "1.png"], new PixelImage(8, 12, 3, [.. Enumerable.Repeat((byte)100, 8 * 12 * 3)]));
        PngWriter.Write(folder["a", "2.png"], Plain(100));
        PngWriter.Write(folder["a", "3.png"], new PixelImage(1, 1, 2, [0, 0]));
        var set = Load(folder);
        var values = set.Train.Pixels.Concat(set.HeldOut.Pixels).ToArray();
        Assert.Equal(3 * 16, values.Length);
        Assert.Equal(32, values.Count(v => v == 100));
        Assert.Equal(16, values.Count(v => v == 255)); // transparent shows the white behind it
    }

    [Fact]
    public void AnEmptyClassIsNamed()
    {
        using var folder = Folder(("a", 3));
        Directory.CreateDirectory(folder["empty"]);
        Refuses(folder, folder["empty"], "no PNG files");
    }

    [Fact]
    public void ABrokenImageIsNamed()
    {
        using var folder = Folder(("a", 30));
        var path = folder["a", "007.png"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..40]);
        Refuses(folder, path, "cut off");
    }

    [Fact]
    public void OfSeveralBrokenImagesOfAPartTheFirstIsNamed()
    {
        using var folder = Folder(("a", 40));
        var broken = Enumerable.Range(0, 40).Select(i => $"{i:000}.png").Where(name => ClassFolders.Place("a", name) >= 10).Skip(5).ToArray();
        foreach (var name in broken)
        {
            File.WriteAllText(folder["a", name], "nonsense");
        }

        Refuses(folder, folder["a", broken[0]], "not a PNG");
    }

    [Fact]
    public void AFolderWithoutClassesIsRefused()
    {
        using var folder = new TemporaryFolder();
        Refuses(folder, folder.Path, "neither IDX files nor class folders");
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
        () => ImagePacker.Allocate(1_000_000, new DataConfig { ImageSize = 256, Channels = 3 }, "here")).Message);

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
                PngWriter.Write(folder[name, $"{i:000}.png"], Plain((byte)i));
            }
        }

        return folder;
    }
}
