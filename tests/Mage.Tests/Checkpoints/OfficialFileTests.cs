using Mage.Checkpoints;
using Mage.Config;
using Mage.Model;
using Mage.Tests.Golden;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Checkpoints;

/// <summary>Files as the official code writes them, small models (golden sets A, B and G), against the safetensors of the same weights.</summary>
public sealed class OfficialFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_tokenizer_is_that_of_the_safetensors()
    {
        using var expected = GoldenModels.Tokenizer();
        using var loaded = Tokenizer(2);
        Assert.Empty(ModelFile.Load(SharedFiles.Golden("a_vqgan_tiny.ckpt"), loaded));
        AssertSame(expected, loaded);

        // The MAGE file carries the same one along.
        using var carried = Tokenizer(3);
        Assert.Empty(ModelFile.Load(SharedFiles.Golden("b1_mage_tiny.pth"), carried));
        AssertSame(expected, carried);
        Assert.Empty(CheckpointDifference.Between(SharedFiles.Golden("a_vqgan_tiny.ckpt"), SharedFiles.Golden("a_vqgan_tiny.safetensors")).Keys);
    }

    [Fact]
    public void MAGE_is_that_of_the_safetensors()
    {
        using var expected = Mage(1);
        ModelFile.Load(SharedFiles.Golden("b1_mage_tiny.safetensors"), expected);
        using var loaded = Mage(2);
        Assert.Empty(ModelFile.Load(SharedFiles.Golden("b1_mage_tiny.pth"), loaded));
        AssertSame(expected, loaded);
        Assert.Empty(CheckpointDifference.Between(
            SharedFiles.Golden("b1_mage_tiny.pth"), SharedFiles.Golden("b1_mage_tiny.safetensors"), "mage").Keys);
        Assert.Equal(
            [("tokenizer", 110), ("mage", 85)],
            CheckpointReport.Read(SharedFiles.Golden("b1_mage_tiny.pth")).Parts.Select(part => (part.Name, part.Keys)));
    }

    [Fact]
    public void The_discriminator_is_known_by_its_keys()
    {
        var report = CheckpointReport.Read(SharedFiles.Golden("g_disc_tiny.pth"), values: true);
        Assert.Equal(("discriminator", 22), Assert.Single(report.Parts) is var part ? (part.Name, part.Keys) : default);
        Assert.All(report.Rows, row => Assert.True(row.Values is var (least, mean, most) && least <= mean && mean <= most, row.Key));
        Assert.Contains(report.Rows, row => row is { Key: "main.3.num_batches_tracked", Type: "I64", Shape: [] });
    }

    [Fact]
    public void A_run_is_made_of_official_files()
    {
        var path = SharedFiles.Golden("b1_mage_tiny.pth");
        Assert.Contains(
            "give them with --heads N and --decoder-heads N",
            Assert.Throws<UserErrorException>(() => RunImport.Make(path, null, folder["run"])).Message);
        Assert.False(Directory.Exists(folder["run"]));
        var (run, config, notes) = RunImport.Make(path, SharedFiles.Golden("a_vqgan_tiny.ckpt"), folder["run"], (4, 8));
        var sizes = config.Mage;
        Assert.Equal((64, 4, 3, 64, 4, 8), (config.Data.ImageSize, config.Grid, sizes.Depth, sizes.EmbedDim, sizes.Heads, sizes.DecoderHeads));
        Assert.Equal([1, 1, 2, 1, 2], config.Tokenizer.Multipliers);
        Assert.Equal("of the encoder's 257 positions the first 17 are used, one for each token and the class token", Assert.Single(notes));
        run.RequireFinished(TrainedParts.All);
        using var models = new RunParts().Load(RunConfigJson.Read(run.Config), run);
        Assert.Equal(config.Tokens, models.Generate([.. Enumerable.Repeat(-1, config.Tokens)], config.Sampling, 1).Length);
    }

    private static VectorQuantizedAutoencoder Tokenizer(int seed) => new(
        new TokenizerConfig { Channels = 32, Multipliers = [1, 1, 2, 1, 2], ResBlocks = 1, CodebookSize = 64, EmbedDim = 32 },
        channels: 3, new Initializer(seed));

    private static MaskedGenerativeEncoder Mage(int seed) => new(
        new MageConfig { EmbedDim = 64, Depth = 3, Heads = 4, DecoderEmbedDim = 64, DecoderDepth = 2, DecoderHeads = 8 },
        codes: 64, grid: 4, patch: 16, channels: 3, new Initializer(seed), positions: 257);

    private static void AssertSame(Module expected, Module found)
    {
        foreach (var (key, tensor) in expected.StateDict())
        {
            if (tensor.Type.IsReal())
            {
                Assert.Equal(tensor.ToArray<float>(), found.StateDict()[key].ToArray<float>());
            }
        }
    }
}
