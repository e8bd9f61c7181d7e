using MageDsl;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Convolutions are products that read their windows from the image: no matrix of patches is ever in memory.</summary>
public class ConvolutionTests
{
    [Theory]
    [InlineData("Convolutions.Conv3x3", 0, 0)]
    [InlineData("Convolutions.Conv3x3Bias", 0, 0)]
    [InlineData("Convolutions.Conv3x3Residual", 0, 0)]
    [InlineData("Convolutions.NormSwishConv3x3", 1, 2)]
    [InlineData("Convolutions.NormSwishConv3x3Residual", 1, 2)]
    public void Temporaries_are_at_most_images(string name, int forwardImages, int backwardImages)
    {
        var kernel = KernelCases.Find(name);
        var sizes = kernel.Sizes(KernelCases.FreeAxes(kernel).ToDictionary(a => a, a => a is "h" or "w" ? 32 : a is "g" ? 4 : 8));
        const int image = 8 * 4 * 8 * 32 * 32 * sizeof(float);
        var variant = kernel.Variants[^1];
        Assert.InRange(Temporaries(variant.Forward, sizes), 0, (forwardImages * image * 1.05) + (image * 0.05));
        Assert.InRange(Temporaries(variant.Backward!, sizes), 0, (backwardImages * image * 1.05) + (image * 0.05));
    }

    [Fact]
    public void Normalization_and_swish_are_one_launch_and_the_residual_is_part_of_the_convolution()
    {
        var kernel = KernelCases.Find("Convolutions.NormSwishConv3x3Residual");
        Assert.Equal(["row", "contraction"], kernel.Variants[^1].Forward.Stages.Select(s => s.Template));
    }

    private static double Temporaries(KernelProgram program, IReadOnlyDictionary<string, int> sizes) =>
        program.PeakBytes(sizes) - program.Outputs.Sum(o => o.Bytes.At(sizes));
}
