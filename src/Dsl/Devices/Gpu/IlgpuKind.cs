using ILGPU;
using ILGPU.Runtime.CPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>A device that ILGPU imitates on the processor: device code with the checks of .NET, wherever it runs.</summary>
/// <param name="use">What it imitates of the newest cards; null for what is wanted.</param>
internal sealed class IlgpuKind(WarpGroupUse? use = null) : GpuKind("ilgpu")
{
    /// <summary>The usual one.</summary>
    public static IlgpuKind Shared { get; } = new();

    private WarpGroupUse Use => use ?? GpuTraits.WantedWarpGroups(WarpGroupUse.Off);

    /// <summary>
    /// Of one multiprocessor with eight warps of 32, or enough for wide tiles, by powers of two: every thread of a group is one of the system's, so
    /// more would be slower.
    /// </summary>
    protected override void AddTo(Context.Builder builder)
        => builder.CPU(new CPUDevice(32, Use == WarpGroupUse.Wide ? 16 : 8, 1));

    /// <inheritdoc/>
    protected override IEnumerable<ILGPU.Runtime.Device> Choose(IEnumerable<ILGPU.Runtime.Device> devices) => devices.OfType<CPUDevice>();

    /// <inheritdoc/>
    protected override string Explain() => "ILGPU offers no device on the processor";

    /// <inheritdoc/>
    protected override bool IsAccelerator(ILGPU.Runtime.Device device) => false;

    /// <inheritdoc/>
    protected override GpuTraits Traits(ILGPU.Runtime.Device device)
        => new GpuTraits(8, 2 * device.NumMultiprocessors, "a card that ILGPU imitates on the processor, thread by thread: for tests, and slow")
        {
            HasShuffles = true, LacksTensorCores = null, SplitsFloats = GpuTraits.WantedSplits(false), SharedBytes = SharedLimit.OfGroup,
            LaunchesTogether = true,
        }.With(Use, device.NumMultiprocessors);
}
