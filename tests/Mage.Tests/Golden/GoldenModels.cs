using Mage.Checkpoints;
using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Golden;

/// <summary>The two small models that the reference values belong to, and the batch they saw.</summary>
internal static class GoldenModels
{
    /// <summary>The tokenizer: 64×64 pixels, five levels, 4×4 tokens, 64 codes.</summary>
    public static VectorQuantizedAutoencoder Tokenizer()
    {
        var config = new TokenizerConfig { Channels = 32, Multipliers = [1, 1, 2, 1, 2], ResBlocks = 1, CodebookSize = 64, EmbedDim = 32 };
        var model = new VectorQuantizedAutoencoder(config, channels: 3, new Initializer(1));
        ModelFile.Load(Path.Combine(GoldenFile.Folder, "vqgan_weights.safetensors"), model);
        return model;
    }

    /// <summary>The model: 64 channels, three encoder blocks of four heads, two decoder blocks of eight.</summary>
    public static MaskedGenerativeEncoder Mage()
    {
        var config = new MageConfig { EmbedDim = 64, Depth = 3, Heads = 4, DecoderEmbedDim = 64, DecoderDepth = 2, DecoderHeads = 8 };
        var model = new MaskedGenerativeEncoder(config, codes: 64, grid: 4, patch: 16, channels: 3, new Initializer(1), positions: 257);
        using var scope = new TensorScope();
        var file = Safetensors.Read(Path.Combine(GoldenFile.Folder, "mage_weights.safetensors"));
        var found = model.LoadStateDict(file.Tensors, strict: false);

        // These are never used; the files leave them out to stay small.
        Assert.Equal(["patch_embed.proj.weight", "patch_embed.proj.bias", "decoder_pred.weight", "decoder_pred.bias"], found.Missing);
        Assert.Empty(found.Unexpected);
        return model;
    }

    /// <summary>The masks of one of the three recorded forward passes, from its noise and mask rate.</summary>
    public static MaskPlan Plan(GoldenFile outputs, string pass)
    {
        var shape = outputs.Shape($"{pass}.noise");
        return MaskPlan.FromNoise(outputs.Floats($"{pass}.noise"), shape[0], shape[1], outputs.Number($"{pass}.mask_rate"), dropRate: 0.5);
    }

    /// <summary>The batch of one of the three recorded forward passes, in the current scope: what the model sees, and the codes behind it.</summary>
    public static (TokenBatch Tokens, Tensor Codes) Batch(GoldenFile outputs, string pass, MaskedGenerativeEncoder model)
    {
        var codes = outputs.Ids($"{pass}.gt_indices");
        return (TokenBatch.Masked(codes, Plan(outputs, pass), model.Vocabulary), Tensor.From(codes, outputs.Shape($"{pass}.gt_indices")));
    }
}
