using System.Text.Json;
using Mage.Config;
using Mage.Model;
using Mage.Tests.Golden;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Training;

/// <summary>Which parameters decay, and how fast each learns.</summary>
public class ParameterGroupTests
{
    /// <summary>Groups of the official code for a ViT of 12 blocks: every key with its scale.</summary>
    [Fact]
    public void RatesFallLayerByLayerAsInTheOfficialCode()
    {
        using var file = File.OpenRead(Path.Combine(GoldenFile.Folder, "layer_decay.json"));
        var recorded = JsonDocument.Parse(file).RootElement;
        var (depth, decay) = (recorded.GetProperty("depth").GetInt32(), recorded.GetProperty("layer_decay").GetDouble());
        var checkedKeys = 0;
        foreach (var group in recorded.GetProperty("groups").EnumerateArray())
        {
            foreach (var key in group.GetProperty("params").EnumerateArray().Select(key => key.GetString()!))
            {
                Assert.Equal(group.GetProperty("lr_scale").GetDouble(), ParameterGroups.Scale(key, depth, decay), 1e-12);
                checkedKeys++;
            }
        }

        Assert.True(checkedKeys > 12 * 12, $"{checkedKeys} keys");
    }

    /// <summary>The recorded weight decay of every key of an encoder block and of the embeddings.</summary>
    [Fact]
    public void VectorsAndBiasesDoNotDecay()
    {
        using var model = MaskedGenerativeEncoder.Create(Presets.Get("tiny"), Initializer.ForLoading());
        var optimizer = new AdamW(model.Parameters());
        using var file = File.OpenRead(Path.Combine(GoldenFile.Folder, "layer_decay.json"));
        var compared = 0;
        foreach (var group in JsonDocument.Parse(file).RootElement.GetProperty("groups").EnumerateArray())
        {
            foreach (var key in group.GetProperty("params").EnumerateArray().Select(key => key.GetString()!))
            {
                // Fine-tuning exempts this one by name; pre-training, which this is, does not, and never has a gradient for it.
                if (key != "cls_token" && model.Parameters().FirstOrDefault(one => one.Name == key && one.RequiresGrad) is { } parameter)
                {
                    Assert.Equal(group.GetProperty("weight_decay").GetDouble() > 0, optimizer.Decays(parameter));
                    compared++;
                }
            }
        }

        Assert.Equal(6 + (2 * 12), compared);

        // Of more than one dimension, and still a bias.
        Assert.False(optimizer.Decays(model.MlmLayer.Bias));
        Assert.True(optimizer.Decays(model.DecoderPositions));
    }

    [Fact]
    public void NamesOfTheSettingsAreExempt()
    {
        using var model = MaskedGenerativeEncoder.Create(Presets.Get("tiny"), Initializer.ForLoading());
        var found = ParameterGroups.WithoutDecay(model, new MageOptimizerConfig { NoDecay = ["token_emb", "decoder_pos_embed_learned"] });
        Assert.Contains("token_emb.word_embeddings.weight", found);
        Assert.Contains("decoder_pos_embed_learned", found);
        Assert.DoesNotContain("blocks.0.attn.qkv.weight", found);
        var error = Assert.Throws<UserErrorException>(
            () => ParameterGroups.WithoutDecay(model, new MageOptimizerConfig { NoDecay = ["token_em"] }));
        Assert.Contains("mage.training.noDecay names 'token_em'", error.Message);
    }
}
