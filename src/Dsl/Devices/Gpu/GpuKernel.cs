using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>A stage, compiled once for each device that it is launched on.</summary>
internal static class GpuKernel<TStage>
    where TStage : struct, IGpuStage<TStage>
{
    // Replaced as a whole, so that looking one up needs no lock.
    private static volatile Action<AcceleratorStream, KernelConfig, TStage>?[] launchers = [];

    /// <summary>What launches it on a device.</summary>
    public static Action<AcceleratorStream, KernelConfig, TStage> On(GpuDevice device)
        => device.Number < launchers.Length && launchers[device.Number] is { } launcher ? launcher : Add(device);

    private static Action<AcceleratorStream, KernelConfig, TStage> Add(GpuDevice device)
    {
        lock (GpuKernels.Compiling)
        {
            var launcher = Compile(device.Accelerator);
            var next = new Action<AcceleratorStream, KernelConfig, TStage>?[Math.Max(launchers.Length, device.Number + 1)];
            launchers.CopyTo(next, 0);
            next[device.Number] = launcher;
            launchers = next;
            return launcher;
        }
    }

    private static Action<AcceleratorStream, KernelConfig, TStage> Compile(Accelerator accelerator)
    {
        AccessRights.Grant(accelerator.Context, typeof(TStage));
        var kernel = accelerator.GetBackend().Compile(GpuKernels.Describe<TStage>(), default);
        if (kernel is CLCompiledKernel text) OpenClText.Mend(text);
        return accelerator.LoadKernel(kernel).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TStage>>();
    }
}

/// <summary>What all stages share on their way to a device.</summary>
internal static class GpuKernels
{
    /// <summary>Held while one is compiled: devices share what ILGPU keeps of their kind.</summary>
    public static Lock Compiling { get; } = new();

    /// <summary>What ILGPU compiles: a method whose groups are as large as the launch says.</summary>
    public static EntryPointDescription Describe<TStage>()
        where TStage : struct, IGpuStage<TStage>
        => EntryPointDescription.FromExplicitlyGroupedKernel(new Action<TStage>(Run).Method);

    private static void Run<TStage>(TStage stage)
        where TStage : struct, IGpuStage<TStage>
        => TStage.Run(stage);
}
