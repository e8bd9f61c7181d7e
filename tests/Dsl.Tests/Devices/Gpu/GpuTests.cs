using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Devices for tests of what runs on them.</summary>
internal static class GpuTests
{
    /// <summary>Their names, whether or not the machine has them.</summary>
    public static string[] Names { get; } = ["ilgpu", "opencl", "cuda"];

    /// <summary>Opens one, or skips the test with the reason why there is none.</summary>
    public static GpuDevice Open(string name)
    {
        try
        {
            return (GpuDevice)Device.Open(name);
        }
        catch (DeviceException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>
    /// Another one of the same accelerator, for a test that changes its precision while others use the usual one. The threads of one that is imitated
    /// are the same: every collection of garbage would stop hundreds more.
    /// </summary>
    public static GpuDevice Own(string name)
    {
        var usual = Open(name);
        return new GpuDevice(usual.Name, usual.Traits, usual.Accelerator);
    }
}
