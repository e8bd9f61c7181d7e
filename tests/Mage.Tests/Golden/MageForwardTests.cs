using Mage.Model;
using MageDsl;
using static MageDsl.Layers.Normalization;
using static MageDsl.Layers.Projections;

namespace Mage.Tests.Golden;

/// <summary>The model's forward pass against the official one, at three mask rates.</summary>
public class MageForwardTests(ITestOutputHelper output)
{
    private readonly GoldenFile outputs = GoldenFile.Open("mage_outputs");
    private readonly MaskedGenerativeEncoder model = GoldenModels.Mage();

    [Theory]
    [InlineData("r0")]
    [InlineData("r1")]
    [InlineData("r2")]
    public void MasksAreEqual(string pass)
    {
        var plan = GoldenModels.Plan(outputs, pass);
        Assert.Equal((int)outputs.Number($"{pass}.num_masked"), plan.MaskedCount(0));
        Assert.Equal((int)outputs.Number($"{pass}.num_dropped"), plan.DroppedCount);
        var (masked, dropped) = (outputs.Floats($"{pass}.token_all_mask"), outputs.Floats($"{pass}.token_drop_mask"));
        for (var image = 0; image < plan.Batch; image++)
        {
            for (var t = 0; t < plan.Tokens; t++)
            {
                Assert.Equal(masked[image * 17 + 1 + t] == 1, plan.IsMasked(image, t));
                Assert.Equal(dropped[image * 17 + 1 + t] == 1, plan.IsDropped(image, t));
            }
        }
    }

    [Theory]
    [InlineData("r0")]
    [InlineData("r1")]
    [InlineData("r2")]
    public void KeptWordsAreEqual(string pass)
    {
        using var scope = new TensorScope();
        var (tokens, _) = GoldenModels.Batch(outputs, pass, model);
        var (all, dropped) = (outputs.Ids($"{pass}.input_token_ids"), outputs.Floats($"{pass}.token_drop_mask"));
        var kept = Enumerable.Range(0, all.Length).Where(i => dropped[i] == 0).ToArray();
        Assert.Equal(kept.Select(i => all[i]), tokens.Words.Span<int>().ToArray());
        Assert.Equal(kept.Select(i => i % 17), tokens.Positions.Span<int>().ToArray());
    }

    [Theory]
    [InlineData("r0")]
    [InlineData("r1")]
    [InlineData("r2")]
    public void LatentLogitsAndLossMatch(string pass)
    {
        using var scope = new TensorScope();
        var (tokens, codes) = GoldenModels.Batch(outputs, pass, model);
        var latent = model.Encode(tokens);
        output.WriteLine($"{pass} latent {Close.Check(outputs, $"{pass}.latent", latent, 1.3e-5):g3}");

        // The class token's slot, the first of 17, has logits that nobody uses.
        var logits = model.Logits(tokens).Span<float>();
        var (words, expected) = outputs.Has($"{pass}.logits")
            ? (1065, outputs.Floats($"{pass}.logits")) : (64, outputs.Floats($"{pass}.logits_codebook"));
        var worst = 0.0;
        for (var slot = 0; slot < 4 * 16; slot++)
        {
            var at = (slot / 16 * 17 + 1 + slot % 16) * words;
            worst = Math.Max(worst, Close.Check($"{pass} logits {slot}", expected.AsSpan(at, 64), logits.Slice(slot * 64, 64), 5e-5));
        }

        var (loss, _) = model.Loss(tokens, codes);
        Assert.Equal(outputs.Number($"{pass}.loss"), loss.Item(), 5e-6);
        output.WriteLine($"{pass} logits {worst:g3} loss {Math.Abs(outputs.Number($"{pass}.loss") - loss.Item()):g3}");
    }

    [Fact]
    public void AllWordsHaveTheOfficialLogits()
    {
        using var scope = new TensorScope();
        var (tokens, _) = GoldenModels.Batch(outputs, "r1", model);
        var hidden = model.Decode(model.Encode(tokens), tokens);
        Close.Check(outputs, "r1.mlm_hidden", hidden, 5e-5);
        Close.Check(outputs, "r1.logits", MageKernels.WordLogits(hidden, model.Embedding.Words.Weight, model.MlmLayer.Bias), 5e-5);
    }

    [Fact]
    public void EveryStageMatches()
    {
        using var scope = new TensorScope();
        var (tokens, _) = GoldenModels.Batch(outputs, "r1", model);
        var whole = TokenBatch.Whole(Columns(outputs.Ids("r1.input_token_ids")), 4, model.Vocabulary);
        Close.Check(outputs, "r1.input_embeddings", model.Embed(whole), 1.3e-5);
        var x = model.Embed(tokens);
        Close.Check(outputs, "r1.encoder_input", x, 1.3e-5);
        for (var k = 0; k < 3; k++)
        {
            x = model.Blocks[k].Forward(x, default);
            Close.Check(outputs, $"r1.encoder_block{k}", x, 3e-5);
        }

        x = LayerNorm(x, model.Norm.Weight, model.Norm.Bias);
        Close.Check(outputs, "r1.decoder_embed", Linear(x, model.DecoderEmbed.Weight, model.DecoderEmbed.Bias), 3e-5);
        x = model.DecoderInput(x, tokens);
        Close.Check(outputs, "r1.decoder_input", x, 3e-5);
        for (var k = 0; k < 2; k++)
        {
            x = model.DecoderBlocks[k].Forward(x, default);
            Close.Check(outputs, $"r1.decoder_block{k}", x, 3e-5);
        }

        Close.Check(outputs, "r1.decoder_normed", LayerNorm(x, model.DecoderNorm.Weight, model.DecoderNorm.Bias), 3e-5);
    }

    [Fact]
    public void AccuracyCountsMaskedTokensWhoseBestCodeIsRight()
    {
        using var scope = new TensorScope();
        var (tokens, _) = GoldenModels.Batch(outputs, "r1", model);
        var (logits, truth, mask) = (outputs.Floats("r1.logits"), outputs.Ids("r1.gt_indices"), outputs.Floats("r1.token_all_mask"));

        // Codes that are the model's own guess for the first two images, so that some are right.
        for (var slot = 0; slot < 32; slot++)
        {
            var scores = logits.AsSpan((slot / 16 * 17 + 1 + slot % 16) * 1065, 64);
            truth[slot] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores);
        }

        bool IsRight(int slot)
        {
            var at = slot / 16 * 17 + 1 + slot % 16;
            return mask[at] == 1 && System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.AsSpan(at * 1065, 64)) == truth[slot];
        }

        var right = Enumerable.Range(0, 64).Count(IsRight);
        Assert.InRange(right, 18, 35);
        var (_, accuracy) = model.Loss(tokens, Tensor.From(truth, 4, 16));
        Assert.Equal(right / 36.0, accuracy.Item(), 1e-6);
    }

    private static int[] Columns(int[] ids) => [.. ids.Where((_, i) => i % 17 > 0)];
}
