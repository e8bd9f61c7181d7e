using Dsl.Tests.Kernels;
using Mage.Classification;
using Mage.Model;
using Mage.Perceptual;
using Mage.Sampling;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Kernels;

[Recompile(typeof(MageKernels), Fusion = false)]
public static partial class UnfusedMageKernels;

[Recompile(typeof(ContrastKernels), Fusion = false)]
public static partial class UnfusedContrastKernels;

[Recompile(typeof(QuantizerKernels), Fusion = false)]
public static partial class UnfusedQuantizerKernels;

[Recompile(typeof(SamplingKernels), Fusion = false)]
public static partial class UnfusedSamplingKernels;

[Recompile(typeof(DiscriminatorKernels), Fusion = false)]
public static partial class UnfusedDiscriminatorKernels;

[Recompile(typeof(AdversarialKernels), Fusion = false)]
public static partial class UnfusedAdversarialKernels;

[Recompile(typeof(ClassifierKernels), Fusion = false)]
public static partial class UnfusedClassifierKernels;

[Recompile(typeof(PerceptualKernels), Fusion = false)]
public static partial class UnfusedPerceptualKernels;

/// <summary>
/// Every kernel of the model, the tokenizer, what it is trained by, and the sampler, found by itself and once more unfused, against its definition:
/// results and gradients, on every device, by the same checks as the library's.
/// </summary>
public class ModelKernelTests
{
    private static IEnumerable<KernelInfo> Kernels =>
        KernelCases.Of(typeof(MageKernels), typeof(ModelKernelTests))
            .Where(kernel => kernel.Name.Split('.')[0].Replace("Unfused", "") is nameof(MageKernels) or nameof(ContrastKernels)
                or nameof(QuantizerKernels) or nameof(SamplingKernels) or nameof(DiscriminatorKernels)
                or nameof(AdversarialKernels) or nameof(ClassifierKernels) or nameof(PerceptualKernels));

    public static IEnumerable<TheoryDataRow<string, string>> KernelsOnDevices() => KernelCases.OnEveryDevice(Kernels);

    [Theory]
    [MemberData(nameof(KernelsOnDevices))]
    public void Agrees_with_its_definition(string device, string name)
    {
        var failures = KernelCases.Failures(name, device);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Fact]
    public void All_of_them_are_found() => Assert.Equal(118, Kernels.Count());
}
