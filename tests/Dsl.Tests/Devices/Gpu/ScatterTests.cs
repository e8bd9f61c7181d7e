using MageDsl.Devices.Gpu;
using MageDsl.Layers;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Additions to rows that ids name: few and many a row, and none; in shares, and in pieces.</summary>
public class ScatterTests
{
    [Theory]
    [InlineData("ilgpu", 5, 12)]
    [InlineData("ilgpu", 300, 5)]
    [InlineData("opencl", 300, 5)]
    [InlineData("cuda", 20000, 768)]
    public void Gradients_of_tables_are_as_on_the_processor_and_repeat(string name, int count, int width)
    {
        var device = GpuTests.Open(name);
        var random = new Random(1);
        // The second row takes most of them, the last none.
        var ids = Enumerable.Range(0, count).Select(_ => random.Next(3) > 0 ? 1 : random.Next(Rows - 1)).ToArray();
        var expected = Gradients(MageDsl.Devices.Device.Open("cpu"), ids, width);
        var results = Gradients(device, ids, width);
        Assert.All(results.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f * (count + 10)));
        Assert.Equal(results, Gradients(device, ids, width));
    }

    private const int Rows = 40;

    /// <summary>Of one table for all ids, and of one that has rows for each item.</summary>
    private static float[] Gradients(MageDsl.Devices.Device device, int[] ids, int width)
    {
        using var scope = new TensorScope(device);
        var (table, tables) = (Tensor.Zeros(ElementType.Float32, Rows, width), Tensor.Zeros(ElementType.Float32, 2, Rows, width));
        using var tape = new GradientTape();
        tape.Watch(table);
        tape.Watch(tables);
        var taken = Embeddings.Embedding(table, Tensor.From(ids));
        var tokens = Embeddings.TakeTokens(tables, Tensor.From([.. ids, .. Enumerable.Reverse(ids)], 2, ids.Length));
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record([taken, tokens], [loss], (_, _) => [Draw(2, ids.Length, width), Draw(3, 2, ids.Length, width)]);
        tape.Backward(loss);
        return [.. tape.Gradient(table)!.ToArray<float>(), .. tape.Gradient(tables)!.ToArray<float>()];
    }

    private static Tensor Draw(int seed, params int[] shape)
    {
        var random = new Random(seed);
        return Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], shape);
    }
}
