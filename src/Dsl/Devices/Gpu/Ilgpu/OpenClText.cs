using System.Reflection;
using ILGPU.Backends.OpenCL;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Changes the OpenCL C that ILGPU wrote: its barrier orders global memory only, and threads of a group that share local memory need both
/// fences.
/// </summary>
internal static class OpenClText
{
    private static readonly FieldInfo Source
        = typeof(CLCompiledKernel).GetField("<Source>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(nameof(CLCompiledKernel), nameof(CLCompiledKernel.Source));

    /// <summary>Lets the barriers of a kernel order local memory too.</summary>
    public static void Mend(CLCompiledKernel kernel)
        => Source.SetValue(kernel, kernel.Source.Replace("CLK_GLOBAL_MEM_FENCE", "CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE"));
}
