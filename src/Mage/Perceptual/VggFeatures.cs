using Mage.Checkpoints;
using MageDsl;
using static Mage.Perceptual.PerceptualKernels;

namespace Mage.Perceptual;

/// <summary>
/// LPIPS over VGG-16: the features after the last convolution of each of its five resolutions. The weights come from the user, under the names
/// of torchvision's <c>vgg16</c> and of LPIPS: this project may not give them away.
/// </summary>
/// <remarks>Simonyan and Zisserman, arXiv 1409.1556; Zhang et al., arXiv 1801.03924.</remarks>
internal sealed class VggFeatures : FeatureNetwork
{
    // Places of the convolutions in torchvision's list, where activations and poolings are counted too, by resolution.
    private static readonly int[][] Places = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]];

    private readonly List<(Parameter Weight, Parameter Bias)[]> levels = [];

    private VggFeatures(WeightTable network, WeightTable linear)
        : base(scale: [2 / 0.458f, 2 / 0.448f, 2 / 0.450f], shift: [(0.030f - 1) / 0.458f, (0.088f - 1) / 0.448f, (0.188f - 1) / 0.450f])
    {
        // LPIPS takes colours in [-1, 1], shifted by (-0.030, -0.088, -0.188) and divided by (0.458, 0.448, 0.450).
        var channels = Colors;
        foreach (var places in Places)
        {
            levels.Add(Array.ConvertAll(places, place =>
            {
                var weight = network.Take($"features.{place}.weight", WeightTable.Any, channels, 3, 3);
                channels = weight.Shape[0];
                return (
                    Constant($"features.{place}.weight", weight),
                    Constant($"features.{place}.bias", network.Take($"features.{place}.bias", channels)));
            }));
            WeighChannels(linear.Take($"lin{levels.Count - 1}.model.1.weight", 1, channels, 1, 1).Reshape(channels));
        }
    }

    /// <summary>Reads the weights.</summary>
    /// <param name="path">The network, and the weights of channels unless they are apart.</param>
    /// <param name="linearPath">The weights of channels; null if they are in the same file.</param>
    /// <exception cref="UserErrorException">A file cannot be read, or something is missing or of another shape in it.</exception>
    public static VggFeatures Read(string path, string? linearPath)
    {
        using var scope = new TensorScope();
        var network = new WeightTable(path, ModelFile.Read(path).Tensors, "torchvision's vgg16");
        return new VggFeatures(
            network,
            new WeightTable(
                linearPath ?? path, linearPath is null ? network.Tensors : ModelFile.Read(linearPath).Tensors,
                "LPIPS (vgg.pth; tokenizer.perceptual.linearFile names it where it is a file of its own)"));
    }

    protected override IReadOnlyList<Tensor> Layers(Tensor colors)
    {
        var (x, features) = (colors, new List<Tensor>());
        foreach (var level in levels)
        {
            x = features.Count > 0 ? MaxPool2x2(x) : x;
            foreach (var (weight, bias) in level)
            {
                x = Conv3x3Relu(x, weight, bias);
            }

            features.Add(x);
        }

        return features;
    }

    /// <summary>The tensors of a file, which is told apart from others by what is missing in it.</summary>
    private sealed record WeightTable(string Path, IReadOnlyDictionary<string, Tensor> Tensors, string Kind)
    {
        public const int Any = -1;

        /// <summary>A tensor of a shape, in which <see cref="Any"/> stands for any size, as Float32.</summary>
        public Tensor Take(string key, params int[] shape)
        {
            var should = $"'{Path}' should hold {key} {Text(shape)}, as {Kind} does";
            if (!Tensors.TryGetValue(key, out var found))
            {
                throw new UserErrorException($"{should}; it is missing");
            }

            var fits = found.Type.IsReal() && found.Rank == shape.Length
                && shape.Zip(found.Shape.ToArray()).All(size => size.First is Any || size.First == size.Second);
            return fits
                ? found.Type == ElementType.Float32 ? found : found.Cast(ElementType.Float32)
                : throw new UserErrorException($"{should}; it is {found.Type} {Text(found.Shape.ToArray())}");
        }

        private static string Text(int[] shape) => $"[{string.Join(", ", shape.Select(size => size is Any ? "any" : $"{size}"))}]";
    }
}
