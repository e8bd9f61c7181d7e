using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Devices;

public class DeviceTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData(" CPU ")]
    public void A_name_opens_one_device(string name) => Assert.Same(CpuDevice.Shared, Device.Open(name));

    [Fact]
    public void A_name_that_nothing_has_is_refused_with_what_there_is()
    {
        Assert.Equal("no device is called 'abacus'; there is cpu", Assert.Throws<DeviceException>(() => Device.Open("abacus")).Message);
        Assert.Throws<DeviceException>(() => Device.Open(""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("cpu")]
    public void The_environment_chooses_the_default(string? value) => Assert.Same(CpuDevice.Shared, Device.Choose(value));

    [Fact]
    public void A_wrong_environment_is_named() => Assert.Equal(
        "MAGEDSL_DEVICE is 'abacus', but no device is called so; there is cpu", Assert.Throws<DeviceException>(() => Device.Choose("abacus")).Message);

    [Fact]
    public void Every_kind_opens_a_device_of_its_name() => Assert.All(Device.Kinds, kind =>
    {
        var device = kind.Open();
        Assert.Equal(kind.Name, device.Name);
        Assert.Same(device, kind.Open());
    });

    [Fact]
    public void A_name_belongs_to_one_kind() => Assert.Contains(
        "'CPU' already", Assert.Throws<ArgumentException>(() => Device.Register(new DeviceKind("CPU", _ => CpuDevice.Shared))).Message);

    [Fact]
    public void A_part_of_memory_stays_within_it()
    {
        var memory = new DeviceMemory(1000, 64);
        Assert.Equal(new DeviceMemory(1016, 48), memory.Slice(16, 48));
        Assert.Equal(new DeviceMemory(1064, 0), memory.Slice(64, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(16, 49));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(65, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(1, nuint.MaxValue));
    }
}
