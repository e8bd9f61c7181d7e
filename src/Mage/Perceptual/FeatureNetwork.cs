using Mage.Config;
using MageDsl;
using static Mage.Perceptual.PerceptualKernels;
using static Mage.Tokenizer.AdversarialKernels;

namespace Mage.Perceptual;

/// <summary>
/// A trained network whose features tell how alike two images look to people, where differences of pixels do not. Its weights stay as they are.
/// </summary>
/// <remarks>Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", arXiv 1801.03924.</remarks>
public abstract class FeatureNetwork : Module
{
    /// <summary>Colour channels that such networks see; grey images are repeated for all of them.</summary>
    internal const int Colors = 3;

    private readonly Parameter scale;
    private readonly Parameter shift;
    private readonly List<Parameter> channelWeights = [];

    /// <summary>A network that sees colours in [0, 1] scaled and shifted.</summary>
    /// <param name="scale">What red, green and blue are multiplied with.</param>
    /// <param name="shift">What is added then.</param>
    protected FeatureNetwork(ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        this.scale = Constant("scale", Tensor.From(scale));
        this.shift = Constant("shift", Tensor.From(shift));
    }

    /// <summary>Reads the network that the settings name; null if they name none.</summary>
    /// <exception cref="UserErrorException">A file cannot be read, or holds no such network; the line names it.</exception>
    public static FeatureNetwork? Load(PerceptualConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.File is not { } path ? null
            : string.Equals(Path.GetExtension(path), ".onnx", StringComparison.OrdinalIgnoreCase) ? ResNetFeatures.Read(path)
            : VggFeatures.Read(path, config.LinearFile);
    }

    /// <summary>
    /// How different two sets of images look: for each layer the squared differences of its features, made unit vectors at every pixel and
    /// weighted by channel; the mean over pixels and images, and the sum over layers.
    /// </summary>
    /// <param name="images"><c>[b, 1 or 3, h, w]</c>, values in [0, 1].</param>
    /// <param name="others">The same shape.</param>
    /// <returns>A scalar, 0 for equal images.</returns>
    public Tensor Distance(Tensor images, Tensor others)
        => Features(others).Zip(Features(images), channelWeights)
            .Select(layer => FeatureDistance(layer.First, layer.Second, layer.Third))
            .Aggregate((sum, distance) => WeightedSum(sum, distance));

    /// <summary>The features of images, from the first layer to the last, as <see cref="Distance"/> compares them.</summary>
    /// <param name="images"><c>[b, 1 or 3, h, w]</c>, values in [0, 1].</param>
    /// <returns>Each <c>[b, channels, y, x]</c>.</returns>
    public IReadOnlyList<Tensor> Features(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Layers(images.Shape[1] == 1 ? ColorGrey(images, scale, shift) : ScaleColors(images, scale, shift));
    }

    /// <summary>The features of images whose colours are scaled.</summary>
    protected abstract IReadOnlyList<Tensor> Layers(Tensor colors);

    /// <summary>Says what the channels of the next layer count for.</summary>
    /// <param name="weights"><c>[channels]</c>.</param>
    protected void WeighChannels(Tensor weights) => channelWeights.Add(Constant($"channels{channelWeights.Count}", weights));

    /// <summary>Registers what does not change.</summary>
    protected Parameter Constant(string name, Tensor value) => Add(name, value, requiresGrad: false);
}
