using ILGPU;
using ILGPU.Runtime.CPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>A device that ILGPU imitates on the processor: device code with the checks of .NET, wherever it runs.</summary>
internal sealed class IlgpuKind() : GpuKind("ilgpu")
{
    /// <summary>The only one.</summary>
    public static IlgpuKind Shared { get; } = new();

    /// <summary>Of one multiprocessor with eight warps of 32: every thread of a group is one of the system's, so more would be slower.</summary>
    protected override void AddTo(Context.Builder builder) => builder.CPU(new CPUDevice(32, 8, 1));

    /// <inheritdoc/>
    protected override IEnumerable<ILGPU.Runtime.Device> Choose(IEnumerable<ILGPU.Runtime.Device> devices) => devices.OfType<CPUDevice>();

    /// <inheritdoc/>
    protected override string Explain() => "ILGPU offers no device on the processor";

    /// <inheritdoc/>
    protected override bool IsAccelerator(ILGPU.Runtime.Device device) => false;

    /// <inheritdoc/>
    protected override GpuTraits Traits(ILGPU.Runtime.Device device)
        => new(8, 2 * device.NumMultiprocessors, "a card that ILGPU imitates on the processor, thread by thread: for tests, and slow")
        {
            HasShuffles = true, LacksTensorCores = null, HasWarpGroups = GpuTraits.WantsWarpGroups(usual: false), SharedBytes = SharedLimit.OfGroup,
        };
}
