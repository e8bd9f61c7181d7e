using Dsl.Tests.Kernels;
using MageDsl.Devices.Gpu;
using MageDsl.Layers;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>
/// Kernels whose products are large enough for large tiles: their operands and results by fours, and where sizes forbid that, one by one.
/// </summary>
public class LargeProductTests
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var device in new[] { "opencl", "cuda" })
            foreach (var name in Kernels.Keys) data.Add(device, name);
        return data;
    }

    private static readonly Dictionary<string, (int[][] Shapes, Func<Tensor[], Tensor> Launch)> Kernels = new()
    {
        ["linear, by fours"] = ([[3, 44, 132], [136, 132], [136]], t => Projections.Linear(t[0], t[1], t[2])),
        ["linear, one by one"] = ([[131, 130], [133, 130], [133]], t => Projections.Linear(t[0], t[1], t[2])),
        ["norm and convolution"] = (
            [[2, 16, 9, 8], [16], [16], [132, 16, 3, 3]], t => Convolutions.NormSwishConv3x3(t[0], t[1], t[2], t[3], groups: 4)),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_do_as_on_the_processor(string name, string kernel)
    {
        if (kernel != "linear, by fours") KernelCases.SkipWhereSlow(name);
        var usual = GpuTests.Open(name);
        var device = name == "cuda"
            ? usual
            : new GpuDevice(name, new GpuTraits(GpuThread.Most, usual.BusyGroups, "with large groups"), usual.Accelerator);
        var (shapes, launch) = Kernels[kernel];
        var expected = Results(MageDsl.Devices.Device.Open("cpu"), shapes, launch);
        var results = Results(device, shapes, launch);
        for (var i = 0; i < results.Length; i++)
        {
            var scale = 1e-6 + expected[i].Max(MathF.Abs);
            Assert.All(results[i].Zip(expected[i]), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 3e-5 * scale, $"{i}: {pair}"));
        }
    }

    /// <summary>The result, and the gradient of every tensor if that of the result is anything but constant.</summary>
    private static float[][] Results(MageDsl.Devices.Device device, int[][] shapes, Func<Tensor[], Tensor> launch)
    {
        using var scope = new TensorScope(device);
        Tensor[] inputs = [.. shapes.Select((shape, i) => Draw(i, shape))];
        using var tape = new GradientTape();
        foreach (var input in inputs) tape.Watch(input);
        var result = launch(inputs);
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record([result], [loss], (_, _) => [Draw(99, result.Shape.ToArray())]);
        tape.Backward(loss);
        return [result.ToArray<float>(), .. inputs.Select(input => tape.Gradient(input)!.ToArray<float>())];
    }

    private static Tensor Draw(int seed, int[] shape)
    {
        var random = new Random(seed);
        return Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], shape);
    }
}
