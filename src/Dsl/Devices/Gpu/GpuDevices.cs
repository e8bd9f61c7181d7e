using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>The devices of one kind that ILGPU finds, opened when they are asked for.</summary>
internal sealed class GpuDevices
{
    private readonly Dictionary<int, GpuDevice> open = [];
    private readonly string kind;
    private readonly Lock gate = new();

    private GpuDevices(string kind) => this.kind = kind;

    /// <summary>Makes the kinds known; nothing of ILGPU is loaded before one is opened.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Kernels are registered in the same way.")]
    internal static void Register()
    {
        foreach (var kind in new[] { "cuda", "opencl", "ilgpu" })
        {
            var devices = new GpuDevices(kind);
            Device.Register(new DeviceKind(kind, devices.Open));
        }
    }

    private GpuDevice Open(int index)
    {
        lock (gate)
        {
            return open.TryGetValue(index, out var device) ? device : open[index] = Create(index);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private GpuDevice Create(int index)
    {
        var library = kind switch { "cuda" => "cuda", "opencl" => "OpenCL", _ => null };
        if (library != null && !DriverLibraries.TryLoad(library, out _)) throw new DeviceException($"{DriverLibraries.File(library)} not found");
        var context = Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnableAlgorithms();
            if (kind == "cuda") builder.Cuda();
            else if (kind == "opencl") builder.OpenCL(_ => true);
            else builder.CPU(new CPUDevice(32, 8, 1));
        });
        var type = kind switch { "cuda" => AcceleratorType.Cuda, "opencl" => AcceleratorType.OpenCL, _ => AcceleratorType.CPU };
        var found = context.Devices.Where(d => d.AcceleratorType == type).ElementAtOrDefault(index) ?? throw new DeviceException("no device");
        if (found is CLDevice cl) cl.Capabilities.GetType().GetProperty("GenericAddressSpace")!.SetValue(cl.Capabilities, true);
        var accelerator = found.CreateAccelerator(context);
        return new GpuDevice(
            index == 0 ? kind : $"{kind}:{index}",
            new GpuTraits(kind == "cuda" ? 256 : kind == "opencl" ? 64 : 8, kind == "cuda" ? 8 : 2, accelerator.Name), accelerator);
    }
}
