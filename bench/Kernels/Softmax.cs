using System.Numerics.Tensors;
using MageDsl;
using MageDsl.Layers;
using Tensor = MageDsl.Tensor;

namespace Bench.Kernels;

/// <summary>Softmax of the rows of [8192, 3072].</summary>
internal sealed class SoftmaxCase : KernelCase
{
    private const int Width = 3072;
    private readonly Tensor x;

    public SoftmaxCase()
    {
        x = Input(2, Rows, Width);
        Result = Buffer(Rows, Width);
    }

    public override string Name => $"softmax [{Rows}, {Width}]";

    public override long LeastBytes => 2L * Rows * Width * sizeof(float);

    public override long BackwardBytes => 3L * Rows * Width * sizeof(float);

    protected override int Rows => 8192;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [x];

    protected override Tensor Launch(bool fused) => fused ? Activations.Softmax(x) : UnfusedActivations.Softmax(x);

    // The library has a call for all of it, per row.
    protected override void Pass(int first, int rows, int part)
    {
        for (var row = first; row < first + rows; row++)
            TensorPrimitives.SoftMax(Part(x, row, 1), Part(Result, row, 1));
    }
}

/// <inheritdoc cref="SoftmaxCase"/>
public class SoftmaxBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new SoftmaxCase();
}
