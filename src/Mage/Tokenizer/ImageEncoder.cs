using Mage.Config;
using Mage.Model;
using MageDsl;
using static MageDsl.Layers.Convolutions;
using static MageDsl.Layers.Normalization;

namespace Mage.Tokenizer;

/// <summary>From an image to a small image of vectors: residual blocks, halved by averaging after every level but the last.</summary>
public sealed class ImageEncoder : Module
{
    private readonly Convolution convIn;
    private readonly ModuleList<Level> down;
    private readonly MiddleBlocks middle;
    private readonly Norm normOut;
    private readonly Convolution convOut;

    /// <summary>An encoder of images of <paramref name="channels"/> colours.</summary>
    public ImageEncoder(TokenizerConfig config, int channels, Initializer initial)
    {
        var widths = Array.ConvertAll(config.Multipliers, multiplier => multiplier * config.Channels);
        convIn = Child("conv_in", new Convolution(config.Channels, channels, 3, bias: false, initial));
        down = Child("down", new ModuleList<Level>(widths.Select(
            (width, i) => new Level(i == 0 ? config.Channels : widths[i - 1], width, config.ResBlocks, initial))));
        middle = Child("mid", new MiddleBlocks(widths[^1], initial));
        normOut = Child("norm_out", new Norm(widths[^1], initial));
        convOut = Child("conv_out", new Convolution(config.EmbedDim, widths[^1], 1, bias: true, initial));
    }

    /// <summary>Encodes images.</summary>
    /// <param name="images"><c>[b, channels, h, w]</c>, values in [0, 1].</param>
    /// <returns><c>[b, embed, h / s, w / s]</c>, where s is 2 to the number of levels less one.</returns>
    public Tensor Forward(Tensor images)
        => Sequential.Run(images,
        [
            convIn.Forward,
            .. down.SelectMany((level, i) => i < down.Count - 1 ? level.Steps.Append(AveragePool2x2) : level.Steps),
            middle.Forward,
            x => GroupNormSwish(x, normOut.Weight, normOut.Bias),
            convOut.Forward,
        ]);

    private sealed class Level : Module
    {
        private readonly ModuleList<ResidualBlock> blocks;

        public Level(int inputs, int outputs, int count, Initializer initial)
            => blocks = Child("block", new ModuleList<ResidualBlock>(
                Enumerable.Range(0, count).Select(i => new ResidualBlock(i == 0 ? inputs : outputs, outputs, initial))));

        public IEnumerable<Func<Tensor, Tensor>> Steps => blocks.Select(block => (Func<Tensor, Tensor>)block.Forward);
    }
}
