namespace Mage.Perceptual;

/// <summary>A convolution, and the batch normalization after it, as one convolution with a bias.</summary>
/// <param name="Shape">[outputs, inputs, height, width].</param>
/// <param name="Weight">Its filters, row by row.</param>
/// <param name="Bias">[outputs].</param>
internal sealed record FoldedConvolution(int[] Shape, float[] Weight, float[] Bias)
{
    /// <summary>The same for an image whose channels come in the opposite order.</summary>
    public FoldedConvolution WithInputsReversed()
    {
        var (inputs, area) = (Shape[1], Shape[2] * Shape[3]);
        var reversed = new float[Weight.Length];
        for (var i = 0; i < Weight.Length / area; i++)
        {
            var mirrored = i - (i % inputs) + (inputs - 1 - (i % inputs));
            Weight.AsSpan(i * area, area).CopyTo(reversed.AsSpan(mirrored * area));
        }

        return this with { Weight = reversed };
    }
}

/// <summary>
/// Follows the operations of an ONNX graph from its image, and takes out what a ResNet of basic blocks is made of; what is not as there is refused.
/// </summary>
internal sealed class ResNetReader
{
    private readonly OnnxGraph graph;
    private readonly ILookup<string, OnnxNode> readers;

    /// <summary>Reads a network.</summary>
    /// <exception cref="UserErrorException">The graph is another network; the line names the operation at which it parts.</exception>
    public ResNetReader(OnnxGraph graph)
    {
        this.graph = graph;
        readers = graph.Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (Input: input, Node: node)))
            .ToLookup(pair => pair.Input, pair => pair.Node);
        var made = graph.Nodes.SelectMany(node => node.Outputs).ToHashSet();
        var start = graph.Nodes.FirstOrDefault(node => node.Kind == "Conv" && node.Inputs is [var image, ..] && !made.Contains(image))
            ?? throw Other("no convolution of its input");
        (Stem, var x) = Fold(start, FeatureNetwork.Colors, 7, stride: 2);
        x = After(After(x, "Relu"), "MaxPool");
        var (blocks, channels) = (new List<(FoldedConvolution, FoldedConvolution, FoldedConvolution?)>(), Stem.Bias.Length);
        while (readers[x].Where(node => node.Kind == "Conv").ToArray() is { Length: > 0 } convolutions)
        {
            (var block, x) = Block(x, channels, convolutions);
            blocks.Add(block);
            channels = block.Second.Bias.Length;
            if (blocks.Count > graph.Nodes.Count)
            {
                throw Other("a circle");
            }
        }

        Blocks = blocks.Count > 0 ? blocks : throw Other($"no block after {x}");
    }

    /// <summary>The first convolution, 7×7 of every second pixel.</summary>
    public FoldedConvolution Stem { get; }

    /// <summary>Two 3×3 convolutions each, the first of every second pixel where there is a shortcut, which is a 1×1 convolution.</summary>
    public IReadOnlyList<(FoldedConvolution First, FoldedConvolution Second, FoldedConvolution? Shortcut)> Blocks { get; }

    private ((FoldedConvolution First, FoldedConvolution Second, FoldedConvolution? Shortcut) Block, string Result) Block(
        string x, int inputs, OnnxNode[] convolutions)
    {
        var shortcut = convolutions.FirstOrDefault(node => Constant(node, 1).Shape is [.., 1]);
        var main = convolutions.FirstOrDefault(node => node != shortcut) ?? throw Other($"only a 1x1 convolution after {x}");
        var (first, inner) = Fold(main, inputs, 3, shortcut is null ? 1 : 2);
        var (second, outer) = Fold(Only(After(inner, "Relu"), "Conv"), first.Bias.Length, 3, stride: 1);
        var folded = shortcut is null ? null : Fold(shortcut, inputs, 1, stride: 2).Folded;
        return (folded?.Bias.Length ?? inputs) == second.Bias.Length
            ? ((first, second, folded), After(After(outer, "Add"), "Relu"))
            : throw Other($"two numbers of channels added after {outer}");
    }

    /// <summary>A convolution of a size, folded, and the name of the result.</summary>
    private (FoldedConvolution Folded, string Result) Fold(OnnxNode convolution, int inputs, int size, int stride)
    {
        var weight = Constant(convolution, 1);
        var found = convolution.Lists.GetValueOrDefault("strides", []) is [var one, ..] ? one : 1;
        if (weight.Shape is not [> 0 and var outputs, var channels, var height, var width]
            || (channels, height, width, found) != (inputs, size, size, stride))
        {
            throw Other(
                $"filters {string.Join('x', weight.Shape)} with stride {found} at {convolution.Outputs[0]}, "
                + $"where {inputs}x{size}x{size} with stride {stride} were expected");
        }

        var folded = new FoldedConvolution(
            [.. weight.Shape], weight.Values, convolution.Inputs.Count > 2 ? Constant(convolution, 2, outputs).Values : new float[outputs]);
        var result = convolution.Outputs[0];
        return readers[result].FirstOrDefault(node => node.Kind == "BatchNormalization") is { } norm
            ? (WithNorm(folded, norm), norm.Outputs[0])
            : (folded, result);
    }

    private FoldedConvolution WithNorm(FoldedConvolution convolution, OnnxNode norm)
    {
        var outputs = convolution.Bias.Length;
        var (scale, shift) = (Constant(norm, 1, outputs).Values, Constant(norm, 2, outputs).Values);
        var (mean, variance) = (Constant(norm, 3, outputs).Values, Constant(norm, 4, outputs).Values);
        var epsilon = norm.Numbers.GetValueOrDefault("epsilon", 1e-5f);
        var (weight, bias) = (convolution.Weight.ToArray(), new float[outputs]);
        var each = weight.Length / outputs;
        for (var o = 0; o < outputs; o++)
        {
            var factor = scale[o] / Math.Sqrt((double)variance[o] + epsilon);
            bias[o] = (float)(shift[o] + ((convolution.Bias[o] - mean[o]) * factor));
            foreach (ref var value in weight.AsSpan(o * each, each))
            {
                value = (float)(value * factor);
            }
        }

        return convolution with { Weight = weight, Bias = bias };
    }

    private OnnxTensor Constant(OnnxNode node, int input)
        => node.Inputs.Count > input && graph.Tensors.TryGetValue(node.Inputs[input], out var tensor)
            ? tensor
            : throw Other($"no constant as input {input} of {node.Kind} at {string.Join(' ', node.Outputs)}");

    private OnnxTensor Constant(OnnxNode node, int input, int count)
        => Constant(node, input) is { } tensor && tensor.Values.Length == count
            ? tensor
            : throw Other($"input {input} of {node.Kind} at {string.Join(' ', node.Outputs)} with other than {count} values");

    private OnnxNode Only(string x, string kind)
        => readers[x].FirstOrDefault(node => node.Kind == kind)
            ?? throw Other($"no {kind} after {x}, but {string.Join(" and ", readers[x].Select(node => node.Kind).DefaultIfEmpty("nothing"))}");

    private string After(string x, string kind) => Only(x, kind).Outputs[0];

    private UserErrorException Other(string what) => new(
        $"the network in '{graph.Path}' is no ResNet of basic blocks: it has {what}; "
        + "the one of the package Microsoft.ML.DnnImageFeaturizer.ResNet18 is");
}
