using System.Numerics;
using System.Runtime.InteropServices;

namespace MageDsl;

/// <summary>
/// Native memory for tensors. Blocks are 64-byte aligned, come in size classes (a power of two and its quarter steps)
/// and are kept for the next tensor when they are returned: touching fresh pages costs more than most kernels do.
/// Blocks from 2 MiB up are 2 MiB aligned, and on Linux huge pages are advised for them. Thread-safe.
/// </summary>
public static unsafe partial class MemoryPool
{
    private const nuint Alignment = 64;
    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<nint>> Free = [];
    private static readonly Dictionary<nint, int> Rented = [];
    private static bool s_advise = OperatingSystem.IsLinux();
    private static long s_allocated;
    private static long s_inUse;
    private static long s_peak;

    /// <summary>Bytes taken from the operating system since the process began, whatever was given back by <see cref="Trim"/>.</summary>
    public static long AllocatedBytes => Volatile.Read(ref s_allocated);

    /// <summary>Bytes rented now, rounded up to size classes.</summary>
    public static long InUseBytes => Volatile.Read(ref s_inUse);

    /// <summary>The most bytes that were rented at once since the process began, or since <see cref="ResetPeak"/>.</summary>
    public static long PeakBytes => Volatile.Read(ref s_peak);

    /// <summary>Starts the peak anew from what is rented now, to find the peak of a part of a program.</summary>
    public static void ResetPeak()
    {
        lock (Gate)
        {
            s_peak = s_inUse;
        }
    }

    /// <summary>Rents a block of at least <paramref name="bytes"/> bytes. Its content is whatever was there.</summary>
    /// <exception cref="OutOfMemoryException">The operating system has no more, and nothing unused was left to give back first.</exception>
    public static void* Rent(nuint bytes)
    {
        var sizeClass = ClassOf(bytes);
        var size = SizeOf(sizeClass);
        lock (Gate)
        {
            var block = Free.TryGetValue(sizeClass, out var stack) && stack.TryPop(out var free) ? free : Allocate(size);
            Rented.Add(block, sizeClass);
            s_inUse += (long)size;
            s_peak = Math.Max(s_peak, s_inUse);
            return (void*)block;
        }
    }

    /// <summary>Returns a block rented with the same <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">The block is not rented (returned twice, or never from here), or was rented with another size.</exception>
    public static void Return(void* block, nuint bytes)
    {
        var sizeClass = ClassOf(bytes);
        lock (Gate)
        {
            if (!Rented.TryGetValue((nint)block, out var rented))
            {
                throw new ArgumentException("the block is not rented: returned twice, or not from this pool", nameof(block));
            }

            if (rented != sizeClass)
            {
                throw new ArgumentException($"the block was rented with {SizeOf(rented)} bytes, not {SizeOf(sizeClass)}", nameof(bytes));
            }

            Rented.Remove((nint)block);
            if (!Free.TryGetValue(sizeClass, out var stack))
            {
                Free[sizeClass] = stack = new Stack<nint>();
            }

            stack.Push((nint)block);
            s_inUse -= (long)SizeOf(sizeClass);
        }
    }

    /// <summary>Gives every block that is not rented back to the operating system.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            foreach (var block in Free.Values.SelectMany(stack => stack))
            {
                NativeMemory.AlignedFree((void*)block);
            }

            Free.Clear();
        }
    }

    /// <summary>The class of a size: 4 × (its power of two) + the quarter step that holds it. At most a fifth is wasted above 256 bytes.</summary>
    internal static int ClassOf(nuint bytes)
    {
        if (bytes <= 256)
        {
            return 4 * 8; // one class for everything small; 256 is its size
        }

        var power = BitOperations.Log2((ulong)(bytes - 1)); // 2^power < bytes <= 2^(power + 1)
        var quarter = (nuint)1 << (power - 2);
        var steps = (int)((bytes - ((nuint)1 << power) + quarter - 1) / quarter); // 1 to 4
        return (4 * power) + steps;
    }

    /// <summary>Bytes of the blocks of a class.</summary>
    internal static nuint SizeOf(int sizeClass)
    {
        var power = sizeClass / 4;
        return ((nuint)1 << power) + ((nuint)(sizeClass % 4) * ((nuint)1 << (power - 2)));
    }

    private static nint Allocate(nuint size)
    {
        void* block;
        try
        {
            block = NativeMemory.AlignedAlloc(size, size >= HugePage ? HugePage : Alignment);
        }
        catch (OutOfMemoryException)
        {
            Trim();
            block = NativeMemory.AlignedAlloc(size, size >= HugePage ? HugePage : Alignment);
        }

        s_allocated += (long)size;
        if (size >= HugePage && s_advise)
        {
            Advise(block, size);
        }

        return (nint)block;
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
            s_advise = false;
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
