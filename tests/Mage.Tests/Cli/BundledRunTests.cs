using Mage.Images;
using Mage.Tests.Training;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Cli;

public class BundledRunTests
{
    [Fact]
    public void TheBundledRunIsUsedWhereThereIsNoOtherAndNothingIsPutBesideIt()
    {
        using var folder = new TemporaryFolder();
        var bundled = folder[RunFolder.BundledPlace];
        RunExport.Make(RunExportTests.FinishedRun(folder["run"], averaged: false), bundled);
        var here = Directory.CreateDirectory(folder["here"]).FullName;
        ImageWriter.Write(Path.Combine(here, "one.png"), new PixelImage(16, 16, 1));
        var files = Directory.GetFiles(bundled).Order().ToArray();

        Assert.Contains($"run folder {bundled}", Output("generate", "--count", "2"));
        Assert.True(File.Exists(Path.Combine(here, "generated.png")));
        Assert.Contains($"run folder {bundled}", Output("reconstruct", "one.png"));
        Assert.True(File.Exists(Path.Combine(here, "reconstructed.png")));
        Assert.DoesNotContain("run folder", Output("generate", bundled, "--count", "2", "--out", "other.png"));
        Assert.Equal(files, Directory.GetFiles(bundled).Order());

        RunExport.Make(RunFolder.Open(folder["run"]), Path.Combine(here, "runs", "own"));
        Assert.Contains($"run folder {Path.Combine("runs", "own")}", Output("generate", "--count", "2"));

        string Output(params string[] args)
        {
            using var command = CommandProcess.StartIn(here, locks: true, args);
            Assert.Equal((0, ""), command.End());
            return command.Output;
        }
    }
}
