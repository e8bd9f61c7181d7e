using Mage.Config;
using Mage.Model;
using MageDsl;
using static MageDsl.Layers.Convolutions;
using static MageDsl.Layers.Normalization;

namespace Mage.Tokenizer;

/// <summary>Back from vectors to an image: residual blocks, doubled by nearest neighbour and a convolution after every level but the last.</summary>
public sealed class ImageDecoder : Module
{
    private readonly Convolution convIn;
    private readonly MiddleBlocks middle;
    private readonly ModuleList<Level> up;
    private readonly Norm normOut;
    private readonly Convolution convOut;

    /// <summary>A decoder to images of <paramref name="channels"/> colours.</summary>
    public ImageDecoder(TokenizerConfig config, int channels, Initializer initial)
    {
        // Level 0 is the full resolution, as in the encoder, so the levels run downwards.
        var widths = Array.ConvertAll(config.Multipliers, multiplier => multiplier * config.Channels);
        convIn = Child("conv_in", new Convolution(widths[^1], config.EmbedDim, 3, bias: true, initial));
        middle = Child("mid", new MiddleBlocks(widths[^1], initial));
        up = Child("up", new ModuleList<Level>(widths.Select((width, i) => new Level(
            i == widths.Length - 1 ? width : widths[i + 1], width, config.ResBlocks, doubles: i > 0, initial))));
        normOut = Child("norm_out", new Norm(widths[0], initial));
        convOut = Child("conv_out", new Convolution(channels, widths[0], 3, bias: true, initial));
    }

    /// <summary>Decodes vectors.</summary>
    /// <param name="codes"><c>[b, embed, h, w]</c>.</param>
    /// <returns>Images <c>[b, channels, h * s, w * s]</c>; values near [0, 1], not clipped.</returns>
    public Tensor Forward(Tensor codes) => Sequential.Run(codes, [Hidden, Draw]);

    /// <summary>All layers but the last: how two losses pull at that one decides how they are weighed against each other.</summary>
    /// <param name="codes"><c>[b, embed, h, w]</c>.</param>
    /// <returns><c>[b, width, h * s, w * s]</c>.</returns>
    public Tensor Hidden(Tensor codes)
        => Sequential.Run(codes,
        [
            convIn.Forward,
            middle.Forward,
            .. up.Reverse().SelectMany(level => level.Steps),
            x => GroupNormSwish(x, normOut.Weight, normOut.Bias),
        ]);

    /// <summary>The last layer: a 3×3 convolution.</summary>
    /// <param name="hidden">What <see cref="Hidden"/> gives.</param>
    /// <returns>Images <c>[b, channels, h * s, w * s]</c>.</returns>
    public Tensor Draw(Tensor hidden) => convOut.Forward(hidden);

    private sealed class Level : Module
    {
        private readonly ModuleList<ResidualBlock> blocks;
        private readonly Upsampling? upsampling;

        public Level(int inputs, int outputs, int count, bool doubles, Initializer initial)
        {
            blocks = Child("block", new ModuleList<ResidualBlock>(
                Enumerable.Range(0, count).Select(i => new ResidualBlock(i == 0 ? inputs : outputs, outputs, initial))));
            upsampling = doubles ? Child("upsample", new Upsampling(outputs, initial)) : null;
        }

        public IEnumerable<Func<Tensor, Tensor>> Steps =>
            [.. blocks.Select(block => (Func<Tensor, Tensor>)block.Forward), .. upsampling?.Steps ?? []];
    }

    private sealed class Upsampling : Module
    {
        private readonly Convolution convolution;

        public Upsampling(int width, Initializer initial) => convolution = Child("conv", new Convolution(width, width, 3, bias: true, initial));

        public IEnumerable<Func<Tensor, Tensor>> Steps => [UpsampleNearest2x2, convolution.Forward];
    }
}
