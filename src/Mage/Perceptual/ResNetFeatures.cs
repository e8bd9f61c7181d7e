using MageDsl;
using static Mage.Perceptual.PerceptualKernels;

namespace Mage.Perceptual;

/// <summary>
/// The features of a ResNet of basic blocks (ResNet-18, ResNet-34) from an ONNX file: after the first convolution and after each resolution's
/// blocks. Batch normalizations are folded into the convolutions before them. All channels count alike, and all layers.
/// </summary>
/// <remarks>He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv 1512.03385.</remarks>
internal sealed class ResNetFeatures : FeatureNetwork
{
    // What CNTK wrote sees blue, green and red from 0 to 255, less their mean over ImageNet.
    private const string Cntk = "CNTK";

    private readonly Filters stem;
    private readonly List<Block> blocks = [];

    private ResNetFeatures(ResNetReader reader, bool isCntk)
        : base(
            isCntk ? [255, 255, 255] : [1 / 0.229f, 1 / 0.224f, 1 / 0.225f],
            isCntk ? [-123.68f, -116.779f, -103.939f] : [-0.485f / 0.229f, -0.456f / 0.224f, -0.406f / 0.225f])
    {
        stem = Constants("stem", isCntk ? reader.Stem.WithInputsReversed() : reader.Stem);
        foreach (var (first, second, shortcut) in reader.Blocks)
        {
            var name = $"block{blocks.Count}";
            blocks.Add(new Block(
                Constants($"{name}.first", first), Constants($"{name}.second", second),
                shortcut is null ? null : Constants($"{name}.shortcut", shortcut)));
        }

        var widths = Layers(blocks.Select(block => block.Second.Bias), stem.Bias).Select(bias => bias.Value.Shape[0]).ToArray();
        foreach (var width in widths)
        {
            WeighChannels(Tensor.Full(ElementType.Float32, 1.0 / widths.Length, width));
        }
    }

    /// <summary>Reads a network.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or holds no such network.</exception>
    public static ResNetFeatures Read(string path)
    {
        using var scope = new TensorScope();
        var graph = OnnxGraph.Read(path);
        return new ResNetFeatures(new ResNetReader(graph), graph.Producer == Cntk);
    }

    protected override IReadOnlyList<Tensor> Layers(Tensor colors)
    {
        var first = HalvingConv7x7Relu(colors, stem.Weight, stem.Bias);
        var (x, outputs) = (MaxPool3x3(first), new List<Tensor>());
        foreach (var block in blocks)
        {
            outputs.Add(x = block.Forward(x));
        }

        return Layers(outputs, first);
    }

    /// <summary>Of what all blocks give, what is a feature: the last before the image is halved again, and what came before all blocks.</summary>
    private List<T> Layers<T>(IEnumerable<T> ofBlocks, T ofStem)
        => [ofStem, .. ofBlocks.Where((_, i) => i == blocks.Count - 1 || blocks[i + 1].Shortcut is not null)];

    private Filters Constants(string name, FoldedConvolution folded)
        => new(Constant($"{name}.weight", Tensor.From(folded.Weight, folded.Shape)), Constant($"{name}.bias", Tensor.From(folded.Bias)));

    private sealed record Filters(Parameter Weight, Parameter Bias);

    /// <summary>Two convolutions around which the image is handed on; where they halve it, through a 1×1 convolution.</summary>
    private sealed record Block(Filters First, Filters Second, Filters? Shortcut)
    {
        public Tensor Forward(Tensor x)
        {
            var (inner, residual) = Shortcut is null
                ? (Conv3x3Relu(x, First.Weight, First.Bias), x)
                : (HalvingConv3x3Relu(x, First.Weight, First.Bias), HalvingConv1x1Bias(x, Shortcut.Weight, Shortcut.Bias));
            return Conv3x3ResidualRelu(inner, Second.Weight, Second.Bias, residual);
        }
    }
}
