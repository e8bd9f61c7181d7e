using System.Text.Json;
using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Golden;

/// <summary>Names and shapes of all parameters against those of the official checkpoints, at full size.</summary>
public class OfficialKeysTests
{
    [Fact]
    public void TokenizerHasTheOfficialKeys()
    {
        using var scope = new TensorScope();
        var run = Presets.Get("vit-b");
        CheckKeys("vqgan", new VectorQuantizedAutoencoder(run.Tokenizer, run.Data.Channels, new Initializer(1)));
    }

    [Theory]
    [InlineData("vit-b", "mage_vit_base_patch16")]
    [InlineData("vit-l", "mage_vit_large_patch16")]
    public void MageHasTheOfficialKeys(string preset, string official)
    {
        // One block of each stack tells as much as all of them, without gigabytes of random numbers.
        var run = Presets.Get(preset);
        var (depth, decoderDepth) = (run.Mage.Depth, run.Mage.DecoderDepth);
        run.Mage.Depth = run.Mage.DecoderDepth = 1;
        var model = MaskedGenerativeEncoder.Create(run, new Initializer(1));
        CheckKeys(official, model, key => key.Split('.') is not [("blocks" or "decoder_blocks"), not "0", ..]);

        var blocks = Official(official).Keys.Select(key => key.Split('.')).Where(parts => parts[0] is "blocks" or "decoder_blocks").ToArray();
        Assert.Equal(depth, blocks.Where(parts => parts[0] == "blocks").Select(parts => parts[1]).Distinct().Count());
        Assert.Equal(decoderDepth, blocks.Where(parts => parts[0] == "decoder_blocks").Select(parts => parts[1]).Distinct().Count());
    }

    [Fact]
    public void UnusedSineTablesAreTheOfficialOnes()
    {
        var file = GoldenFile.Open("mage_weights");
        var config = new MageConfig { EmbedDim = 64, Depth = 1, Heads = 4, DecoderEmbedDim = 64, DecoderDepth = 1, DecoderHeads = 8 };
        var model = new MaskedGenerativeEncoder(config, codes: 64, grid: 4, patch: 16, channels: 3, new Initializer(1));
        Close.Check(file, "pos_embed", model.StateDict()["pos_embed"], 1e-6);
        Close.Check(file, "decoder_pos_embed", model.StateDict()["decoder_pos_embed"], 1e-6);
    }

    private static void CheckKeys(string official, Module model, Func<string, bool>? compared = null)
    {
        var expected = Official(official).Where(pair => compared?.Invoke(pair.Key) ?? true)
            .Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value)}]");
        var found = model.StateDict().Select(pair => $"{pair.Key} {Tensor.ShapeText(pair.Value.Shape)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, int[]> Official(string name)
    {
        using var file = File.OpenRead(Path.Combine(GoldenFile.Folder, "official_keys.json"));
        return JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, int[]>>>(file)![name];
    }
}
