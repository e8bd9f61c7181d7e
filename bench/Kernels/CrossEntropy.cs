using System.Numerics.Tensors;
using MageDsl;
using MageDsl.Layers;
using Tensor = MageDsl.Tensor;

namespace Bench.Kernels;

/// <summary>Softmax and cross-entropy with label smoothing over 2025 classes, the vocabulary of MAGE.</summary>
internal sealed class CrossEntropyCase : KernelCase
{
    private const int Classes = 2025;
    private const float Smoothing = 0.1f;
    private readonly Tensor logits, target, statistics, shifted, work;

    public CrossEntropyCase()
    {
        logits = Input(4, Rows, Classes);
        var classes = new int[Rows];
        foreach (ref var id in classes.AsSpan())
            id = Next(Classes);
        target = Own(Tensor.From(classes));
        statistics = Buffer(Rows);
        shifted = Buffer(Rows, Classes);
        work = Buffer(Rows, Classes);
        Result = Buffer(Rows);
    }

    public override string Name => $"softmax + cross-entropy [{Rows}, {Classes}]";

    public override long LeastBytes => (long)Rows * Classes * sizeof(float);

    protected override int Rows => 8192;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [logits];

    protected override Tensor Launch(bool fused) => fused
        ? Losses.SmoothedCrossEntropy(logits, target, Smoothing)
        : UnfusedLosses.SmoothedCrossEntropy(logits, target, Smoothing);

    // Six passes: maximum, subtract, exp, sum, subtract its logarithm, sum.
    protected override void Pass(int first, int rows, int part)
    {
        var scores = Part(logits, first, rows);
        var difference = Part(shifted, first, rows);
        var other = Part(work, first, rows);
        var values = Part(statistics, first, rows);
        var losses = Part(Result, first, rows);
        var ids = target.Span<int>().Slice(first, rows);
        for (var row = 0; row < rows; row++)
            values[row] = TensorPrimitives.Max<float>(Row(scores, row));
        for (var row = 0; row < rows; row++)
            TensorPrimitives.Subtract(Row(scores, row), values[row], Row(difference, row));
        TensorPrimitives.Exp(difference, other);
        for (var row = 0; row < rows; row++)
            values[row] = TensorPrimitives.Sum<float>(Row(other, row));
        TensorPrimitives.Log(values, values);
        for (var row = 0; row < rows; row++)
            TensorPrimitives.Subtract(Row(difference, row), values[row], Row(difference, row));
        for (var row = 0; row < rows; row++)
            values[row] = TensorPrimitives.Sum<float>(Row(difference, row));
        for (var row = 0; row < rows; row++)
            losses[row] = Row(difference, row)[ids[row]];
        TensorPrimitives.Multiply(losses, Smoothing - 1, losses);
        TensorPrimitives.Multiply(values, -Smoothing / Classes, values);
        TensorPrimitives.Add(losses, values, losses);
    }

    private static Span<float> Row(Span<float> matrix, int row) => matrix.Slice(row * Classes, Classes);
}

/// <inheritdoc cref="CrossEntropyCase"/>
public class CrossEntropyBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new CrossEntropyCase();
}
