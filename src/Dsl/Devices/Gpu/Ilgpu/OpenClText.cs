namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>Changes the OpenCL C that ILGPU wrote, before the driver compiles it.</summary>
internal static class OpenClText
{
    // Clang, which most drivers are made of, says for every kernel how many warnings it has (of variables that nothing uses).
    private const string Quiet = "#pragma clang diagnostic ignored \"-Weverything\"\n";

    /// <summary>
    /// Lets the barriers of a kernel order local memory too: ILGPU's order global memory only, and the threads of a group share the other. And by
    /// the name that they had before OpenCL C 2.0, which all versions know.
    /// </summary>
    public static string Mended(string text)
        => Quiet + text.Replace("CLK_GLOBAL_MEM_FENCE", "CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE").Replace("work_group_barrier", "barrier");
}
