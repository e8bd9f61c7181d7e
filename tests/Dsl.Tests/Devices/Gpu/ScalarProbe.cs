using System.Numerics;
using MageDsl.Devices.Gpu;
using MageDsl.Tests.Cpu;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Device code on one device, in one precision.</summary>
internal abstract class ScalarProbe : ArithmeticProbe
{
    /// <summary>Device and precision.</summary>
    public static string[] Names { get; } = [.. GpuTests.Names.SelectMany(device => new[] { $"{device} float", $"{device} double" })];

    /// <summary>The one of a name; skips the test where the machine has no such device.</summary>
    public static ScalarProbe Open(string name)
    {
        var parts = name.Split(' ');
        var device = GpuTests.Open(parts[0]);
        return parts[1] == "float" ? new Of<float, Float32>(device) : new Of<double, Float64>(device);
    }

    /// <summary>A device's functions for what is rounded to bfloat16.</summary>
    public static ScalarProbe OpenShort(string device) => new Of<float, Floats<ShortFunctions>>(GpuTests.Open(device));

    private sealed class Of<T, S>(GpuDevice device) : ScalarProbe
        where T : unmanaged, INumber<T>
        where S : struct, IScalar<T>
    {
        public override bool Single => typeof(T) == typeof(float);

        public override double[] Unary(string name, double[] a) => Ternary(name, a, a, a);

        public override double[] Binary(string name, double[] a, double[] b) => Ternary(name, a, b, b);

        public override double[] Ternary(string name, double[] a, double[] b, double[] c)
        {
            using var scope = new TensorScope(device);
            var result = Tensor.Empty(ElementTypes.Of<T>(), a.Length);
            var stage = new ScalarStage<T, S>
            {
                A = Upload(a).GpuView<T>(device),
                B = Upload(b).GpuView<T>(device),
                C = Upload(c).GpuView<T>(device),
                Result = result.GpuView<T>(device),
                Operation = (int)typeof(ScalarOperations).GetField(name)!.GetRawConstantValue()!,
            };
            device.Launch(stage, (a.Length + device.GroupSize - 1) / device.GroupSize, device.GroupSize);
            return [.. result.ToArray<T>().Select(double.CreateChecked)];
        }

        private static Tensor Upload(double[] values)
        {
            var tensor = Tensor.Empty(ElementTypes.Of<T>(), values.Length);
            tensor.Write<T>([.. values.Select(T.CreateChecked)]);
            return tensor;
        }
    }
}
