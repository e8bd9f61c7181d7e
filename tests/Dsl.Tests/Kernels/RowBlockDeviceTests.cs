using System.Collections.Concurrent;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Devices.Gpu;
using MageDsl.Testing;
using MageDsl.Tests.Devices.Gpu;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Row blocks of groups of threads against those of the processor, where blocks of rows, groups and fast memory end.</summary>
public class RowBlockDeviceTests
{
    /// <summary>What a group has of shared memory where a launch can say so: little, because more would take long to fill.</summary>
    private const int Little = 256;

    private static readonly ConcurrentDictionary<string, GpuDevice> WithLittle = new();

    public static IEnumerable<TheoryDataRow<string, int, int>> Cases() =>
        from device in GpuTests.Names
        from extent in Extents(device == "opencl" ? SharedFloats<float>.Elements : Little)
        select new TheoryDataRow<string, int, int>(device, extent.Rows, extent.Keys);

    public static TheoryData<string> Devices() => new(GpuTests.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_processor(string device, int rows, int keys)
    {
        if (keys != 5) KernelCases.SkipWhereSlow(device);
        // What imitates a driver on the processor takes long to compile a block; the other precision is the same text there.
        foreach (var type in device == "opencl" ? [ElementType.Float32] : new[] { ElementType.Float32, ElementType.Float64 })
        {
            var (kernel, arguments) = Draw(nameof(RowBlockKernels.CrossAttention), rows, keys);
            var expected = KernelRun.Of(kernel, arguments, type, seed: 4, CpuDevice.Shared);
            var found = KernelRun.Of(kernel, arguments, type, seed: 4, WithLittle.GetOrAdd(device, name => Limited(GpuTests.Open(name))));
            KernelRun.AssertClose(expected, found, type == ElementType.Float32 ? 2e-5 : 1e-11, 0.1, $"{type}, {rows} rows of {keys}");
        }
    }

    /// <summary>
    /// Also where tiles of tensor cores end, in rows, columns and terms; in several blocks, and where no row fits. In float32 each product is three,
    /// and imitated takes as much longer, so it is small.
    /// </summary>
    [Theory]
    [InlineData("ilgpu", Precision.Float32, 3, 9, true)]
    [InlineData("ilgpu", Precision.Tf32, 18, 35, false)]
    [InlineData("ilgpu", Precision.BFloat16, 18, 35, true)]
    [InlineData("ilgpu", Precision.BFloat16, 67, 131, false)]
    [InlineData("ilgpu", Precision.BFloat16, 3, Little + 1, true)]
    [InlineData("cuda", Precision.Float32, 257, 257, false)]
    [InlineData("cuda", Precision.Tf32, 257, 257, false)]
    [InlineData("cuda", Precision.BFloat16, 257, 257, false)]
    public void Agrees_with_the_processor_on_tensor_cores(string name, Precision precision, int rows, int keys, bool isLimited)
    {
        var device = GpuTests.Own(name);
        device = new GpuDevice(name, device.Traits with { SplitsFloats = true }, device.Accelerator);
        if (isLimited) device = Limited(device);
        var (kernel, arguments) = Draw(nameof(RowBlockKernels.CrossAttention), rows, keys);
        var expected = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 4, CpuDevice.Shared);
        device.Precision = precision;
        var found = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 4, device);
        var (most, least) = precision switch { Precision.Float32 => (1e-5, 0), Precision.Tf32 => (3e-3, 1e-5), _ => (3e-2, 1e-4) };
        KernelRun.AssertClose(expected, found, most, 0.1, $"{precision}, {rows} rows of {keys}");
        Assert.Contains(expected[0].Zip(found[0]), pair => Math.Abs(pair.First - pair.Second) > least);
        Assert.Contains(device.Kernels.Known, stage => stage.ToString().Contains(nameof(TilesOfProduct), StringComparison.Ordinal));
    }

    /// <summary>Sums over heads, rows and images in several blocks of rows.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void Sums_across_rows_go_on_from_block_to_block(string device)
    {
        KernelCases.SkipWhereSlow(device);
        var (kernel, arguments) = Draw(nameof(RowBlockKernels.LearnedKeysAndTemperature), 70, 9);
        var expected = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 5, CpuDevice.Shared);
        var found = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 5, GpuTests.Open(device));
        KernelRun.AssertClose(expected, found, 2e-5, 0.1, "70 rows of 9");
        var again = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 5, GpuTests.Open(device));
        Assert.All(found.Zip(again), runs => Assert.Equal(runs.First, runs.Second));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Sums_over_no_rows_are_zero(string device)
    {
        KernelCases.SkipWhereSlow(device);
        var (kernel, arguments) = Draw(nameof(RowBlockKernels.CrossAttention), 0, 3);
        var run = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 6, GpuTests.Open(device));
        Assert.Equal([0, 0], run[..2].Select(values => values.Length));
        Assert.All(run[2..], gradient => Assert.All(gradient, value => Assert.Equal(0, value)));
        Assert.All(run[2..], Assert.NotEmpty);
    }

    private static (int Rows, int Keys)[] Extents(int floats) =>
    [
        (1, 1),
        (65, 5),           // one row more than a block
        (12, floats / 4),  // fewer rows in a block
        (3, floats + 1),   // not even one row in the memory of a group
    ];

    private static GpuDevice Limited(GpuDevice device)
    {
        var bytes = Math.Min(device.Traits.SharedBytes, Little * sizeof(float));
        return new GpuDevice(device.Name, device.Traits with { SharedBytes = bytes }, device.Accelerator);
    }

    private static (KernelInfo Kernel, KernelArguments Arguments) Draw(string name, int rows, int keys)
    {
        var kernel = KernelCases.Find($"{nameof(RowBlockKernels)}.{name}");
        var given = new Dictionary<string, int> { ["t"] = rows, ["u"] = keys };
        foreach (var axis in KernelCases.FreeAxes(kernel).Where(axis => !given.ContainsKey(axis))) given.Add(axis, axis == "e" ? 9 : 2);
        var sizes = kernel.Sizes(given);
        return (kernel, KernelArguments.Draw(kernel, sizes, KernelCases.Options(kernel, sizes, new Dictionary<string, object>(), seed: 7)));
    }
}
