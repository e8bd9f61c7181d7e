using ILGPU;
using ILGPU.Runtime;

namespace MageDsl.Devices.Gpu;

/// <summary>A stage, compiled once for each device.</summary>
internal static class GpuKernel<TStage>
    where TStage : struct, IGpuStage<TStage>
{
    private static readonly Lock Gate = new();

    // Replaced as a whole, so that looking one up needs no lock.
    private static volatile Action<AcceleratorStream, KernelConfig, TStage>?[] launchers = [];

    /// <summary>What launches it on a device, whose lock the caller holds.</summary>
    public static Action<AcceleratorStream, KernelConfig, TStage> On(GpuDevice device)
        => device.Number < launchers.Length && launchers[device.Number] is { } launcher ? launcher : Compile(device);

    /// <summary>What a thread does.</summary>
    public static void Entry(TStage stage) => TStage.Run(stage);

    private static Action<AcceleratorStream, KernelConfig, TStage> Compile(GpuDevice device)
    {
        var launcher = device.Compile<TStage>(Entry);
        lock (Gate)
        {
            var next = new Action<AcceleratorStream, KernelConfig, TStage>?[Math.Max(launchers.Length, device.Number + 1)];
            launchers.CopyTo(next, 0);
            next[device.Number] = launcher;
            launchers = next;
        }
        return launcher;
    }
}
