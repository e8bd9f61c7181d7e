using MageDsl;
using MageDsl.Layers;

namespace Bench.Kernels;

/// <summary>Layer normalization of the rows of [8192, 3072].</summary>
internal sealed class LayerNormCase : KernelCase
{
    private const int Width = 3072;
    private readonly Tensor x, weight, bias, statistics, centered;

    public LayerNormCase()
    {
        x = Input(2, Rows, Width);
        weight = Input(1, Width);
        bias = Input(1, Width);
        statistics = Buffer(Rows);
        centered = Buffer(Rows, Width);
        Result = Buffer(Rows, Width);
    }

    public override string Name => $"layer norm [{Rows}, {Width}]";

    public override long LeastBytes => 2L * Rows * Width * sizeof(float);

    public override long BackwardBytes => 3L * Rows * Width * sizeof(float);

    protected override int Rows => 8192;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [x, weight, bias];

    protected override Tensor Launch(bool fused)
        => fused ? Normalization.LayerNorm(x, weight, bias) : UnfusedNormalization.LayerNorm(x, weight, bias);

    protected override void Pass(int first, int rows, int part)
        => Kernels.OpByOp.LayerNorm(
            Part(x, first, rows), weight.Span<float>(), bias.Span<float>(),
            Part(statistics, first, rows), Part(centered, first, rows), Part(Result, first, rows));
}

/// <inheritdoc cref="LayerNormCase"/>
public class LayerNormBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new LayerNormCase();
}
