using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>What ILGPU can drive. Its assemblies are loaded when one of these is looked for, and not before.</summary>
internal static class GpuKinds
{
    /// <summary>Makes them known before anything asks for a device.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Kernels are registered in the same way.")]
    internal static void Register()
    {
        if (!Device.HasGpu) return;
        Register("cuda", static index => CudaKind.Shared.Open(index), static () => CudaKind.Shared.FindAccelerator());
        Register("opencl", static index => OpenClKind.Shared.Open(index), static () => OpenClKind.Shared.FindAccelerator());
        Register("ilgpu", static index => IlgpuKind.Shared.Open(index), static () => null);
    }

    private static void Register(string name, Func<int, Device> find, Func<Device?> findAccelerator)
        => Device.Register(new DeviceKind(name, "gpu", find) { FindAccelerator = findAccelerator });
}
