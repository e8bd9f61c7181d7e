using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Shared memory beyond the 48 KiB that a group has without asking: the driver wants to be told of each kernel, and ILGPU does not tell it.
/// </summary>
internal static unsafe class SharedLimit
{
    /// <summary>What stages may allocate themselves.</summary>
    public const int OfStage = 8 << 10;

    /// <summary>The same, and what the driver keeps of each group.</summary>
    private const int Reserved = OfStage + (1 << 10);

    // Of CUdevice_attribute and CUfunction_attribute.
    private const int PerGroup = 97, DynamicOfKernel = 8;

    /// <summary>Where there is no card: as on one of compute capability 9.0.</summary>
    public static int OfGroup => Half(228 << 10, 227 << 10);

    /// <summary>What a launch may ask for, so that two groups are on a multiprocessor at once.</summary>
    public static int Of(CudaDevice device) => Half(device.MaxSharedMemoryPerMultiprocessor, Most(device.DeviceId));

    /// <summary>Lets a kernel be launched with all that a group can have.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="allocated">Bytes that it allocates itself.</param>
    public static void Raise(CudaKernel kernel, int allocated)
    {
        var accelerator = (CudaAccelerator)kernel.Accelerator;
        accelerator.Bind();
        _ = DriverLibraries.TryLoad(DriverLibraries.Cuda, out var driver);
        var set = (delegate* unmanaged<nint, int, int, CudaError>)NativeLibrary.GetExport(driver, "cuFuncSetAttribute");
        CudaException.ThrowIfFailed(set(kernel.FunctionPtr, DynamicOfKernel, Most(accelerator.DeviceId) - allocated));
    }

    private static int Most(int device) => CudaAPI.CurrentAPI.GetDeviceAttribute((DeviceAttributeKind)PerGroup, device);

    private static int Half(int perProcessor, int perGroup) => Math.Min(Math.Max(perProcessor / 2, 48 << 10), perGroup) - Reserved;
}
