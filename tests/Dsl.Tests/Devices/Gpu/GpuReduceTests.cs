using System.Numerics;
using ILGPU;
using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Reductions of groups of all shapes, with NaN and equal values, against those of arrays.</summary>
public class GpuReduceTests
{
    private const int Groups = 5;

    public static TheoryData<string> Devices() => new(GpuTests.Names);

    [Theory]
    [MemberData(nameof(Devices))]
    public void Groups_of_every_shape_reduce_along_both_axes(string name)
    {
        var device = GpuTests.Open(name);
        foreach (var x in new[] { 1, 2, 8 })
        {
            foreach (var y in new[] { 1, 2, 4 }.Where(y => x * y <= device.GroupSize)) Check<float, Float32>(device, x, y);
        }
        Check<double, Float64>(device, 2, 4);
        Check<float, Float32>(device, device.GroupSize, 1);
        Check<float, Float32>(device, 1, device.GroupSize);
    }

    /// <summary>NaN is better than all numbers.</summary>
    private static void Check<T, S>(GpuDevice device, int x, int y)
        where T : unmanaged, INumber<T>
        where S : struct, IScalar<T>
    {
        // Few different values, so that some are equal; no number now and then.
        var random = new Random(3);
        double[] values = [.. Enumerable.Range(0, Groups * x * y).Select(_ => random.Next(24) is var v && v == 23 ? double.NaN : (v % 5) - 2)];
        CheckTeam<GpuGroupTeam<T, S>>();
        if (device.HasShuffles) CheckTeam<GpuWarpsTeam<T, S>>();
        if (device.HasShuffles && x <= 32) CheckTeam<GpuWarpTeam<T, S>>();

        void CheckTeam<R>()
            where R : struct, IGpuTeam<T>
        {
            Check<Sum<T, S, R>>(row => row.Sum());
            Check<Max<T, S, R>>(row => row.Any(double.IsNaN) ? double.NaN : row.Max());
            Check<Min<T, S, R>>(row => row.Any(double.IsNaN) ? double.NaN : row.Min());
            Check<ArgMax<T, S, R>>(row => row.Any(double.IsNaN) ? Array.FindIndex(row, double.IsNaN) : Array.IndexOf(row, row.Max()));
            Check<ArgMin<T, S, R>>(row => row.Any(double.IsNaN) ? Array.FindIndex(row, double.IsNaN) : Array.IndexOf(row, row.Min()));
        }

        void Check<R>(Func<double[], double> expected)
            where R : struct, IReduction<T>
        {
            using var scope = new TensorScope(device);
            var (input, output) = (Tensor.Empty(ElementTypes.Of<T>(), values.Length), Tensor.Empty(ElementTypes.Of<T>(), 2 * values.Length));
            input.Write<T>([.. values.Select(T.CreateChecked)]);
            device.Launch(new ReduceStage<T, R> { Input = input.GpuView<T>(device), Output = output.GpuView<T>(device) }, Groups, x, y);
            double[] found = [.. output.ToArray<T>().Select(double.CreateChecked)];
            for (var i = 0; i < values.Length; i++)
            {
                var (group, self) = (i / (x * y), i % (x * y));
                double[] row = [.. Enumerable.Range(0, x).Select(l => values[i - (self % x) + l])];
                double[] column = [.. Enumerable.Range(0, y).Select(l => values[(group * x * y) + (l * x) + (self % x)])];
                Assert.Equal((expected(row), expected(column)), (found[i], found[values.Length + i]));
            }
        }
    }

    /// <summary>Both directions of one reduction, along a row by its team; drivers take long over kernels with many barriers.</summary>
    private struct ReduceStage<T, R> : IGpuStage<ReduceStage<T, R>>
        where T : unmanaged
        where R : struct, IReduction<T>
    {
        public ArrayView<T> Input, Output;

        public static void Run(ReduceStage<T, R> s)
        {
            var shared = SharedMemory.Allocate<T>(256);
            var places = SharedMemory.Allocate<int>(256);
            var i = (Grid.IdxX * Group.DimX * Group.DimY) + (Group.IdxY * Group.DimX) + Group.IdxX;
            s.Output[i] = R.X(s.Input[i]);
            s.Output[i + (int)s.Input.Length] = R.Y(shared, places, s.Input[i]);
        }
    }

    private interface IReduction<T>
        where T : unmanaged
    {
        static abstract T X(T value);

        static abstract T Y(ArrayView<T> shared, ArrayView<int> places, T value);
    }

    private readonly struct Sum<T, S, R> : IReduction<T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where R : struct, IGpuTeam<T>
    {
        public static T X(T value) => R.Sum(R.Memory<T>(), value);

        public static T Y(ArrayView<T> shared, ArrayView<int> places, T value) => GpuReduce<T, S>.SumY(shared, value);
    }

    private readonly struct Max<T, S, R> : IReduction<T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where R : struct, IGpuTeam<T>
    {
        public static T X(T value) => R.Max(R.Memory<T>(), value);

        public static T Y(ArrayView<T> shared, ArrayView<int> places, T value) => GpuReduce<T, S>.MaxY(shared, value);
    }

    private readonly struct Min<T, S, R> : IReduction<T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where R : struct, IGpuTeam<T>
    {
        public static T X(T value) => R.Min(R.Memory<T>(), value);

        public static T Y(ArrayView<T> shared, ArrayView<int> places, T value) => GpuReduce<T, S>.MinY(shared, value);
    }

    private readonly struct ArgMax<T, S, R> : IReduction<T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where R : struct, IGpuTeam<T>
    {
        public static T X(T value)
            => S.Of(R.ArgMax(R.Memory<T>(), R.Memory<int>(), value, Group.IdxX));

        public static T Y(ArrayView<T> shared, ArrayView<int> places, T value)
            => S.Of(GpuPlaces<T, S>.ArgMaxY(shared, places, value, Group.IdxY));
    }

    private readonly struct ArgMin<T, S, R> : IReduction<T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where R : struct, IGpuTeam<T>
    {
        public static T X(T value)
            => S.Of(R.ArgMin(R.Memory<T>(), R.Memory<int>(), value, Group.IdxX));

        public static T Y(ArrayView<T> shared, ArrayView<int> places, T value)
            => S.Of(GpuPlaces<T, S>.ArgMinY(shared, places, value, Group.IdxY));
    }
}
