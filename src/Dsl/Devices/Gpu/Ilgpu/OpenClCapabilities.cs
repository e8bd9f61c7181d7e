using System.Reflection;
using ILGPU.Runtime.OpenCL;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Lets all OpenCL devices in. ILGPU refuses those without the generic address space (PoCL 3 and NVIDIA's among them); code at
/// level O2 has no generic pointers, and does not need it.
/// </summary>
internal static class OpenClCapabilities
{
    private static readonly MethodInfo Set
        = typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))?.GetSetMethod(nonPublic: true)
        ?? throw new MissingMethodException(nameof(CLCapabilityContext), nameof(CLCapabilityContext.GenericAddressSpace));

    /// <summary>Makes a device one that ILGPU accepts; true always.</summary>
    public static bool Admit(CLDevice device)
    {
        Set.Invoke(device.Capabilities, [true]);
        return true;
    }
}
