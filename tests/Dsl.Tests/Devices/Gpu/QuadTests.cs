using System.Reflection;
using Dsl.Tests.Kernels;
using ILGPU;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using MageDsl.Testing;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Code for four elements at once: what it computes, when it is taken, and kernels at sizes of both kinds.</summary>
public class QuadTests
{
    public static TheoryData<string> Devices() => new(GpuTests.Names);

    [Fact]
    public void Each_of_four_is_as_one_is()
    {
        Check<float, Float32>(i => 0.37f * i);
        Check<double, Float64>(i => 0.37 * i);
    }

    private static void Check<T, S>(Func<int, T> number)
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        var (quads, scalars) = (typeof(Quads<T, S>), typeof(S));
        var operations = quads.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => IsQuad(m.ReturnType) && m.GetParameters().All(p => IsQuad(p.ParameterType))).ToArray();
        Assert.True(operations.Length >= 29, $"{operations.Length} operations");
        foreach (var operation in operations)
        {
            var types = operation.GetParameters().Select(p => p.ParameterType.GetGenericArguments()[0]).ToArray();
            object[][] parts = [.. Enumerable.Range(0, 4).Select(lane => types
                .Select((type, i) => type == typeof(bool) ? lane + i is 1 or 3 or 4 : (object)number((5 * lane + 3 * i + 2) % 11)).ToArray())];
            object?[] arguments = [.. types.Select((type, i) => Activator.CreateInstance(
                typeof(Quad<>).MakeGenericType(type), parts[0][i], parts[1][i], parts[2][i], parts[3][i]))];
            var found = operation.Invoke(null, arguments)!;
            var one = scalars.GetMethod(operation.Name, types)!;
            Assert.Equal(parts.Select(p => one.Invoke(null, p)), "XYZW".Select(lane => found.GetType().GetField($"{lane}")!.GetValue(found)));
        }

        Assert.Equal([S.Of(5), S.Of(8), S.Of(11), S.Of(14)], Parts(Quads<T, S>.Iota(5, 3)));
        Assert.Equal(Enumerable.Range(8, 4).Select(i => S.Random(7, 2, (uint)i)), Parts(Quads<T, S>.Random(7, 2, 8)));
        var four = new Quad<T>(number(3), number(9), number(1), number(9));
        Assert.Equal(S.Add(S.Add(number(3), number(9)), S.Add(number(1), number(9))), Quads<T, S>.Sum(four));
        Assert.Equal((number(9), number(1)), (Quads<T, S>.Largest(four), Quads<T, S>.Smallest(four)));
        var (best, place) = (number(3), 7);
        Quads<T, S>.TakeLargest(ref best, ref place, four, 20);
        Assert.Equal((number(9), 21), (best, place));
        Quads<T, S>.TakeSmallest(ref best, ref place, four, 40);
        Assert.Equal((number(1), 42), (best, place));
    }

    private static bool IsQuad(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Quad<>);

    private static T[] Parts<T>(Quad<T> quad)
        where T : unmanaged => [quad.X, quad.Y, quad.Z, quad.W];

    [Theory]
    [MemberData(nameof(Devices))]
    public void Launches_take_four_where_they_are_told(string name)
    {
        var device = GpuTests.Open(name);
        foreach (var quads in new[] { false, true })
        {
            using var scope = new TensorScope(device);
            var widths = Tensor.Zeros(ElementType.Float32, 24);
            var stage = new WidthStage { Widths = widths.GpuView<float>(device) };
            GpuLauncher.Elements<WidthStage, float, Float32>(device, stage, 24, quads);
            Assert.All(widths.ToArray<float>(), width => Assert.Equal(quads && device.TakesQuads ? 4 : 1, width));
            GpuRowLauncher.Rows<WidthStage, float, Float32>(device, stage, 24, 8, alongRows: false, quads);
            Assert.All(widths.ToArray<float>(), sum => Assert.Equal(quads && device.TakesQuads ? 32 : 8, sum));
        }
    }

    /// <summary>Multiples of four and others; also rows that are too long for a warp.</summary>
    [Theory]
    [MemberData(nameof(KernelsOnDevices))]
    public void Kernels_are_right_at_every_width(string device, string name, string axis)
    {
        Assert.SkipUnless(GpuTests.Open(device).TakesQuads, "it takes elements one by one");
        KernelCases.Of(typeof(Tensor), typeof(QuadTests));
        var kernel = KernelCases.Find(name);
        foreach (var size in new[] { 4, 8, 12, 257, 2049, 2052 }.Where(size => size < 1000 || name == "Normalization.LayerNorm"))
        {
            var scalars = KernelCases.Flags(kernel).Last();
            var sizes = AxisSizes.Choose(kernel, 1, new Dictionary<string, int> { [axis] = size }, scalars, 2, 3);
            GradientCheck.Run(kernel, KernelCases.Options(kernel, sizes, scalars, 3) with { Device = Device.Open(device), MaxElements = 8 }).Assert();
        }
    }

    public static TheoryData<string, string, string> KernelsOnDevices()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var device in GpuTests.Names)
        {
            data.Add(device, "Activations.Gelu", "...");
            data.Add(device, "Regularization.DropoutResidual", "...");
            data.Add(device, "Normalization.LayerNorm", "d");
            data.Add(device, "Losses.SmoothedCrossEntropy", "u");
            data.Add(device, "ReductionKernels.ArgMaxLast", "c");
            data.Add(device, "ReductionKernels.SumFirst", "c");
        }
        return data;
    }

    /// <summary>Writes how many elements each of its threads has; for a row, how many all of its threads have.</summary>
    private struct WidthStage : IGpuElements<WidthStage, float>, IGpuRows<WidthStage, float>
    {
        public ArrayView<float> Widths;

        public static bool IsByFours => true;

        public static void Run<V, M, L>(WidthStage stage)
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<float, V, M>
        {
            var at = GpuThread.Index * L.Width;
            if (at < stage.Widths.Length) L.Store(stage.Widths, at, L.Create(L.Width));
        }

        public static void Run<V, M, L, R>(WidthStage stage)
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<float, V, M>
            where R : struct, IGpuTeam<float>
        {
            var row = (Grid.IdxX * Group.DimY) + Group.IdxY;
            var sum = R.Sum(R.Memory<float>(), L.Sum(L.Create(L.Width)));
            if (row < stage.Widths.Length && Group.IdxX == 0) stage.Widths[row] = sum;
        }
    }
}
