using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Shared memory beyond the 48 KiB that a group has without asking: the driver wants to be told of each kernel, and ILGPU does not tell it.
/// </summary>
internal static unsafe class SharedLimit
{
    // Of CUdevice_attribute and CUfunction_attribute.
    private const int PerGroup = 97, DynamicOfKernel = 8;

    /// <summary>Lets a kernel be launched with all that a group can have.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="allocated">Bytes that it allocates itself.</param>
    public static void Raise(CudaKernel kernel, int allocated)
    {
        var accelerator = (CudaAccelerator)kernel.Accelerator;
        accelerator.Bind();
        var most = CudaAPI.CurrentAPI.GetDeviceAttribute((DeviceAttributeKind)PerGroup, accelerator.DeviceId);
        _ = DriverLibraries.TryLoad(DriverLibraries.Cuda, out var driver);
        var set = (delegate* unmanaged<nint, int, int, CudaError>)NativeLibrary.GetExport(driver, "cuFuncSetAttribute");
        CudaException.ThrowIfFailed(set(kernel.FunctionPtr, DynamicOfKernel, most - allocated));
    }
}
