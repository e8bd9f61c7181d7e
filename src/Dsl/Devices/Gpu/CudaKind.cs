using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Cards of NVIDIA's, by its driver alone: no toolkit.</summary>
internal sealed class CudaKind() : GpuKind("cuda")
{
    private static readonly string Library = DriverLibraries.File(DriverLibraries.Cuda);

    /// <summary>The only one.</summary>
    public static CudaKind Shared { get; } = new();

    /// <summary>What launches take a card to be where none is there to ask.</summary>
    public static GpuTraits Card { get; } = new(GpuThread.Most, 8, "a card of NVIDIA's")
    {
        HasShuffles = true, SharedBytes = SharedLimit.OfGroup, LaunchesTogether = true,
    };

    /// <summary>The same of one of compute capability 9.0, with so many multiprocessors.</summary>
    public static GpuTraits NewCard(int processors) => Card.With(GpuTraits.WantedWarpGroups(WarpGroupUse.On), processors) with
    {
        BusyGroups = Card.BusyGroups * processors,
        SplitsFloats = GpuTraits.WantedSplits(true),
    };

    /// <inheritdoc/>
    protected override void AddTo(Context.Builder builder)
    {
        if (!DriverLibraries.TryLoad(DriverLibraries.Cuda, out _))
        {
            throw new DeviceException($"there is no {Library} here, which comes with NVIDIA's driver (Debian: libcuda1)");
        }
        builder.Cuda();
    }

    /// <inheritdoc/>
    protected override IEnumerable<ILGPU.Runtime.Device> Choose(IEnumerable<ILGPU.Runtime.Device> devices) => devices.OfType<CudaDevice>();

    /// <summary>ILGPU passes over errors while it looks, so the driver is asked once more.</summary>
    protected override unsafe string Explain()
    {
        _ = DriverLibraries.TryLoad(DriverLibraries.Cuda, out var driver);
        var initialize = (delegate* unmanaged<uint, CudaError>)NativeLibrary.GetExport(driver, "cuInit");
        return $"{Library} is here, but finds no device: {initialize(0)}";
    }

    /// <inheritdoc/>
    protected override bool IsAccelerator(ILGPU.Runtime.Device device) => true;

    /// <summary>
    /// Whether its tensor cores are so much faster than the rest that three of their products take less time than one: 8 times, where cards for
    /// screens have them as fast as it.
    /// </summary>
    private static bool IsOfDataCentre(CudaArchitecture? architecture)
        => architecture == CudaArchitecture.SM_80 || architecture == CudaArchitecture.SM_90;

    /// <inheritdoc/>
    protected override GpuTraits Traits(ILGPU.Runtime.Device device)
    {
        var architecture = ((CudaDevice)device).Architecture;
        var lacks = architecture >= CudaArchitecture.SM_80 ? null : $"that begins with compute capability 8.0, and this card has {architecture}";
        var use = architecture == CudaArchitecture.SM_90 ? GpuTraits.WantedWarpGroups(WarpGroupUse.On) : WarpGroupUse.Off;
        return Card.With(use, device.NumMultiprocessors) with
        {
            BusyGroups = Card.BusyGroups * device.NumMultiprocessors,
            Description = GpuTraits.Describe(device, "multiprocessors"),
            LacksTensorCores = lacks,
            SplitsFloats = architecture >= CudaArchitecture.SM_80 && GpuTraits.WantedSplits(IsOfDataCentre(architecture)),
            SharedBytes = SharedLimit.Of((CudaDevice)device),
        };
    }
}
