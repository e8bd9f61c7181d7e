using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Every kernel there is, found by itself: those of the library, those of these tests, and all of them once more unfused. Results and gradients
/// against the definition, at several sizes, on every device. Nothing of the process is changed for it, so it runs beside other tests.
/// </summary>
public class DefinitionSuite
{
    public static IEnumerable<TheoryDataRow<string, string>> KernelsOnDevices() =>
        KernelCases.OnEveryDevice(KernelCases.Of(typeof(Tensor), typeof(DefinitionSuite)));

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
}
