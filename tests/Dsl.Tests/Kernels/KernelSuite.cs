using MageDsl;
using Xunit;
using MageDsl.Devices.Cpu;
using MageDsl.Testing;

namespace Dsl.Tests.Kernels;

/// <summary>Every kernel of the library, found by itself, against its definition: results and gradients, at every vector width.</summary>
public class KernelSuite
{
    public static IEnumerable<TheoryDataRow<string, bool>> Kernels()
    {
        _ = typeof(MageDsl.Layers.Attention).Assembly;
        System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(typeof(Tensor).Module.ModuleHandle);
        foreach (var kernel in KernelRegistry.All())
        {
            yield return new(kernel.Name, false);
            if (kernel.Parameters.Any(p => p.Kind == KernelParameterKind.Bool)) yield return new(kernel.Name, true);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void AgreesWithItsDefinition(string name, bool flags)
    {
        var kernel = KernelRegistry.All().Single(k => k.Name == name);
        var scalars = kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).ToDictionary(p => p.Name, object (_) => flags);
        GradientCheck.Run(kernel, new GradientCheckOptions { Scalars = scalars }).Assert();
    }
}
