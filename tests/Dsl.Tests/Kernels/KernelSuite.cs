using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Every kernel there is, found by itself, on the processor: every vector width against the widest, and every number of threads bit for bit.
/// </summary>
[Collection(CpuSettings.Name)]
public class KernelSuite
{
    public static IEnumerable<TheoryDataRow<string>> Kernels() =>
        KernelCases.Of(typeof(Tensor), typeof(KernelSuite)).Select(kernel => new TheoryDataRow<string>(kernel.Name));

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
