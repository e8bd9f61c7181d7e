using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>Which width is chosen, and what is said about one that cannot be.</summary>
public sealed class SimdWidthTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void The_widest_is_chosen_by_itself(string? setting)
        => Assert.Equal(SimdScope.Widths.Max(), Simd.Choose(setting));

    [Fact]
    public void The_setting_forces_a_width()
        => Assert.All(SimdScope.Widths, width => Assert.Equal(width, Simd.Choose($" {width} ")));

    [Theory]
    [InlineData("wide")]
    [InlineData("1024")]
    public void A_malformed_setting_is_named(string setting)
    {
        var error = Assert.Throws<PlatformNotSupportedException>(() => Simd.Choose(setting));
        Assert.Contains($"MAGEDSL_SIMD is '{setting}'", error.Message);
    }

    [Fact]
    public void A_width_that_the_machine_lacks_is_refused()
    {
        if (Simd.IsSupported(512))
            Assert.Skip("this machine has every width");
        var error = Assert.Throws<PlatformNotSupportedException>(() => Simd.Choose("512"));
        Assert.Contains("available", error.Message);
    }
}
