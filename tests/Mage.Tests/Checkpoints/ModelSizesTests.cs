using Mage.Checkpoints;
using Mage.Checkpoints.Stored;
using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Checkpoints;

/// <summary>Settings out of shapes, and shapes that do not go together.</summary>
public sealed class ModelSizesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Sizes_are_those_of_the_models()
    {
        var config = Small();
        Write(config, []);
        using var file = WeightFile.Open(folder["all.safetensors"]);
        var found = ModelSizes.Infer(
            WeightPart.Select("file", file.Tensors, "tokenizer"), WeightPart.Select("file", file.Tensors, "mage"), (3, 2));
        Assert.Equal(
            (config.Mage.EmbedDim, config.Mage.Depth, config.Mage.MlpRatio, config.Mage.DecoderEmbedDim, config.Mage.DecoderDepth, 3, 2),
            (found.Mage.EmbedDim, found.Mage.Depth, found.Mage.MlpRatio, found.Mage.DecoderEmbedDim, found.Mage.DecoderDepth, found.Mage.Heads,
                found.Mage.DecoderHeads));
        var (tokenizer, sizes) = (config.Tokenizer, found.Tokenizer);
        Assert.Equal(
            (tokenizer.Channels, tokenizer.ResBlocks, tokenizer.CodebookSize, tokenizer.EmbedDim, config.Data.ImageSize, 1),
            (sizes.Channels, sizes.ResBlocks, sizes.CodebookSize, sizes.EmbedDim, found.Data.ImageSize, found.Data.Channels));
        Assert.Equal(config.Tokenizer.Multipliers, found.Tokenizer.Multipliers);

        // The preset has both, and an imported run has no names of classes.
        Assert.Equal((false, 0f), (found.Mage.ClassConditional, found.Sampling.Guidance));
    }

    public static TheoryData<string, int[]?, string> Wrong => new()
    {
        { "mask_token", null, "the key mask_token is missing" },
        { "mask_token", [4], "the key mask_token is missing, or has too few dimensions" },
        { "token_emb.word_embeddings.weight", [999, 12], "MAGE has 999 words, with a tokenizer of 5 codes it has 1006" },
        { "blocks.0.mlp.fc1.weight", [120000, 12], @"by some shapes MAGE has 1\.12E\+07 parameters or more, but there are \d+" },
        { "vqgan.encoder.down.0.block.0.conv1.weight", [3200000, 1], @"by some shapes the tokenizer has 1\.843E\+14 parameters" },
        { "decoder_pos_embed_learned", [1, 40, 8], "data.imageSize|the checkpoint does not fit" },
        { "vqgan.encoder.conv_in.weight", [33, 1, 3, 3], "tokenizer.channels is 33; it should be a multiple of 32" },
        { "norm.weight", [13], "norm.weight \\(expected Float32 \\[12\\], found Float32 \\[13\\]\\)" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_does_not_go_together_leaves_no_folder(string key, int[]? shape, string because)
    {
        using var scope = new TensorScope();
        Write(Small(), new() { [key] = shape is null ? null : Tensor.Zeros(ElementType.Float32, shape) });
        var message = Assert.Throws<UserErrorException>(() => RunImport.Make(folder["all.safetensors"], null, folder["run"], (3, 2))).Message;
        Assert.Matches(because, message);
        Assert.Contains(folder["all.safetensors"], message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static RunConfig Small()
    {
        var config = Presets.Get("tiny");
        config.Mage = new MageConfig { EmbedDim = 12, Depth = 3, Heads = 3, DecoderEmbedDim = 8, DecoderDepth = 2, DecoderHeads = 2, MlpRatio = 2 };
        config.Tokenizer = new TokenizerConfig { Channels = 32, Multipliers = [1, 2, 1], ResBlocks = 2, CodebookSize = 5, EmbedDim = 3 };
        config.Data.ImageSize = 12;
        return config;
    }

    /// <summary>Both models of a run in a file, with some keys replaced, or left out.</summary>
    private void Write(RunConfig config, Dictionary<string, Tensor?> replaced)
    {
        using var mage = MaskedGenerativeEncoder.Create(config, Initializer.ForLoading());
        using var tokenizer = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, Initializer.ForLoading());
        IEnumerable<KeyValuePair<string, Tensor>> all =
            [.. mage.StateDict(), .. tokenizer.StateDict().Select(pair => KeyValuePair.Create($"vqgan.{pair.Key}", pair.Value))];
        Safetensors.Write(
            folder["all.safetensors"],
            all.Select(pair => KeyValuePair.Create(pair.Key, replaced.TryGetValue(pair.Key, out var other) ? other : pair.Value))
                .Where(pair => pair.Value is not null)!);
    }
}
