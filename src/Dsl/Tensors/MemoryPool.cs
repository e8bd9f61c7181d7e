using System.Numerics;

namespace MageDsl;

/// <summary>
/// Native memory for tensors. Blocks are 64-byte aligned, come in size classes (a power of two and its quarter steps)
/// and are kept for the next tensor when they are returned: touching fresh pages costs more than most kernels do.
/// A block of 2 MiB or more has a piece of memory of its own, smaller ones share pieces. Thread-safe.
/// </summary>
public static unsafe class MemoryPool
{
    private const nuint SharedBytes = 4 * Slab.HugePage;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<nint>> Free = [];
    private static readonly Dictionary<nint, int> Rented = [];
    private static readonly Dictionary<nint, Slab> Slabs = [];
    private static readonly List<Slab> Shared = [];
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
            Slabs[block].Rented++;
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
            Slabs[(nint)block].Rented--;
            if (!Free.TryGetValue(sizeClass, out var stack))
            {
                Free[sizeClass] = stack = new Stack<nint>();
            }

            stack.Push((nint)block);
            s_inUse -= (long)SizeOf(sizeClass);
        }
    }

    /// <summary>Gives the memory in which no block is rented back to the operating system.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            foreach (var (sizeClass, stack) in Free.ToArray())
            {
                // Bottom first, so that the order stays.
                Free[sizeClass] = new Stack<nint>(stack.Reverse().Where(block => Slabs[block].Rented > 0));
            }

            var unused = Slabs.Values.Where(slab => slab.Rented == 0).ToHashSet();
            foreach (var (block, slab) in Slabs.ToArray())
            {
                if (unused.Contains(slab)) Slabs.Remove(block);
            }

            Shared.RemoveAll(unused.Contains);
            foreach (var slab in unused) slab.Free();
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
        var isShared = size < Slab.HugePage;
        var slab = isShared ? Shared.Find(s => s.HasRoom(size)) : null;
        if (slab is null)
        {
            slab = TakeSlab(isShared ? SharedBytes : size);
            if (isShared) Shared.Add(slab);
        }

        var block = slab.Cut(size);
        Slabs.Add(block, slab);
        return block;
    }

    private static Slab TakeSlab(nuint bytes)
    {
        Slab slab;
        try
        {
            slab = new Slab(bytes);
        }
        catch (OutOfMemoryException)
        {
            Trim();
            slab = new Slab(bytes);
        }

        s_allocated += (long)bytes;
        return slab;
    }
}
