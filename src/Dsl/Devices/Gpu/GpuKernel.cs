using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace MageDsl.Devices.Gpu;

/// <summary>What launches a stage, for each device that it was launched on.</summary>
internal static class GpuKernel<TStage>
    where TStage : struct, IGpuStage<TStage>
{
    private static readonly Lock Gate = new();

    // Replaced as a whole, so that looking one up needs no lock.
    private static volatile Action<AcceleratorStream, KernelConfig, TStage>?[] launchers = [];

    /// <summary>What launches it on a device, which may have to compile it first.</summary>
    public static Action<AcceleratorStream, KernelConfig, TStage> On(GpuDevice device)
        => device.Number < launchers.Length && launchers[device.Number] is { } launcher ? launcher : Add(device);

    private static Action<AcceleratorStream, KernelConfig, TStage> Add(GpuDevice device)
    {
        var launcher = (Action<AcceleratorStream, KernelConfig, TStage>)device.Kernels.Launcher(typeof(TStage));
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

/// <summary>Stages by their types.</summary>
internal static class GpuKernel
{
    /// <summary>What ILGPU compiles: a method whose groups are as large as the launch says.</summary>
    public static EntryPointDescription Describe(Type stage)
        => EntryPointDescription.FromExplicitlyGroupedKernel(
            new Action<FillStage<int>>(Run).Method.GetGenericMethodDefinition().MakeGenericMethod(stage));

    /// <summary>The delegate that launches it.</summary>
    public static Type Launcher(Type stage) => typeof(Action<,,>).MakeGenericType(typeof(AcceleratorStream), typeof(KernelConfig), stage);

    private static void Run<TStage>(TStage stage)
        where TStage : struct, IGpuStage<TStage>
        => TStage.Run(stage);
}
