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
        Device.Register(new DeviceKind("cuda", static index => CudaKind.Shared.Open(index)) { FindAccelerator = static () => CudaKind.Shared.FindAccelerator() });
        Device.Register(new DeviceKind("opencl", static index => OpenClKind.Shared.Open(index)) { FindAccelerator = static () => OpenClKind.Shared.FindAccelerator() });
        Device.Register(new DeviceKind("ilgpu", static index => IlgpuKind.Shared.Open(index)));
    }
}
