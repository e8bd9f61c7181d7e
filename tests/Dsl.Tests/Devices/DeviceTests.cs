using ILGPU.Runtime.OpenCL;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices;

public class DeviceTests
{
    private const string Known = "there is cpu, cuda, opencl, ilgpu and auto";

    [Theory]
    [InlineData("cpu")]
    [InlineData(" CPU ")]
    public void A_name_opens_one_device(string name) => Assert.Same(CpuDevice.Shared, Device.Open(name));

    [Fact]
    public void A_name_that_nothing_has_is_refused_with_what_there_is()
    {
        Assert.Equal($"no device is called 'abacus'; {Known}", Assert.Throws<DeviceException>(() => Device.Open("abacus")).Message);
        foreach (var name in new[] { "", "cpu:", "cpu:x", "cpu:-1", "cpu:0:0", ":0" }) Assert.Throws<DeviceException>(() => Device.Open(name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("cpu")]
    public void The_environment_chooses_the_default(string? value) => Assert.Same(CpuDevice.Shared, Device.Choose(value));

    [Fact]
    public void A_wrong_environment_is_named() => Assert.Equal(
        $"MAGEDSL_DEVICE is 'abacus', but no device is called so; {Known}", Assert.Throws<DeviceException>(() => Device.Choose("abacus")).Message);

    /// <summary>Or says in one line why it has none.</summary>
    [Fact]
    public void Every_kind_opens_a_device_of_its_name() => Assert.All(Device.Kinds, kind =>
    {
        try
        {
            var device = kind.Open();
            Assert.Equal(kind.Name, device.Name);
            Assert.Same(device, kind.Open());
            Assert.Same(device, Device.Open($"{kind.Name}:0"));
            Assert.DoesNotContain('\n', device.Description);
            var message = Assert.Throws<DeviceException>(() => Device.Open($"{kind.Name}:99")).Message;
            Assert.Contains($"there is no {kind.Name}:99; of its kind there ", message);
        }
        catch (DeviceException e)
        {
            Assert.NotEqual("cpu", kind.Name);
            Assert.Equal(e.Message, Assert.Throws<DeviceException>(() => Device.Open($"{kind.Name}:1")).Message);
            Assert.DoesNotContain('\n', e.Message);
        }
    });

    /// <summary>No imitation of one, and not the processor by way of OpenCL.</summary>
    [Fact]
    public void The_fastest_is_hardware_of_its_own_or_the_cpu()
    {
        var accelerators = Device.Kinds.Select(kind => kind.FindAccelerator()).OfType<Device>().ToArray();
        Assert.Same(accelerators.FirstOrDefault() ?? CpuDevice.Shared, Device.Open("Auto"));
        Assert.DoesNotContain(accelerators, device => device.Name is "cpu" or "ilgpu");
        Assert.DoesNotContain(
            accelerators, device => device is GpuDevice { Accelerator: CLAccelerator { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU } });
    }

    [Fact]
    public void A_name_belongs_to_one_kind() => Assert.Contains(
        "'CPU' already", Assert.Throws<ArgumentException>(() => Device.Register(new DeviceKind("CPU", "cpu", _ => CpuDevice.Shared))).Message);

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
