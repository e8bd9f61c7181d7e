using Mage.Config;
using Mage.Generation;
using Mage.Images;
using Mage.Tests.Training;

namespace Mage.Tests.Generation;

/// <summary>Editing with models that fill with the code 1, which is almost black, so that what was made anew is seen.</summary>
public class EditTests
{
    private readonly RunConfig config = TinyRuns.Config(steps: 1);
    private readonly PictureEditor editor;

    public EditTests() => editor = new PictureEditor(config, FakeParts.Trained(config));

    [Fact]
    public void OnlyWhatIsHiddenChanges()
    {
        var picture = Noise(16, 16);
        var edited = editor.Fill(EditRequest.WithBox(picture, 4, 4, 8, 4), config.Sampling, seed: 1);
        for (var i = 0; i < 256; i++)
        {
            var inside = i % 16 is >= 4 and < 12 && i / 16 is >= 4 and < 8;
            Assert.Equal(inside ? Made : picture.Pixels[i], edited.Pixels[i]);
        }
    }

    [Fact]
    public void AMaskOfAnySizeHidesWhatIsLightInIt()
    {
        var mask = new PixelImage(2, 2, 3);
        mask[1, 0].Fill(255);
        var (picture, edited) = Edited(Noise(32, 32), image => EditRequest.WithMask(image, mask));
        for (var i = 0; i < 1024; i++)
        {
            if (i % 32 < 16 || i / 32 >= 16)
            {
                Assert.Equal(picture.Pixels[i], edited.Pixels[i]);
            }
            else if (i % 32 >= 20 && i / 32 < 12)
            {
                Assert.InRange(edited.Pixels[i], Made - 1, Made + 1);
            }
        }
    }

    [Fact]
    public void WhatIsTransparentInAMaskHidesNothing()
    {
        var mask = new PixelImage(2, 1, 4);
        ((byte[])[255, 255, 255, 255]).CopyTo(mask[0, 0]);
        ((byte[])[255, 255, 255, 100]).CopyTo(mask[1, 0]);
        Assert.Equal([true, false], EditRequest.WithMask(Noise(2, 1), mask).Hidden);
    }

    [Theory]
    [InlineData(40, 20)]
    [InlineData(16, 50)]
    [InlineData(100, 70)]
    public void PicturesOfAnySizeAreEditedAtTheirOwn(int width, int height)
    {
        var (picture, edited) = Edited(Noise(width, height), image => EditRequest.WithBox(image, 3, 5, 9, 7));
        Assert.Equal((width, height, 1), (edited.Width, edited.Height, edited.Channels));
        for (var i = 0; i < width * height; i++)
        {
            if (!(i % width is >= 3 and < 12 && i / width is >= 5 and < 12))
            {
                Assert.Equal(picture.Pixels[i], edited.Pixels[i]);
            }
        }
    }

    [Fact]
    public void APictureIsExtendedWindowByWindow()
    {
        var picture = Noise(16, 16);
        var edited = editor.Fill(EditRequest.Extended(picture, 20, 0, 7, 3), config.Sampling, seed: 1);
        Assert.Equal((43, 19), (edited.Width, edited.Height));
        for (var y = 0; y < 19; y++)
        {
            for (var x = 0; x < 43; x++)
            {
                Assert.Equal(x is >= 20 and < 36 && y < 16 ? picture[x - 20, y][0] : Made, edited[x, y][0]);
            }
        }
    }

    [Fact]
    public void UncroppingShowsMoreAroundThePicture()
    {
        var (picture, edited) = Edited(Noise(16, 16), image => EditRequest.Uncropped(image, 0.5));
        Assert.Equal((32, 32), (edited.Width, edited.Height));
        Assert.Equal(picture[3, 4][0], edited[11, 12][0]);
        Assert.InRange(edited[0, 0][0], Made - 1, Made + 1);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 4)]
    [InlineData(0.99, 16)]
    public void AShareOfTheTokensIsKept(double share, int kept)
    {
        var request = EditRequest.Kept(Noise(16, 16), share, config.Grid, new Seed(1));
        Assert.Equal((16 - kept) * 16, request.Hidden.Count(hidden => hidden));
    }

    [Fact]
    public void WhatCannotBeEditedIsRefused()
    {
        var picture = Noise(16, 16);
        Refused("is not in the picture", () => EditRequest.WithBox(picture, 10, 0, 7, 4));
        Refused("is not in the picture", () => EditRequest.WithBox(picture, 0, 0, 0, 4));
        Refused("cannot be extended", () => EditRequest.Extended(picture, -1, 0, 0, 0));
        Refused("cannot be extended", () => EditRequest.Extended(picture, int.MaxValue, 0, 0, int.MaxValue));
        Refused("share", () => EditRequest.Uncropped(picture, double.NaN));
        Refused("share", () => EditRequest.Kept(picture, 1, 4, new Seed(1)));
        Refused("extend it by less", () => editor.Fill(EditRequest.Extended(Noise(1, 1), 1000, 1000, 1000, 1000), config.Sampling, 1));
        Refused("nothing of the picture is hidden", () => editor.Fill(EditRequest.WithMask(picture, new PixelImage(1, 1, 1)), config.Sampling, 1));
    }

    [Fact]
    public void WindowsFarFromEachOtherAreFilledAtOnceAndTheNextSeeThem()
    {
        // A strip below a long picture; windows lie 4 pixels apart.
        var canvas = new EditCanvas(1, 20, 160, new float[20 * 160], [.. Enumerable.Range(0, 20 * 160).Select(i => i >= 16 * 160)]);
        var windows = new EditWindows(canvas, 16);
        var first = windows.Next();
        Assert.Equal([0, 32, 64, 96, 128], first.Select(window => window.Left));
        Assert.All(first, window => Assert.Equal((4, 64), (window.Top, window.Hidden)));
        var rounds = 0;
        for (var next = first; next.Count > 0; next = windows.Next(), rounds++)
        {
            foreach (var window in next)
            {
                windows.Fill(window, new float[256]);
            }
        }

        Assert.DoesNotContain(true, canvas.Hidden);
        Assert.InRange(rounds, 2, 10);
    }

    [Fact]
    public void WhereNothingIsKnownItBeginsInOnePlaceAndGoesOnFromThere()
    {
        var canvas = new EditCanvas(1, 16, 64, new float[16 * 64], [.. Enumerable.Repeat(true, 16 * 64)]);
        var windows = new EditWindows(canvas, 16);
        Assert.Equal(0, Assert.Single(windows.Next()).Left);
        windows.Fill(windows.Next()[0], new float[256]);
        Assert.Equal((4, 64), Assert.Single(windows.Next()) switch { var window => (window.Left, window.Hidden) });
    }

    [Fact]
    public void ManyResultsAreMadeInBatches()
    {
        var models = (FakeParts.Models)FakeParts.Trained(config);
        config.Sampling.Batch = 4;
        var request = EditRequest.WithBox(Noise(16, 16), 0, 0, 8, 8);
        Assert.Equal(6, new PictureEditor(config, models).Fill(request, 6, config.Sampling, seed: 1, label: 1).Count());
        Assert.Equal([1, 1], models.Asked.Classes!);
    }

    /// <summary>The byte that a pixel of code 1 gets.</summary>
    private byte Made => (byte)(255f / (config.Tokenizer.CodebookSize - 1));

    private (PixelImage Before, PixelImage After) Edited(PixelImage picture, Func<PixelImage, EditRequest> request)
        => (picture, editor.Fill(request(picture), config.Sampling, seed: 1));

    private static PixelImage Noise(int width, int height)
    {
        var picture = new PixelImage(width, height, 1);
        for (var i = 0; i < picture.Pixels.Length; i++)
        {
            picture.Pixels[i] = (byte)(64 + new Seed(3).Integer(i, 190));
        }

        return picture;
    }

    private static void Refused(string because, Action action)
        => Assert.Contains(because, Assert.Throws<UserErrorException>(action).Message, StringComparison.Ordinal);
}
