using MageDsl;
using MageDsl.Layers;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Batches of nothing: results of the right shape, and gradients of zeros for what all of the batch shares.</summary>
public sealed class EmptyTests : IDisposable
{
    private readonly TensorScope scope = new();

    public void Dispose() => scope.Dispose();

    private static Tensor Ones(params int[] shape) => Tensor.Full(ElementType.Float32, 1, shape);

    private static void Zero(GradientTape tape, Tensor input)
    {
        var gradient = tape.Gradient(input)!;
        Assert.Equal(input.Shape, gradient.Shape);
        Assert.All(gradient.ToArray<float>(), value => Assert.Equal(0, value));
    }

    /// <summary>Launches, and takes the gradient of a loss over the empty result and something else.</summary>
    private static void Check(int[] shape, Func<Tensor> launch, params Tensor[] inputs)
    {
        using var tape = new GradientTape();
        foreach (var input in inputs) tape.Watch(input);
        var result = launch();
        Assert.Equal(shape, result.Shape.ToArray());
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record([result], [loss], (_, _) => [Tensor.Empty(ElementType.Float32, shape)]);
        tape.Backward(loss);
        foreach (var input in inputs) Zero(tape, input);
    }

    [Fact]
    public void Layer_norm()
    {
        var (x, weight, bias) = (Ones(0, 5), Ones(5), Ones(5));
        Check([0, 5], () => Normalization.LayerNorm(x, weight, bias), x, weight, bias);
    }

    [Fact]
    public void Linear()
    {
        var (x, weight, bias) = (Ones(0, 4), Ones(3, 4), Ones(3));
        Check([0, 3], () => Projections.Linear(x, weight, bias), x, weight, bias);
    }

    [Fact]
    public void Group_norm()
    {
        var (x, weight, bias) = (Ones(0, 4, 2, 2), Ones(4), Ones(4));
        Check([0, 4, 2, 2], () => Normalization.GroupNorm(x, weight, bias, 2), x, weight, bias);
    }

    [Fact]
    public void Convolution()
    {
        var (image, weight, bias) = (Ones(0, 2, 5, 5), Ones(3, 2, 3, 3), Ones(3));
        Check([0, 3, 5, 5], () => Convolutions.Conv3x3Bias(image, weight, bias), image, weight, bias);
    }

    [Fact]
    public void Lookup()
    {
        var table = Ones(6, 3);
        Check([0, 3], () => Embeddings.Embedding(table, Tensor.Zeros(ElementType.Int32, 0)), table);
    }

    [Fact]
    public void Sums_of_nothing_are_zero()
    {
        Assert.Equal(0, OptimizerKernels.SumOfSquares(Ones(0)).Item());
        Assert.Equal([0f, 0f], ReductionKernels.SumLast(Ones(2, 1, 0)).ToArray<float>());
        Assert.Equal([0f, 0f, 0f], ReductionKernels.SumFirst(Ones(0, 1, 3)).ToArray<float>());
        Assert.Equal([0f, 0f, 0f, 0f], ContractionKernels.RowsByRows(Ones(2, 0), Ones(2, 0)).ToArray<float>());
        Assert.Equal([1f, 1f, 1f, 1f], ContractionKernels.Negated(Ones(2, 0), Ones(0, 2)).ToArray<float>().Select(v => v + 1));
    }
}
