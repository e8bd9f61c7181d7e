using MageDsl;
using MageDsl.Layers;

namespace SmallNet;

/// <summary>Waves, two residual blocks, and a linear map to one score per arm.</summary>
public sealed class SpiralNet : Module
{
    private readonly Parameter frequency;
    private readonly Parameter phase;
    private readonly Block[] blocks;
    private readonly Parameter head;
    private readonly Parameter headBias;

    /// <summary>A net whose first weights follow from the seed.</summary>
    public SpiralNet(int width, int seed)
    {
        var initial = new Initializer(seed);
        frequency = Add("frequency", initial.Normal(2, width, 2));
        phase = Add("phase", initial.Uniform(Math.PI, width));
        blocks = [.. Enumerable.Range(0, 2).Select(i => Child($"block{i}", new Block(width, initial)))];
        head = Add("head.weight", initial.KaimingUniform(Spirals.ArmCount, width));
        headBias = Add("head.bias", initial.Zeros(Spirals.ArmCount));
    }

    /// <summary>A score for every arm.</summary>
    /// <param name="points">Points, <c>[n, 2]</c>.</param>
    /// <returns>Scores, <c>[n, arms]</c>.</returns>
    public Tensor Forward(Tensor points)
    {
        var x = SpiralKernels.Waves(points, frequency, phase);
        foreach (var block in blocks)
        {
            x = block.Forward(x);
        }

        return Projections.Linear(x, head, headBias);
    }

    private sealed class Block : Module
    {
        private readonly Parameter scale;
        private readonly Parameter shift;
        private readonly Parameter up;
        private readonly Parameter upBias;
        private readonly Parameter down;

        public Block(int width, Initializer initial)
        {
            scale = Add("norm.weight", initial.Ones(width));
            shift = Add("norm.bias", initial.Zeros(width));
            up = Add("up.weight", initial.KaimingUniform(2 * width, width));
            upBias = Add("up.bias", initial.Zeros(2 * width));
            down = Add("down.weight", initial.KaimingUniform(width, 2 * width));
        }

        public Tensor Forward(Tensor x) => SpiralKernels.ResidualBlock(x, scale, shift, up, upBias, down);
    }
}
