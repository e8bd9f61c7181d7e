using System.Runtime.InteropServices;
using ILGPU;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// The libraries of drivers. ILGPU asks for libcuda.so and libOpenCL.so, which come with packages for development; those that come with
/// drivers have a number behind their names.
/// </summary>
internal static class DriverLibraries
{
    /// <summary>NVIDIA's driver, as ILGPU calls it.</summary>
    public const string Cuda = "cuda";

    /// <summary>The library that finds OpenCL drivers, as ILGPU calls it.</summary>
    public const string OpenCl = "OpenCL";

    static DriverLibraries() => NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _)
        => name is Cuda or OpenCl && TryLoad(name, out var library) ? library : 0);

    /// <summary>The file that is loaded for a library.</summary>
    public static string File(string name)
        => OperatingSystem.IsLinux() ? $"lib{name}.so.1" : OperatingSystem.IsWindows() ? name == Cuda ? "nvcuda.dll" : "OpenCL.dll" : name;

    /// <summary>Loads it, if the machine has it. From then on ILGPU finds it too.</summary>
    public static bool TryLoad(string name, out nint library)
    {
        // Else PoCL takes the signal of integer divisions by zero, in which .NET throws an exception, and the process ends. What a process sets
        // for itself the runtime keeps to itself.
        if (name == OpenCl && OperatingSystem.IsLinux()) _ = SetVariable("POCL_SIGFPE_HANDLER", "0", 0);
        return NativeLibrary.TryLoad(File(name), out library);
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi)]
    private static extern int SetVariable(string name, string value, int replaces);
}
