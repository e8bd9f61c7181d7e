using Mage.Config;
using MageDsl;
using static Mage.Model.MageKernels;
using static MageDsl.Layers.Embeddings;
using static MageDsl.Layers.Losses;
using static MageDsl.Layers.Normalization;
using static MageDsl.Layers.Projections;

namespace Mage.Model;

/// <summary>What one pass over a batch gives.</summary>
/// <param name="Latent">The encoder's output, <c>[b, k, width]</c>, of the slots that were not dropped; the class token first.</param>
/// <param name="Logits">Scores of the codes for every token, <c>[b, tokens, codes]</c>.</param>
/// <param name="Loss">Cross-entropy of the masked tokens with label smoothing, in nats: a scalar.</param>
/// <param name="Accuracy">The share of masked tokens whose best code is the right one: a scalar.</param>
public sealed record MageOutput(Tensor Latent, Tensor Logits, Tensor Loss, Tensor Accuracy);

/// <summary>What training needs of one pass over a batch.</summary>
/// <param name="Latent">The encoder's output, <c>[b, k, width]</c>, of the slots that were not dropped; the class token first.</param>
/// <param name="Hidden">The hidden layer of the decoder's head, <c>[b, 1 + tokens, width]</c>.</param>
/// <param name="Loss">Cross-entropy of the masked tokens with label smoothing, in nats: a scalar.</param>
/// <param name="Accuracy">The share of masked tokens whose best code is the right one: a scalar.</param>
public sealed record MageReconstruction(Tensor Latent, Tensor Hidden, Tensor Loss, Tensor Accuracy);

/// <summary>
/// MAGE: a transformer encoder sees some tokens of an image, a transformer decoder guesses the others.
/// With few tokens masked it learns representations, with all of them masked it generates.
/// </summary>
/// <remarks>
/// Li et al., "MAGE: MAsked Generative Encoder to Unify Representation Learning and Image Synthesis", CVPR 2023, arXiv 2211.09117.
/// Parameters have the names and shapes of the reference implementation; some of them, which it never uses, are here for that reason only.
/// </remarks>
public sealed class MaskedGenerativeEncoder : Module
{
    private readonly MageConfig config;
    private readonly bool recompute;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Sizes and regularization, as they are now: later changes of it are not seen.</param>
    /// <param name="codes">Size of the tokenizer's codebook.</param>
    /// <param name="grid">Tokens along one side of an image.</param>
    /// <param name="patch">Pixels along one side of a token.</param>
    /// <param name="channels">Colour channels of an image.</param>
    /// <param name="initial">Gives the weights.</param>
    /// <param name="positions">Rows of the encoder's position table; by default one per token and one for the class token.</param>
    /// <exception cref="ArgumentException">A size is less than 1, heads do not divide a width, or there are fewer positions than tokens.</exception>
    public MaskedGenerativeEncoder(MageConfig config, int codes, int grid, int patch, int channels, Initializer initial, int? positions = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentOutOfRangeException.ThrowIfLessThan(codes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(grid, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(patch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions ?? int.MaxValue, 1 + (grid * grid), nameof(positions));
        this.config = config with { };
        recompute = config.Training.Recompute;
        Vocabulary = new Vocabulary(codes);
        Tokens = grid * grid;
        var (width, decoderWidth) = (config.EmbedDim, config.DecoderEmbedDim);

        Add("cls_token", initial.Normal(0.02, 1, 1, width));
        Add("pos_embed", SineTable.Create(width, grid), requiresGrad: false);
        Add("mask_token", initial.Normal(0.02, 1, 1, decoderWidth));
        Add("decoder_pos_embed", SineTable.Create(decoderWidth, grid), requiresGrad: false);
        DecoderPositions = Add("decoder_pos_embed_learned", initial.Normal(0.02, 1, 1 + Tokens, decoderWidth));

        Embedding = Child("token_emb", new TokenEmbedding(Vocabulary.Size, positions ?? 1 + Tokens, width, initial));
        Child("patch_embed", new PatchEmbedding(width, channels, patch, initial));
        Blocks = Child("blocks", Stack(config.Depth, width, config.Heads, initial));
        Norm = Child("norm", new Norm(width, initial));

        DecoderEmbed = Child("decoder_embed", new Dense(decoderWidth, width, initial));
        DecoderBlocks = Child("decoder_blocks", Stack(config.DecoderDepth, decoderWidth, config.DecoderHeads, initial));
        DecoderNorm = Child("decoder_norm", new Norm(decoderWidth, initial));
        Child("decoder_pred", new Dense(patch * patch * channels, decoderWidth, initial));
        MlmLayer = Child("mlm_layer", new MlmLayer(decoderWidth, width, Vocabulary.Size, initial));
        Contrast = config.Contrast.Kind == ContrastKind.None ? null : Child("contrast_head", new ContrastHead(config.Contrast, width, initial));
    }

    /// <summary>The model that a run configuration describes, with random weights.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="initial">Gives the weights.</param>
    public static MaskedGenerativeEncoder Create(RunConfig run, Initializer initial)
        => new(run.Mage, run.Tokenizer.CodebookSize, run.Grid, run.Tokenizer.DownSampling, run.Data.Channels, initial);

    /// <summary>The words the model knows.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Tokens of an image, without the class token.</summary>
    public int Tokens { get; }

    /// <summary>Words and positions of the encoder's input.</summary>
    public TokenEmbedding Embedding { get; }

    /// <summary>The encoder.</summary>
    public ModuleList<TransformerBlock> Blocks { get; }

    /// <summary>Normalization at the end of the encoder.</summary>
    public Norm Norm { get; }

    /// <summary>From the encoder's width to the decoder's.</summary>
    public Dense DecoderEmbed { get; }

    /// <summary>Learned positions of the decoder, <c>[1, 1 + tokens, decoder width]</c>.</summary>
    public Parameter DecoderPositions { get; }

    /// <summary>The decoder.</summary>
    public ModuleList<TransformerBlock> DecoderBlocks { get; }

    /// <summary>Normalization at the end of the decoder.</summary>
    public Norm DecoderNorm { get; }

    /// <summary>From decoder tokens to scores of words.</summary>
    public MlmLayer MlmLayer { get; }

    /// <summary>The head of the contrastive loss; null where there is none.</summary>
    public ContrastHead? Contrast { get; }

    /// <summary>Where the mask rates of training come from.</summary>
    public TruncatedNormal MaskRates => new(config.MaskRatioMean, config.MaskRatioStd, config.MaskRatioMin, config.MaskRatioMax);

    /// <summary>The dropout of a training step.</summary>
    public Dropout TrainingDropout(Seed seed) => new(config.Dropout, seed) { IsTraining = true };

    /// <summary>Embeds the tokens that are kept.</summary>
    /// <returns><c>[b, k, width]</c>.</returns>
    public Tensor Embed(TokenBatch tokens, Dropout dropout = default)
    {
        Check(tokens);
        return EmbedTokens(
            tokens.Words, tokens.Positions, Embedding.Words.Weight, Embedding.Positions.Weight, Embedding.Norm.Weight, Embedding.Norm.Bias,
            dropout.Rate, dropout.For(0).Seed, training: dropout.IsOn);
    }

    /// <summary>The last block of the encoder, before its normalization: where features are taken.</summary>
    /// <returns><c>[b, k, width]</c>.</returns>
    public Tensor EncodeBlocks(TokenBatch tokens, Dropout dropout = default)
        => Sequential.Run(tokens.Words, [_ => Embed(tokens, dropout), .. Steps(Blocks, dropout.For(1))]);

    /// <summary>The encoder's output.</summary>
    /// <returns><c>[b, k, width]</c>.</returns>
    public Tensor Encode(TokenBatch tokens, Dropout dropout = default)
        => Sequential.Run(tokens.Words, [_ => EncodeBlocks(tokens, dropout), x => LayerNorm(x, Norm.Weight, Norm.Bias)]);

    /// <summary>The decoder's input: the encoder's output back in its slots, the class token in all others, positions added.</summary>
    /// <param name="latent">The encoder's output, <c>[b, k, width]</c>.</param>
    /// <param name="tokens">The tokens it belongs to.</param>
    /// <returns><c>[b, 1 + tokens, decoder width]</c>.</returns>
    public Tensor DecoderInput(Tensor latent, TokenBatch tokens)
    {
        Check(tokens);
        return Sequential.Run(
            latent, [x => Linear(x, DecoderEmbed.Weight, DecoderEmbed.Bias), x => PadWithClassToken(x, tokens.Source, DecoderPositions)]);
    }

    /// <summary>The decoder, up to the hidden layer of its head.</summary>
    /// <param name="latent">The encoder's output, <c>[b, k, width]</c>.</param>
    /// <param name="tokens">The tokens it belongs to.</param>
    /// <param name="dropout">What to drop.</param>
    /// <returns><c>[b, 1 + tokens, width]</c>.</returns>
    public Tensor Decode(Tensor latent, TokenBatch tokens, Dropout dropout = default)
        => Sequential.Run(latent,
        [
            x => DecoderInput(x, tokens),
            .. Steps(DecoderBlocks, dropout.For(2)),
            x => LayerNorm(x, DecoderNorm.Weight, DecoderNorm.Bias),
            x => MlmHidden(x, MlmLayer.Fc.Weight, MlmLayer.Fc.Bias, MlmLayer.Norm.Weight, MlmLayer.Norm.Bias),
        ]);

    /// <summary>The training loss of a batch, and the share of masked tokens that the model guesses right.</summary>
    /// <param name="tokens">Tokens, some of them masked.</param>
    /// <param name="codes">What they are without masks, <c>[b, tokens]</c>.</param>
    /// <param name="dropout">What to drop.</param>
    /// <returns>Two scalars.</returns>
    /// <exception cref="ArgumentException">No token is masked, or the codes are of another shape.</exception>
    public (Tensor Loss, Tensor Accuracy) Loss(TokenBatch tokens, Tensor codes, Dropout dropout = default)
    {
        var done = Reconstruct(tokens, codes, dropout);
        return (done.Loss, done.Accuracy);
    }

    /// <summary>As <see cref="Loss"/>, with what lies between: for losses beside it.</summary>
    /// <inheritdoc cref="Loss"/>
    /// <returns>The pass.</returns>
    public MageReconstruction Reconstruct(TokenBatch tokens, Tensor codes, Dropout dropout = default)
    {
        CheckLoss(tokens, codes);
        var latent = Encode(tokens, dropout);
        var hidden = Decode(latent, tokens, dropout);
        var (loss, accuracy) = MaskedTokenLoss(hidden, Embedding.Words.Weight, MlmLayer.Bias, codes, tokens.Mask, config.LabelSmoothing);
        return new MageReconstruction(latent, hidden, loss, accuracy);
    }

    /// <summary>The likeliest code of every token.</summary>
    /// <param name="hidden">The hidden layer of the decoder's head, <c>[b, 1 + tokens, width]</c>.</param>
    /// <returns>Codes, <c>[b, tokens]</c>.</returns>
    public Tensor Guess(Tensor hidden) => LikeliestCodes(hidden, Embedding.Words.Weight, MlmLayer.Bias);

    /// <summary>All that one pass over a batch gives: for those who want more than the loss.</summary>
    /// <param name="tokens">Tokens, some of them masked.</param>
    /// <param name="codes">What they are without masks, <c>[b, tokens]</c>.</param>
    /// <param name="dropout">What to drop.</param>
    /// <exception cref="ArgumentException">No token is masked, or the codes are of another shape.</exception>
    public MageOutput Forward(TokenBatch tokens, Tensor codes, Dropout dropout = default)
    {
        CheckLoss(tokens, codes);
        var latent = Encode(tokens, dropout);
        var logits = LogitsOf(latent, tokens, dropout);
        return new MageOutput(
            latent, logits, MaskedCrossEntropy(logits, codes, tokens.Mask, config.LabelSmoothing), MaskedAccuracy(logits, codes, tokens.Mask));
    }

    /// <summary>Scores of the codes for every token of a batch.</summary>
    /// <returns><c>[b, tokens, codes]</c>.</returns>
    public Tensor Logits(TokenBatch tokens)
        => Sequential.Run(tokens.Words, [_ => Encode(tokens), x => LogitsOf(x, tokens, default)]);

    /// <summary>What a probe sees of an image: the mean of its tokens after the last block of the encoder, nothing masked or dropped.</summary>
    /// <param name="codes">Codes, row by row.</param>
    /// <param name="batch">Images.</param>
    /// <returns><c>[b, width]</c>.</returns>
    public Tensor Features(ReadOnlySpan<int> codes, int batch)
    {
        var tokens = TokenBatch.Whole(codes, batch, Vocabulary);
        return Sequential.Run(tokens.Words, [_ => EncodeBlocks(tokens), MeanOfTokens]);
    }

    private IEnumerable<Func<Tensor, Tensor>> Steps(ModuleList<TransformerBlock> blocks, Dropout dropout)
        => blocks.Select((block, i) => (Func<Tensor, Tensor>)(x
            => recompute ? Recomputation.Run(() => block.Forward(x, dropout.For(i))) : block.Forward(x, dropout.For(i))));

    private Tensor LogitsOf(Tensor latent, TokenBatch tokens, Dropout dropout) => Sequential.Run(
        latent, [x => Decode(x, tokens, dropout), x => CodebookLogits(x, Embedding.Words.Weight, MlmLayer.Bias)]);

    private void Check(TokenBatch tokens)
    {
        if (tokens.Tokens != Tokens)
        {
            throw new ArgumentException($"the batch has images of {tokens.Tokens} tokens, but the model takes {Tokens}", nameof(tokens));
        }
    }

    private void CheckLoss(TokenBatch tokens, Tensor codes)
    {
        Check(tokens);
        if (tokens.MaskedCount == 0)
        {
            throw new ArgumentException("no token of the batch is masked: there is nothing to guess, and no loss", nameof(tokens));
        }

        if (!codes.Shape.SequenceEqual(tokens.Mask.Shape))
        {
            throw new ArgumentException($"the codes are {codes}, but the batch has {tokens.Batch} images of {tokens.Tokens} tokens", nameof(codes));
        }
    }

    private ModuleList<TransformerBlock> Stack(int depth, int width, int heads, Initializer initial)
        => new(Enumerable.Range(0, depth).Select(
            i => new TransformerBlock(width, heads, config.MlpRatio, initial, config.DropPath * i / Math.Max(depth - 1, 1))));
}
