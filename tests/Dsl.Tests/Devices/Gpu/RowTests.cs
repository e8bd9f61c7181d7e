using MageDsl.Devices.Gpu;
using MageDsl.Layers;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>
/// Rows of sizes that decide how many threads have one, and whether they keep it or have shares of it: with groups as large as cards have them,
/// imitated on the processor, whose own are small.
/// </summary>
public class RowTests
{
    [Theory]
    [InlineData(true, 3, 20)]
    [InlineData(true, 700, 6)]
    [InlineData(true, 9, 768)]
    [InlineData(true, 60, 768)]
    [InlineData(true, 300, 64)]
    [InlineData(true, 3, 1030)]
    [InlineData(true, 2, 2025)]
    [InlineData(false, 3, 768)]
    [InlineData(true, 2, 2100)]
    public void Rows_are_as_on_the_processor(bool hasShuffles, int rows, int length)
    {
        var usual = GpuTests.Open("ilgpu");
        var traits = new GpuTraits(GpuThread.Most, 24, "with large groups") { HasShuffles = hasShuffles };
        var device = new GpuDevice("ilgpu", traits, usual.Accelerator);
        var expected = Results(MageDsl.Devices.Device.Open("cpu"), rows, length);
        var results = Results(device, rows, length);
        Assert.All(results.Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 2e-5f * (1 + Math.Abs(pair.Second)), $"{pair}"));
    }

    /// <summary>Layer norm of the logarithm of a softmax, with its gradients, and the largest of each row.</summary>
    private static float[] Results(MageDsl.Devices.Device device, int rows, int length)
    {
        using var scope = new TensorScope(device);
        var x = Draw(1, rows, length);
        using var tape = new GradientTape();
        var (weight, bias) = (Draw(2, length), Draw(3, length));
        foreach (var tensor in new[] { x, weight, bias }) tape.Watch(tensor);
        var normal = Normalization.LayerNorm(Activations.LogSoftmax(x), weight, bias);
        var (scaled, largest) = Normalization.MaxNormalize(x);
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record([normal], [loss], (_, _) => [Draw(4, rows, length)]);
        tape.Backward(loss);
        Tensor[] results = [normal, scaled, largest, tape.Gradient(x)!, tape.Gradient(weight)!, tape.Gradient(bias)!];
        return [.. results.SelectMany(result => result.ToArray<float>())];
    }

    private static Tensor Draw(int seed, params int[] shape)
    {
        var random = new Random(seed);
        return Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], shape);
    }
}
