using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Whatever an OpenCL driver is installed for; cards before processors.</summary>
internal sealed class OpenClKind() : GpuKind("opencl")
{
    private const string Drivers = "an OpenCL driver (Debian: a vendor's own for cards, pocl-opencl-icd for processors)";

    private static readonly string Library = DriverLibraries.File(DriverLibraries.OpenCl);

    /// <summary>The only one.</summary>
    public static OpenClKind Shared { get; } = new();

    /// <inheritdoc/>
    protected override void AddTo(Context.Builder builder)
    {
        if (!DriverLibraries.TryLoad(DriverLibraries.OpenCl, out _))
        {
            throw new DeviceException($"there is no {Library} here (Debian: ocl-icd-libopencl1); {Drivers} is needed too");
        }
        builder.OpenCL(OpenClCapabilities.Admit);
    }

    /// <inheritdoc/>
    protected override IEnumerable<ILGPU.Runtime.Device> Choose(IEnumerable<ILGPU.Runtime.Device> devices)
        => devices.OfType<CLDevice>().OrderBy(device => IsAccelerator(device) ? 0 : 1);

    /// <inheritdoc/>
    protected override string Explain() => $"{Library} is here, but finds no device; {Drivers} is needed";

    /// <inheritdoc/>
    protected override bool IsAccelerator(ILGPU.Runtime.Device device) => !((CLDevice)device).DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU);

    /// <inheritdoc/>
    protected override GpuTraits Traits(ILGPU.Runtime.Device device)
    {
        var (threads, groups) = IsAccelerator(device) ? (256, 8) : (64, 2);
        while (threads > device.MaxNumThreadsPerGroup) threads /= 2;
        var description = $"{GpuTraits.Describe(device, "compute units")}, by {((CLDevice)device).PlatformName}";
        // With PoCL a softmax's gradient in float64 came out wrong by fours, between two products; for a reason that is not known.
        return new GpuTraits(threads, groups * device.NumMultiprocessors, description)
        {
            TakesQuads = false, KeepsRows = IsAccelerator(device), LacksTensorCores = "tensor cores are used by cuda alone",
        };
    }
}
