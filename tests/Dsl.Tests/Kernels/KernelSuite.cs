using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Every kernel there is, found by itself: those of the library, those of these tests, and all of them once more unfused. Results
/// and gradients against the definition, at several sizes, on every device; on the CPU every vector width against the widest, and every
/// number of threads bit for bit.
/// </summary>
[Collection(CpuSettings.Name)]
public class KernelSuite
{
    public static IEnumerable<TheoryDataRow<string>> Kernels() =>
        KernelCases.Of(typeof(Tensor), typeof(KernelSuite)).Select(kernel => new TheoryDataRow<string>(kernel.Name));

    public static IEnumerable<TheoryDataRow<string, string>> KernelsOnDevices() =>
        KernelCases.OnEveryDevice(KernelCases.Of(typeof(Tensor), typeof(KernelSuite)));

    [Theory]
    [MemberData(nameof(KernelsOnDevices))]
    public void Agrees_with_its_definition(string device, string name)
    {
        var failures = KernelCases.Failures(name, device);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    public static IEnumerable<TheoryDataRow<string, string>> LibraryKernelsOnDevices() =>
        KernelCases.OnEveryDevice(KernelCases.Of(typeof(Tensor)).Where(kernel => kernel.Owner?.Assembly == typeof(Tensor).Assembly));

    /// <summary>Zeros, ties and large numbers, in both precisions.</summary>
    [Theory]
    [MemberData(nameof(LibraryKernelsOnDevices))]
    public void Agrees_with_its_definition_at_extreme_numbers(string device, string name)
    {
        var kernel = KernelCases.Find(name);
        foreach (var scalars in KernelCases.Flags(kernel))
        {
            var sizes = KernelCases.Sizes(kernel, scalars).First();
            GradientCheck.Run(kernel, KernelCases.Options(kernel, sizes, scalars, seed: 6) with { Device = Device.Open(device) }, range: 300)
                .Assert();
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Agrees_with_itself_at_every_vector_width(string name)
    {
        var kernel = KernelCases.Find(name);
        foreach (var scalars in KernelCases.Flags(kernel))
        {
            foreach (var sizes in KernelCases.Sizes(kernel, scalars))
            {
                var arguments = KernelArguments.Draw(kernel, sizes, KernelCases.Options(kernel, sizes, scalars, seed: 2));
                foreach (var (type, tolerance) in new[] { (ElementType.Float64, 1e-11), (ElementType.Float32, 2e-5) })
                {
                    double[][]? first = null;
                    foreach (var width in SimdScope.Widths)
                    {
                        using var scope = new SimdScope(width, 1);
                        var run = KernelRun.Of(kernel, arguments, type, seed: 2);
                        KernelRun.AssertClose(
                            first ??= run, run, tolerance, type == ElementType.Float32 ? 0.1 : 1e-3,
                            $"{name}, {type}, {width} bits, {string.Join(" ", sizes)}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Gives_the_same_bits_for_any_number_of_threads(string name)
    {
        var kernel = KernelCases.Find(name);
        foreach (var scalars in KernelCases.Flags(kernel))
        {
            var sizes = KernelCases.Large(kernel, scalars, elements: 40_000);
            var arguments = KernelArguments.Draw(kernel, sizes, KernelCases.Options(kernel, sizes, scalars, seed: 3));
            double[][]? first = null;
            foreach (var threads in new[] { 1, 2, 3 })
            {
                using var scope = new SimdScope(MageDsl.Devices.Cpu.Simd.Width, threads);
                var run = KernelRun.Of(kernel, arguments, ElementType.Float32, seed: 3);
                first ??= run;
                for (var i = 0; i < run.Length; i++)
                {
                    Assert.True(first[i].AsSpan().SequenceEqual(run[i]), $"output {i} differs with {threads} threads");
                }
            }
        }
    }
}
