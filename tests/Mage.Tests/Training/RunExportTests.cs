using Mage.Checkpoints;
using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;
using Xunit;

namespace Mage.Tests.Training;

public class RunExportTests
{
    [Fact]
    public void AnExportedRunHasWhatItTakesToUseItAndNoMore()
    {
        using var folder = new TemporaryFolder();
        var run = FinishedRun(folder["run"], averaged: true);
        AtomicFile.WriteText(run.Metrics, "rows");
        var exported = RunExport.Make(run, folder["small"]);
        Assert.Equal(
            ["classes.txt", "config.json", "mage.safetensors", "tokenizer.safetensors"],
            Directory.GetFileSystemEntries(exported.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        var config = RunConfigJson.Read(exported.Config);
        Assert.Equal((null, null, null), (config.Data.Path, config.Data.Tokens, config.Tokenizer.Perceptual.File));
        Assert.Equal(["boot", "bag"], ClassNames.Read(exported));
        Assert.Empty(CheckpointDifference.Between(run.Weights("tokenizer"), exported.Weights("tokenizer")).Keys);
        Assert.Empty(CheckpointDifference.Between(run.AveragedWeights, exported.Weights("mage")).Keys);

        using var models = new RunParts().Load(config, exported);
        Assert.Equal(config.Tokens, models.Generate([.. Enumerable.Repeat(-1, config.Tokens)], config.Sampling, 1).Length);
    }

    [Fact]
    public void TheWeightsOfTheLastStepAreExportedIfTheyAreAskedFor()
    {
        using var folder = new TemporaryFolder();
        var run = FinishedRun(folder["run"], averaged: true);
        var exported = RunExport.Make(run, folder["small"], TrainedWeights.Last);
        Assert.Empty(CheckpointDifference.Between(run.Weights("mage"), exported.Weights("mage")).Keys);
        Assert.NotEmpty(CheckpointDifference.Between(run.AveragedWeights, exported.Weights("mage")).Keys);
        Assert.Throws<UserErrorException>(() => RunExport.Make(run, folder["small"]));

        var plain = FinishedRun(folder["plain"], averaged: false);
        Assert.Throws<UserErrorException>(() => RunExport.Make(plain, folder["none"], TrainedWeights.Ema));
        Assert.False(Directory.Exists(folder["none"]));
    }

    /// <summary>A run as training leaves it, of random weights.</summary>
    internal static RunFolder FinishedRun(string path, bool averaged)
    {
        var folder = RunFolder.Create(path);
        var config = TinyRuns.Config(steps: 1);
        (config.Data.Path, config.Data.Tokens, config.Tokenizer.Perceptual.File) = ("/images", "/tokens", "/network.onnx");
        using var tokenizer = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, new Initializer(1));
        ModelFile.Save(folder.Weights("tokenizer"), tokenizer);
        using var model = MaskedGenerativeEncoder.Create(config, new Initializer(2));
        ModelFile.Save(folder.Weights("mage"), model);
        if (averaged)
        {
            using var average = MaskedGenerativeEncoder.Create(config, new Initializer(3));
            ModelFile.Save(folder.AveragedWeights, average);
        }

        ClassNames.Write(folder, ["boot", "bag"]);
        RunConfigJson.Write(folder.Config, config);
        return folder;
    }
}
