using System.Runtime.InteropServices;

namespace MageDsl;

/// <summary>
/// A piece of memory from the operating system, from which the pool cuts blocks, front to back. It is aligned to huge pages, and on Linux
/// they are advised: a step over many small tensors is otherwise bound by looking up their pages.
/// </summary>
internal sealed unsafe partial class Slab
{
    /// <summary>Bytes of a huge page.</summary>
    public const nuint HugePage = 2 << 20;

    private const int AdviseHugePages = 14; // MADV_HUGEPAGE

    private static bool s_advise = OperatingSystem.IsLinux();

    private readonly byte* start;
    private nuint used;

    /// <exception cref="OutOfMemoryException">The operating system has no more.</exception>
    public Slab(nuint bytes)
    {
        Bytes = bytes;
        start = (byte*)NativeMemory.AlignedAlloc(bytes, HugePage);
        if (s_advise) Advise(start, bytes);
    }

    /// <summary>How large it is.</summary>
    public nuint Bytes { get; }

    /// <summary>Blocks of it that are rented.</summary>
    public int Rented { get; set; }

    /// <summary>Whether a block of this size is left.</summary>
    public bool HasRoom(nuint size) => size <= Bytes - used;

    /// <summary>Cuts a block off; there must be room.</summary>
    public nint Cut(nuint size)
    {
        var block = (nint)(start + used);
        used += size;
        return block;
    }

    /// <summary>Gives the memory back. No block of it may be used any more.</summary>
    public void Free() => NativeMemory.AlignedFree(start);

    private static void Advise(void* block, nuint size)
    {
        try
        {
            // Advice only: where it is refused the memory is as good, with smaller pages.
            _ = madvise(block, size, AdviseHugePages);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            s_advise = false;
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
