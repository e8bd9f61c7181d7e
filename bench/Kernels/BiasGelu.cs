using MageDsl;

namespace Bench.Kernels;

/// <summary>Bias and the exact GELU on [8192, 3072], as after the first linear layer of a perceptron.</summary>
internal sealed class BiasGeluCase : KernelCase
{
    private const int Width = 3072;
    private readonly Tensor x, bias, biased;

    public BiasGeluCase()
    {
        x = Input(2, Rows, Width);
        bias = Input(1, Width);
        biased = Buffer(Rows, Width);
        Result = Buffer(Rows, Width);
    }

    public override string Name => $"bias + GELU [{Rows}, {Width}]";

    public override long LeastBytes => 2L * Rows * Width * sizeof(float);

    public override long BackwardBytes => 3L * Rows * Width * sizeof(float);

    protected override int Rows => 8192;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [x, bias];

    protected override Tensor Launch(bool fused) => fused ? BenchKernels.BiasGelu(x, bias) : UnfusedBenchKernels.BiasGelu(x, bias);

    protected override void Pass(int first, int rows, int part)
    {
        var values = Part(biased, first, rows);
        Kernels.OpByOp.AddBias(Part(x, first, rows), bias.Span<float>(), values);
        Kernels.OpByOp.Gelu(values, Part(Result, first, rows));
    }
}

/// <inheritdoc cref="BiasGeluCase"/>
public class BiasGeluBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new BiasGeluCase();
}
