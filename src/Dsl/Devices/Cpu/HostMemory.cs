using System.Runtime.InteropServices;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// The host's memory. Pieces of it are aligned to huge pages, and on Linux these are advised: a step over many small tensors is
/// otherwise bound by looking up their pages.
/// </summary>
internal static unsafe partial class HostMemory
{
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE

    private static bool advise = OperatingSystem.IsLinux();

    /// <summary>The pool of the CPU's tensors, and of what launches need on the way.</summary>
    public static MemoryPool Pool { get; } = new(Reserve, static start => NativeMemory.AlignedFree((void*)start));

    private static nint Reserve(nuint bytes)
    {
        var start = NativeMemory.AlignedAlloc(bytes, MemoryPool.LargeBytes);
        if (advise) Advise(start, bytes);
        return (nint)start;
    }

    private static void Advise(void* block, nuint size)
    {
        try
        {
            // Advice only: where it is refused the memory is as good, with smaller pages.
            _ = madvise(block, size, AdviseHugePages);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            advise = false;
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
