using Mage.Config;
using Mage.Data;
using Mage.Images;
using Xunit;

namespace Mage.Tests.Data;

/// <summary>What is passed over in a data folder and what is done to images is said, with counts.</summary>
public sealed class NotesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatIsNotReadIsCountedByKind()
    {
        Png("a/1.png", 1);
        Png("a/2.PNG", 1);
        Png("b/1.png", 1);
        Png("loose.png", 1);
        Png("a/deeper/3.png", 1);
        Png("b/.trash/3.png", 1);
        foreach (var name in (string[])["a/1.gif", "a/2.GIF", "a/deeper/3.tiff", "b/notes", "a/.DS_Store", ".hidden/x.png", "readme.txt"])
        {
            folder.Write(name, [1]);
        }

        var note = Assert.Single(Load(channels: 1, size: 4).Notes);
        Assert.Equal(
            "skipped: 2 .gif files, 1 .png file outside class folders, 1 .tiff file, 1 .txt file outside class folders, 1 file without an ending, " +
            "1 hidden file, 2 hidden folders; PNG, JPEG or WebP files are read", note);
    }

    [Fact]
    public void WhatIsDoneToImagesIsCounted()
    {
        Png("a/1.png", 3); // colours
        Png("a/2.png", 3, colors: false); // stored as colours, but grey
        Png("a/3.png", 1, width: 6);
        Png("b/4.png", 4, alpha: 100);
        Png("b/5.png", 4, colors: false, alpha: 255); // nothing to see through
        Assert.Equal(
            [
                "2 of 5 images: in colour and made grey (--channels 3 keeps colours)", "1 of 5 images: transparent in places, laid over white",
                "1 of 5 images: not square, cut to the square in the middle",
            ],
            Load(channels: 1, size: 4).Notes);
        Assert.Equal(
            [
                "1 of 5 images: grey, repeated for red, green and blue", "1 of 5 images: transparent in places, laid over white",
                "1 of 5 images: not square, cut to the square in the middle", "all 5 images: resized to 8x8",
            ],
            Load(channels: 3, size: 8).Notes);
    }

    [Fact]
    public void NothingIsSaidOfImagesThatAreTakenAsTheyAre()
    {
        Png("a/1.png", 1);
        Png("a/2.png", 1);
        Assert.Empty(Load(channels: 1, size: 4).Notes);
    }

    [Fact]
    public void AFolderWithOtherImagesOnlySaysWhatItHas()
    {
        Png("a/1.png", 1);
        folder.Write("b/1.gif", [1]);
        folder.Write("b/2.gif", [1]);
        Assert.Contains("has no PNG, JPEG or WebP files (it has 2 .gif files)", Assert.Throws<UserErrorException>(() => Load(1, 4)).Message);
    }

    [Fact]
    public void BesideIdxFilesTheRestIsCounted()
    {
        Cli.CommandTests.Data(folder);
        folder.Write("data/photo.png", [1]);
        folder.Write("data/more/photo.png", [1]);
        folder.Write("data/classes.txt", "dark\nbright\n"u8.ToArray());
        var set = ImageSet.Load(new DataConfig { Path = folder["data"], ImageSize = 8 });
        Assert.StartsWith("skipped: 1 .png file, 1 folder;", Assert.Single(set.Notes));
    }

    private ImageSet Load(int channels, int size) => ImageSet.Load(new DataConfig { Path = folder.Path, ImageSize = size, Channels = channels });

    private void Png(string name, int channels, int width = 4, bool colors = true, byte alpha = 255)
    {
        var image = new PixelImage(width, 4, channels);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = channels == 4 && i % 4 == 3 ? alpha
                : colors && channels >= 3 ? (byte)(i % channels * 50)
                : (byte)70;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        ImageWriter.Write(folder[name], image);
    }
}
