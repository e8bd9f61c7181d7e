using Dsl.Tests.Kernels;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Devices.Gpu;
using MageDsl.Layers;
using MageDsl.Testing;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>What a device keeps in 16 bits where it multiplies in bfloat16.</summary>
public class ShortBufferTests
{
    private const int Width = 64, Hidden = 64;

    /// <summary>With rows enough for products to take their operands from where they lie, and with few.</summary>
    [Theory]
    [InlineData("ilgpu", 24)]
    [InlineData("ilgpu", 192)]
    [InlineData("cuda", 192)]
    public void Hidden_units_and_their_gradients_are_right(string name, int rows)
    {
        var isLarge = rows > 2 * Width;
        if (isLarge && name == "ilgpu") KernelCases.SkipUnlessAll("it takes minutes");
        Dictionary<string, object> scalars = new() { ["training"] = true, ["rate"] = 0.25f };
        var device = Check(name, "Perceptron.MlpBlock", new() { ["..."] = rows, ["d"] = Width, ["f"] = Hidden }, scalars);
        Assert.Equal(isLarge, device.Kernels.Known.Any(stage => stage.ToString().Contains(nameof(TermsOfRows), StringComparison.Ordinal)));
    }

    /// <summary>Queries, keys and values by fours, where tokens end anywhere, and one by one.</summary>
    [Theory]
    [InlineData("ilgpu", 19, 12)]
    [InlineData("ilgpu", 3, 5)]
    [InlineData("ilgpu", 67, 8)]
    [InlineData("cuda", 257, 64)]
    public void Attention_is_right(string name, int tokens, int depth) => Check(
        name, "Attention.SelfAttention",
        new() { ["b"] = 1, ["t"] = tokens, ["u"] = tokens, ["h"] = 2, ["e"] = depth, ["d"] = 2 * depth, ["s"] = 3 }, []);

    /// <summary>Sums for the gradients of biases are of what is kept for products, and norms are made again on the way back.</summary>
    [Theory]
    [InlineData("ilgpu", 5, 8)]
    [InlineData("cuda", 257, 64)]
    public void A_block_is_right(string name, int tokens, int depth)
    {
        if (name == "ilgpu") KernelCases.SkipUnlessAll("it takes most of a minute");
        Check(
            name, "Transformer.PreNormBlock",
            new() { ["b"] = 2, ["t"] = tokens, ["u"] = tokens, ["h"] = 2, ["e"] = depth, ["d"] = 2 * depth, ["s"] = 3, ["f"] = Hidden },
            new() { ["training"] = true, ["rate"] = 0.25f });
    }

    /// <summary>As long as a tape is open; and what was kept in one precision is read in it.</summary>
    [Theory]
    [InlineData("ilgpu")]
    [InlineData("cuda")]
    public void Less_is_kept_for_the_backward_pass(string name)
    {
        var device = GpuTests.Own(name);
        var (whole, expected) = Run(Precision.Float32, Precision.Float32);
        var (half, found) = Run(Precision.BFloat16, Precision.Float32);
        Assert.Equal(2 * 8 * Hidden, whole - half);
        Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-2);
        Assert.NotEqual(expected, found);

        (long Kept, float[] Gradient) Run(Precision forward, Precision backward)
        {
            using var scope = new TensorScope(device);
            using var tape = new GradientTape();
            var x = Wave(8, Width);
            tape.Watch(x);
            device.Precision = forward;
            var before = device.Pool.InUseBytes;
            var result = Perceptron.Mlp(x, Wave(Hidden, Width), Wave(Hidden), Wave(Width, Hidden), Wave(Width));
            var kept = device.Pool.InUseBytes - before;
            var loss = Tensor.Zeros(ElementType.Float32);
            tape.Record([result], [loss], (_, _) => [Wave(8, Width)]);
            device.Precision = backward;
            tape.Backward(loss);
            return (kept, tape.Gradient(x)!.ToArray<float>());
        }
    }

    /// <summary>
    /// Of a weight that a parameter holds words are made once, and again when it has been changed, and products have them from there. Others are
    /// rounded where they are multiplied, or packed, if that is worth it.
    /// </summary>
    [Theory]
    [InlineData("ilgpu")]
    [InlineData("cuda")]
    public void Weights_lie_as_words_beside_themselves(string name)
    {
        const int Outputs = 192;
        var device = GpuTests.Own(name);
        device.Precision = Precision.BFloat16;
        using var scope = new TensorScope(device);
        var (x, bias, weight) = (Wave(4, Width), Wave(Outputs), new Parameter("weight", Wave(Outputs, Width)).Value);
        var before = device.Pool.InUseBytes;
        AssertRight();
        Assert.Equal(2 * Outputs * Width, device.Pool.InUseBytes - before);
        weight.Write<float>(Enumerable.Range(0, Outputs * Width).Select(i => 0.2f * MathF.Cos(i)).ToArray());
        AssertRight();
        Assert.Equal(2 * Outputs * Width, device.Pool.InUseBytes - before);
        Assert.DoesNotContain(device.Kernels.Known, Rounds);

        weight = weight.Clone();
        AssertRight();
        Assert.Contains(device.Kernels.Known, Rounds);

        void AssertRight()
        {
            using var inner = new TensorScope(device);
            var found = Projections.Linear(x, weight, bias).ToArray<float>();
            var cpu = CpuDevice.Shared;
            using var host = new TensorScope(cpu);
            var expected = Projections.Linear(x.Clone(cpu), weight.Clone(cpu), bias.Clone(cpu)).ToArray<float>();
            Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-2);
        }

        static bool Rounds(Type stage) => stage.ToString().Contains("RightOperand", StringComparison.Ordinal);
    }

    /// <summary>Results and gradients against those of the processor in float32.</summary>
    private static GpuDevice Check(string name, string kernelName, Dictionary<string, int> sizes, Dictionary<string, object> scalars)
    {
        var device = GpuTests.Own(name);
        device.Precision = Precision.BFloat16;
        var kernel = KernelCases.Find(kernelName);
        var arguments = KernelArguments.Draw(kernel, sizes, KernelCases.Options(kernel, sizes, scalars, seed: 7));
        var expected = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 4, CpuDevice.Shared);
        KernelRun.AssertClose(expected, KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 4, device), 3e-2, 0.1, "bf16");
        return device;
    }

    private static Tensor Wave(params int[] shape)
        => Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => 0.3f * MathF.Sin(1 + i))], shape);
}
