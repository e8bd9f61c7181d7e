using Mage.Model;
using MageDsl;
using static MageDsl.Layers.Convolutions;
using static MageDsl.Layers.Normalization;

namespace Mage.Tokenizer;

/// <summary>The filters of a convolution, with or without bias, initialised as PyTorch does.</summary>
public sealed class Convolution : Module
{
    /// <summary>Filters of <paramref name="size"/>×<paramref name="size"/> pixels.</summary>
    public Convolution(int outputs, int inputs, int size, bool bias, Initializer initial)
    {
        Weight = Add("weight", initial.KaimingUniform(outputs, inputs, size, size));
        Bias = bias ? Add("bias", initial.KaimingBias(inputs * size * size, outputs)) : null;
    }

    /// <summary><c>[outputs, inputs, size, size]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Convolves images <c>[b, inputs, h, w]</c>; the result is of the same size.</summary>
    public Tensor Forward(Tensor image) => (Weight.Value.Shape[2], Bias) switch
    {
        (1, { } bias) => Conv1x1Bias(image, Weight, bias),
        (3, { } bias) => Conv3x3Bias(image, Weight, bias),
        (3, null) => Conv3x3(image, Weight),
        _ => throw new NotSupportedException($"{Weight}: there is no convolution of this size"),
    };
}

/// <summary>
/// A residual block: twice normalization, swish and a 3×3 convolution. Where it changes the number of channels, the official network
/// does not shortcut the block's input but its inner result, through a 1×1 convolution; its weights ask for the same here.
/// </summary>
public sealed class ResidualBlock : Module
{
    private readonly Norm norm1;
    private readonly Convolution conv1;
    private readonly Norm norm2;
    private readonly Convolution conv2;
    private readonly Convolution? shortcut;

    /// <summary>A block from <paramref name="inputs"/> to <paramref name="outputs"/> channels.</summary>
    public ResidualBlock(int inputs, int outputs, Initializer initial)
    {
        norm1 = Child("norm1", new Norm(inputs, initial));
        conv1 = Child("conv1", new Convolution(outputs, inputs, 3, bias: false, initial));
        norm2 = Child("norm2", new Norm(outputs, initial));
        conv2 = Child("conv2", new Convolution(outputs, outputs, 3, bias: false, initial));
        shortcut = inputs == outputs ? null : Child("nin_shortcut", new Convolution(outputs, outputs, 1, bias: false, initial));
    }

    /// <summary>Images <c>[b, inputs, h, w]</c> to <c>[b, outputs, h, w]</c>.</summary>
    public Tensor Forward(Tensor image)
    {
        var inner = NormSwishConv3x3(image, norm1.Weight, norm1.Bias, conv1.Weight);
        return shortcut is null
            ? NormSwishConv3x3Residual(inner, norm2.Weight, norm2.Bias, conv2.Weight, image)
            : Conv1x1OfItself(NormSwishConv3x3(inner, norm2.Weight, norm2.Bias, conv2.Weight), shortcut.Weight);
    }
}

/// <summary>The two residual blocks at the lowest resolution.</summary>
public sealed class MiddleBlocks : Module
{
    private readonly ResidualBlock block1;
    private readonly ResidualBlock block2;

    /// <summary>Blocks of <paramref name="width"/> channels.</summary>
    public MiddleBlocks(int width, Initializer initial)
    {
        block1 = Child("block_1", new ResidualBlock(width, width, initial));
        block2 = Child("block_2", new ResidualBlock(width, width, initial));
    }

    /// <summary>Images <c>[b, width, h, w]</c> to the same.</summary>
    public Tensor Forward(Tensor image) => Sequential.Run(image, [block1.Forward, block2.Forward]);
}
