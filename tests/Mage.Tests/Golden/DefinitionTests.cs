using Mage.Model;
using MageDsl;
using static Mage.Model.MageKernels;
using static MageDsl.Layers.Attention;
using static MageDsl.Layers.Normalization;
using static MageDsl.Layers.Perceptron;

namespace Mage.Tests.Golden;

/// <summary>
/// The definitions of the layers themselves, evaluated in float64 by the language, against the official values: if this holds and another
/// golden test fails, the mistake is in a compiled kernel or in how the model calls it.
/// </summary>
public class DefinitionTests
{
    private readonly GoldenFile weights = GoldenFile.Open("mage_weights");
    private readonly GoldenFile outputs = GoldenFile.Open("mage_outputs");

    [Fact]
    public void EncoderBlocksAgree()
    {
        var x = outputs.Expr("r1.encoder_input", "b t d");
        for (var k = 0; k < 3; k++)
        {
            x = Block(x, $"blocks.{k}", heads: 4);
            Agree($"r1.encoder_block{k}", x, "b t d", 3e-5);
        }

        Agree("r1.latent", LayerNorm(x, Weight("norm.weight", "d"), Weight("norm.bias", "d")), "b t d", 1.3e-5);
    }

    [Fact]
    public void DecoderBlocksHeadAndLossAgree()
    {
        var x = outputs.Expr("r1.decoder_input", "b t d");
        for (var k = 0; k < 2; k++)
        {
            x = Block(x, $"decoder_blocks.{k}", heads: 8);
            Agree($"r1.decoder_block{k}", x, "b t d", 3e-5);
        }

        x = LayerNorm(x, Weight("decoder_norm.weight", "d"), Weight("decoder_norm.bias", "d"));
        var hidden = MlmHidden(
            x.Rename("d", into: "k"), Weight("mlm_layer.fc.weight", "d k"), Weight("mlm_layer.fc.bias", "d"),
            Weight("mlm_layer.ln.weight", "d"), Weight("mlm_layer.ln.bias", "d"));
        Agree("r1.mlm_hidden", hidden, "b t d", 5e-5);

        var (words, bias) = (Weight("token_emb.word_embeddings.weight", "v d"), Weight("mlm_layer.bias", "m=1 n=1 v"));
        Agree("r1.logits", WordLogits(hidden, words, bias), "b t v", 5e-5);
        var target = Expr.From(Array.ConvertAll(outputs.Ids("r1.gt_indices"), id => (double)id), "b t", [4, 16], ids: true);
        var mask = outputs.Expr("r1.token_all_mask", "b l").Slice("l", into: "t", start: 1);
        var (loss, _) = MaskedTokenLoss(hidden.Rename("t", into: "l"), words, bias, target, mask);
        Assert.Equal(outputs.Number("r1.loss"), loss.Item(), 5e-6);
    }

    private Expr Block(Expr x, string key, int heads)
    {
        Expr Part(string name, string layout) => weights.Expr($"{key}.{name}", layout, ("h", heads));
        x = SelfAttention(
            x, Part("norm1.weight", "d"), Part("norm1.bias", "d"), Part("attn.qkv.weight", "(s=3 h e) d"), Part("attn.qkv.bias", "(s=3 h e)"),
            Part("attn.proj.weight", "d (h e)"), Part("attn.proj.bias", "d"), heads);
        return MlpBlock(
            x, Part("norm2.weight", "d"), Part("norm2.bias", "d"), Part("mlp.fc1.weight", "f d"), Part("mlp.fc1.bias", "f"),
            Part("mlp.fc2.weight", "d f"), Part("mlp.fc2.bias", "d"));
    }

    private Expr Weight(string name, string layout) => weights.Expr(name, layout);

    private void Agree(string name, Expr found, string layout, double tolerance)
        => Close.Check(name, outputs.Floats(name), Array.ConvertAll(found.ToArray(layout), value => (float)value), tolerance);
}
