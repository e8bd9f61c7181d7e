using MageDsl;
using MageDsl.Testing;
using SmallNet;
using Xunit;

namespace SmallNet.Tests;

/// <summary>Every kernel of the net against its definition, and every gradient against finite differences.</summary>
public class KernelTests
{
    public static IEnumerable<TheoryDataRow<string>> Kernels() =>
        KernelRegistry.Of(typeof(SpiralKernels)).Select(kernel => new TheoryDataRow<string>(kernel.Name));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Is_as_defined(string name) => GradientCheck.Run(Find(name)).Assert();

    [Fact]
    public void Holds_the_layers_of_the_package_that_it_calls()
    {
        var block = Find("SpiralKernels.ResidualBlock");
        Assert.Contains("rsqrt", block.ForwardIr); // layer normalization
        Assert.Contains("erf", block.ForwardIr); // GELU
    }

    private static KernelInfo Find(string name) => KernelRegistry.Of(typeof(SpiralKernels)).Single(kernel => kernel.Name == name);
}
