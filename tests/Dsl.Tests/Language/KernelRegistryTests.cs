using Dsl.Tests.Kernels;
using MageDsl;
using MageDsl.Layers;
using Xunit;

namespace Dsl.Tests.Language;

public class KernelRegistryTests
{
    [Fact]
    public void Gives_the_kernels_of_a_class_and_no_others() => Assert.Equal(
        [
            "Normalization.GroupNorm", "Normalization.GroupNormSwish", "Normalization.L2Norm",
            "Normalization.L2Normalize", "Normalization.LayerNorm", "Normalization.MaxNormalize",
        ], KernelRegistry.Of(typeof(Normalization)).Select(kernel => kernel.Name));

    [Fact]
    public void A_recompiled_class_has_its_own() => Assert.All(KernelRegistry.Of(typeof(UnfusedNormalization)), kernel =>
    {
        Assert.False(kernel.Fused);
        Assert.StartsWith("UnfusedNormalization.", kernel.Name);
    });

    [Fact]
    public void Says_so_if_a_class_has_none()
    {
        var error = Assert.Throws<ArgumentException>(() => KernelRegistry.Of(typeof(KernelRegistryTests)));
        Assert.Contains("Dsl.Tests.Language.KernelRegistryTests has no compiled kernels", error.Message);
    }
}
