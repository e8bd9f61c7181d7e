using Mage.Config;
using MageDsl;
using static Mage.Tokenizer.QuantizerKernels;

namespace Mage.Tokenizer;

/// <summary>
/// The tokenizer: an encoder, a codebook and a decoder. An image becomes a small grid of codes, and codes become an image.
/// </summary>
/// <remarks>
/// Esser, Rombach and Ommer, "Taming Transformers for High-Resolution Image Synthesis", arXiv 2012.09841, in the form that MAGE uses:
/// no attention blocks, no convolutions around the codebook. Parameters have the names and shapes of the reference implementation.
/// </remarks>
public sealed class VectorQuantizedAutoencoder : Module
{
    /// <summary>Groups of every normalization: fixed in the official network.</summary>
    public const int Groups = 32;

    private readonly TokenizerConfig config;
    private readonly ImageEncoder encoder;
    private readonly ImageDecoder decoder;

    /// <summary>A tokenizer with random weights.</summary>
    /// <param name="config">Sizes and loss weights, as they are now: later changes of it are not seen.</param>
    /// <param name="channels">Colour channels of an image.</param>
    /// <param name="initial">Gives the weights.</param>
    /// <exception cref="ArgumentException">A width is no multiple of <see cref="Groups"/>.</exception>
    public VectorQuantizedAutoencoder(TokenizerConfig config, int channels, Initializer initial)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Channels % Groups != 0)
        {
            throw new ArgumentException(
                $"the tokenizer's channels are {config.Channels}; normalization in {Groups} groups needs a multiple of {Groups}", nameof(config));
        }

        ArgumentNullException.ThrowIfNull(initial);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        this.config = config with { Multipliers = [.. config.Multipliers] };
        Channels = channels;
        encoder = Child("encoder", new ImageEncoder(config, channels, initial));
        decoder = Child("decoder", new ImageDecoder(config, channels, initial));
        Codebook = Child("quantize", new Quantizer(config.CodebookSize, config.EmbedDim, initial)).Codes;
    }

    /// <summary>Colour channels of an image.</summary>
    public int Channels { get; }

    /// <summary>Pixels along one side of a token.</summary>
    public int DownSampling => config.DownSampling;

    /// <summary>The codes, <c>[codes, embed]</c>.</summary>
    public Parameter Codebook { get; }

    /// <summary>Encodes images to vectors.</summary>
    /// <param name="images"><c>[b, channels, h, w]</c>, values in [0, 1].</param>
    /// <returns><c>[b, embed, h / s, w / s]</c>.</returns>
    /// <exception cref="ArgumentException">The images have other channels, or a side that is no multiple of <see cref="DownSampling"/>.</exception>
    public Tensor Encode(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var isImage = images.Shape is [> 0, var channels, > 0 and var height, > 0 and var width]
            && channels == Channels && height % DownSampling == 0 && width % DownSampling == 0;
        return isImage
            ? encoder.Forward(images)
            : throw new ArgumentException(
                $"the images are {images}; the tokenizer takes [images, {Channels}, height, width] with at least one image, " +
                $"and sides that are multiples of {DownSampling}",
                nameof(images));
    }

    /// <summary>The nearest code of each vector.</summary>
    /// <param name="z">Encoded images, <c>[b, embed, h, w]</c>.</param>
    /// <returns>Code numbers, <c>[b, h, w]</c>.</returns>
    public Tensor Nearest(Tensor z) => NearestCode(z, Codebook);

    /// <summary>
    /// Replaces vectors by their codes, straight-through, with the loss that pulls both together, or only vectors to codes
    /// where these are running means.
    /// </summary>
    /// <param name="z">Encoded images, <c>[b, embed, h, w]</c>.</param>
    /// <param name="codes">Code numbers, <c>[b, h, w]</c>.</param>
    /// <returns>Quantized images, <c>[b, embed, h, w]</c>, and a scalar.</returns>
    public (Tensor Quantized, Tensor Loss) Quantize(Tensor z, Tensor codes)
        => QuantizerKernels.Quantize(z, Codebook, codes, config.CommitmentWeight, config.CodebookDecay > 0 ? 0 : config.CodebookWeight);

    /// <summary>Decodes vectors to images.</summary>
    /// <param name="quantized"><c>[b, embed, h, w]</c>.</param>
    /// <returns><c>[b, channels, h * s, w * s]</c>.</returns>
    public Tensor Decode(Tensor quantized) => decoder.Forward(quantized);

    /// <summary>Decodes vectors to images, and gives what the last layer of the decoder saw, too.</summary>
    /// <param name="quantized"><c>[b, embed, h, w]</c>.</param>
    /// <returns>That, <c>[b, width, h * s, w * s]</c>, and the images, <c>[b, channels, h * s, w * s]</c>.</returns>
    internal (Tensor Hidden, Tensor Images) DecodeInParts(Tensor quantized)
    {
        var hidden = decoder.Hidden(quantized);
        return (hidden, decoder.Draw(hidden));
    }

    /// <summary>The tokens of images.</summary>
    /// <param name="images"><c>[b, channels, h, w]</c>, values in [0, 1].</param>
    /// <returns>Code numbers, <c>[b, h / s, w / s]</c>.</returns>
    public Tensor Tokenize(Tensor images) => Sequential.Run(images, [Encode, Nearest]);

    /// <summary>The images of tokens.</summary>
    /// <param name="codes">Code numbers, <c>[b, h, w]</c>.</param>
    /// <returns><c>[b, channels, h * s, w * s]</c>; values near [0, 1], not clipped.</returns>
    /// <exception cref="ArgumentException">The codes have no three dimensions, or are none at all.</exception>
    public Tensor DecodeTokens(Tensor codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        return codes.Shape is [> 0, > 0, > 0]
            ? Sequential.Run(codes, [x => LookUp(Codebook, x), Decode])
            : throw new ArgumentException(
                $"the codes are {codes}; the tokenizer takes [images, height, width] with at least one of each", nameof(codes));
    }

    private sealed class Quantizer : Module
    {
        public Quantizer(int codes, int width, Initializer initial) => Codes = Child("embedding", new CodeTable(codes, width, initial)).Weight;

        public Parameter Codes { get; }
    }

    private sealed class CodeTable : Module
    {
        public CodeTable(int codes, int width, Initializer initial) => Weight = Add("weight", initial.Uniform(1.0 / codes, codes, width));

        public Parameter Weight { get; }
    }
}
