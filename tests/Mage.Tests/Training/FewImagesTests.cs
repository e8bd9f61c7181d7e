using Mage.Config;
using Mage.Data;
using Mage.Images;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Training;

/// <summary>Runs whose images allow less than the usual pictures and numbers.</summary>
public class FewImagesTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(11, 8, 2)]
    [InlineData(100, 8, 4)]
    public void FewHeldOutImagesAreAllDrawn(int heldOut, int columns, int rows)
    {
        using var temporary = new TemporaryFolder();
        var (folder, summary, _) = Run(temporary, heldOut, 2);
        var (reconstructions, inpainting) = (ImageReader.Read(folder.Reconstructions), ImageReader.Read(folder.Inpainting));
        Assert.Equal(((columns * 98) + 2, (2 * rows * 98) + 2), (reconstructions.Width, reconstructions.Height));
        Assert.Equal(((columns * 98) + 2, (3 * rows * 98) + 2), (inpainting.Width, inpainting.Height));
        Assert.NotNull(summary.ReconstructionPsnr);
        Assert.NotNull(summary.LinearProbe);
        Assert.Empty(summary.Notes);
    }

    [Fact]
    public void WithoutHeldOutImagesThereAreSamplesAndTheReason()
    {
        using var temporary = new TemporaryFolder();
        var (folder, summary, lines) = Run(temporary, 0, 2);
        Assert.True(File.Exists(folder.Samples));
        Assert.True(File.Exists(folder.LossCurve));
        Assert.False(File.Exists(folder.Reconstructions));
        Assert.Contains(lines, line => line.Contains("no image is held out"));
        Assert.Contains("no image is held out", Assert.Single(summary.Notes));
        Assert.Contains("\"reconstructionPsnr\": null", File.ReadAllText(folder.Summary));
    }

    [Fact]
    public void OneClassHasNoProbesAndTheReason()
    {
        using var temporary = new TemporaryFolder();
        var (_, summary, _) = Run(temporary, 9, 1);
        Assert.NotNull(summary.MaskedTokenAccuracy);
        Assert.Null(summary.LinearProbe);
        Assert.Null(summary.NearestNeighbors);
        Assert.Contains("one class", Assert.Single(summary.Notes));
    }

    private static (RunFolder Folder, RunSummary Summary, List<string> Lines) Run(TemporaryFolder temporary, int heldOut, int classes)
    {
        var folder = RunFolder.Create(temporary["run"]);
        var display = new QuietProgress();
        var images = new ImageSet("here", [.. Enumerable.Range(0, classes).Select(i => $"{i}")], Part(20, classes), Part(heldOut, classes));
        var summary = new TrainingRun(Presets.Get("tiny"), folder, images, new FakeParts(), display).Execute(CancellationToken.None);
        return (folder, summary, [.. display.Lines]);
    }

    private static ImagePart Part(int count, int classes) => new(
        1, 16, [.. Enumerable.Range(0, count * 256).Select(i => (byte)((i / 256 % 2 * 100) + (i % 90))).Chunk(256)],
        [.. Enumerable.Range(0, count).Select(i => i % classes)]);
}
