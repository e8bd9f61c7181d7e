using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Makes text of kernels, in a context of its own: ILGPU lets one thread at a time read methods into a context, and one that has met a method that
/// it cannot read is of no use any more.
/// </summary>
internal sealed class TextCompiler : IDisposable
{
    private readonly Context context = DeviceContexts.Create(_ => { });
    private readonly Backend backend;

    private TextCompiler(Func<Context, Backend> create) => backend = Placement.Kept(create(context));

    /// <summary>Whether a device is driven by text; the one that ILGPU imitates runs methods as they are.</summary>
    public static bool Takes(Accelerator accelerator) => accelerator is not CPUAccelerator;

    /// <summary>For a device that takes text.</summary>
    public static TextCompiler For(Accelerator accelerator) => accelerator switch
    {
        CudaAccelerator cuda => new(context => new PTXBackend(
            context, cuda.Capabilities, cuda.Architecture, cuda.InstructionSet, null)),
        CLAccelerator cl => new(context => new CLBackend(context, cl.Capabilities, cl.Vendor, cl.CLStdVersion)),
        _ => throw new ArgumentException($"{accelerator.Name} takes no text"),
    };

    /// <summary>For cards of NVIDIA's from the A100 on, whether or not there is one.</summary>
    public static TextCompiler ForCuda()
        => new(context => new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_80, null!));

    /// <summary>All about a device that its text depends on, in a line.</summary>
    public static string Describe(Accelerator accelerator) => accelerator switch
    {
        CudaAccelerator cuda => $"PTX {cuda.InstructionSet} for {cuda.Architecture}",
        CLAccelerator cl => $"OpenCL C {cl.CLStdVersion} for {cl.Name} by {cl.VendorName}, {cl.PlatformName} {cl.PlatformVersion}: "
            + string.Join(" ", cl.Capabilities.Extensions),
        _ => accelerator.Name,
    };

    /// <summary>The text of a kernel.</summary>
    public KernelText Compile(EntryPointDescription entry) => KernelText.Of(backend.Compile(entry, Limits(entry.MethodSource)));

    /// <summary>What PTX says of its groups, by the stage that the method runs.</summary>
    private KernelSpecialization Limits(MethodInfo method)
    {
        if (backend is not PTXBackend || method.GetGenericArguments() is not [var stage]) return default;
        var groups = stage.GetGenericArguments().Prepend(stage).Select(type => type.GetCustomAttribute<GroupsAtOnceAttribute>())
            .FirstOrDefault(said => said is not null);
        return groups is null ? default : new KernelSpecialization(groups.Threads, groups.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        backend.Dispose();
        context.Dispose();
    }
}
