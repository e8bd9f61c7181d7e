using System.Runtime.InteropServices;
using ILGPU;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// The libraries of drivers. ILGPU asks for libcuda.so and libOpenCL.so, which come with packages for development; those for use have the
/// names with a number.
/// </summary>
internal static class DriverLibraries
{
    static DriverLibraries() => NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _)
        => name is "cuda" or "OpenCL" && TryLoad(name, out var library) ? library : 0);

    /// <summary>The file that a driver of this kind brings.</summary>
    public static string File(string name) => OperatingSystem.IsLinux() ? $"lib{name}.so.1" : name == "cuda" ? "nvcuda" : name;

    /// <summary>Loads it, if there is one. Asked for once, it is found by ILGPU too.</summary>
    public static bool TryLoad(string name, out nint library) => NativeLibrary.TryLoad(File(name), out library);
}
