using Mage.Checkpoints.Stored;
using Mage.Config;
using Mage.Model;

namespace Mage.Checkpoints;

/// <summary>The settings that files of weights imply: every size is the shape of some tensor, but for the heads of attention.</summary>
internal static class ModelSizes
{
    /// <summary>The settings of a tokenizer and a MAGE.</summary>
    /// <param name="tokenizer">Tensors of the tokenizer by its own keys.</param>
    /// <param name="mage">Tensors of MAGE by its own keys.</param>
    /// <param name="heads">
    /// Heads of the encoder and of the decoder, where they are given; else those of the preset of the same widths and depths.
    /// </param>
    /// <exception cref="UserErrorException">A tensor is missing, or shapes do not go together, or no preset tells the heads.</exception>
    public static RunConfig Infer(
        IReadOnlyDictionary<string, StoredTensor> tokenizer, IReadOnlyDictionary<string, StoredTensor> mage, (int? Encoder, int? Decoder) heads)
    {
        var sizes = new MageConfig
        {
            EmbedDim = Size(mage, "cls_token", 2),
            Depth = Count(mage, "blocks."),
            DecoderEmbedDim = Size(mage, "mask_token", 2),
            DecoderDepth = Count(mage, "decoder_blocks."),
        };
        var preset = Presets.Names.FirstOrDefault(name => Presets.Get(name).Mage is var known
            && (known.EmbedDim, known.Depth, known.DecoderEmbedDim, known.DecoderDepth)
                == (sizes.EmbedDim, sizes.Depth, sizes.DecoderEmbedDim, sizes.DecoderDepth));
        if (preset is null && heads is not ({ }, { }))
        {
            throw new UserErrorException(
                $"no preset has {sizes.Depth} blocks of {sizes.EmbedDim} channels and {sizes.DecoderDepth} of {sizes.DecoderEmbedDim}, and shapes " +
                "do not tell the heads of attention; give them with --heads N and --decoder-heads N");
        }

        var config = Presets.Get(preset ?? Presets.Names[0]);
        (config.Mage.EmbedDim, config.Mage.Depth) = (sizes.EmbedDim, sizes.Depth);
        (config.Mage.DecoderEmbedDim, config.Mage.DecoderDepth) = (sizes.DecoderEmbedDim, sizes.DecoderDepth);
        config.Mage.Heads = heads.Encoder ?? config.Mage.Heads;
        config.Mage.DecoderHeads = heads.Decoder ?? config.Mage.DecoderHeads;

        // No shape tells whether there were classes, and no file their names.
        (config.Mage.ClassConditional, config.Sampling.Guidance) = (false, 0);
        config.Mage.MlpRatio = Size(mage, "blocks.0.mlp.fc1.weight", 0) / sizes.EmbedDim;
        SetTokenizer(config, tokenizer);
        var words = Size(mage, "token_emb.word_embeddings.weight", 0);
        if (words != config.Tokenizer.CodebookSize + Vocabulary.Extra)
        {
            throw new UserErrorException(
                $"the two do not belong together: MAGE has {words} words, with a tokenizer of {config.Tokenizer.CodebookSize} codes it has " +
                $"{config.Tokenizer.CodebookSize + Vocabulary.Extra}");
        }

        var tokens = Size(mage, "decoder_pos_embed_learned", 1) - 1;
        config.Data.ImageSize = (int)Math.Round(Math.Sqrt(tokens)) * config.Tokenizer.DownSampling;
        RunConfigRules.Check(config);
        Require("MAGE", mage, Least(config.Mage));
        Require("the tokenizer", tokenizer, Least(config.Tokenizer));
        return config;
    }

    /// <summary>A model is made before it is compared with the file; a few shapes must not make it larger than the file can fill.</summary>
    private static void Require(string name, IReadOnlyDictionary<string, StoredTensor> tensors, double least)
    {
        var found = tensors.Values.Sum(tensor => tensor.Count);
        if (least > found)
        {
            throw new UserErrorException(
                FormattableString.Invariant($"sizes cannot be told: by some shapes {name} has {least:G4} parameters or more, but there are {found}"));
        }
    }

    private static double Least(MageConfig mage)
        => (((double)mage.Depth * mage.EmbedDim * mage.EmbedDim) + ((double)mage.DecoderDepth * mage.DecoderEmbedDim * mage.DecoderEmbedDim))
            * (4 + (2 * mage.MlpRatio));

    private static double Least(TokenizerConfig tokenizer)
        => tokenizer.Multipliers.Sum(multiplier => 9.0 * tokenizer.ResBlocks * Math.Pow((double)multiplier * tokenizer.Channels, 2));

    private static void SetTokenizer(RunConfig config, IReadOnlyDictionary<string, StoredTensor> tokenizer)
    {
        var (channels, levels) = (Size(tokenizer, "encoder.conv_in.weight", 0), Count(tokenizer, "encoder.down."));
        config.Data.Channels = Size(tokenizer, "encoder.conv_in.weight", 1);
        config.Tokenizer.Channels = channels;
        config.Tokenizer.Multipliers =
            [.. Enumerable.Range(0, levels).Select(level => Size(tokenizer, $"encoder.down.{level}.block.0.conv1.weight", 0) / channels)];
        config.Tokenizer.ResBlocks = Count(tokenizer, "encoder.down.0.block.");
        config.Tokenizer.CodebookSize = Size(tokenizer, WeightPart.Tokenizer.Mark, 0);
        config.Tokenizer.EmbedDim = Size(tokenizer, WeightPart.Tokenizer.Mark, 1);
    }

    /// <summary>How many numbers follow a prefix of keys.</summary>
    private static int Count(IReadOnlyDictionary<string, StoredTensor> tensors, string prefix) => tensors.Keys
        .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(key => key[prefix.Length..].Split('.')[0])
        .Distinct().Count();

    private static int Size(IReadOnlyDictionary<string, StoredTensor> tensors, string key, int dimension)
        => tensors.TryGetValue(key, out var tensor) && tensor.Shape.Length > dimension && tensor.Shape[dimension] > 0
            ? tensor.Shape[dimension]
            : throw new UserErrorException($"sizes cannot be told: the key {key} is missing, or has too few dimensions");
}
