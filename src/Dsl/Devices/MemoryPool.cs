using System.Numerics;

namespace MageDsl.Devices;

/// <summary>
/// A device's memory for tensors. Blocks are aligned, come in size classes (a power of two and its quarter steps; of large ones its
/// sixteenth steps) and are kept for the next tensor when they are returned: touching fresh pages costs more than most kernels do.
/// A block of <see cref="LargeBytes"/> or more has a piece of memory of its own, smaller ones share pieces. Thread-safe.
/// </summary>
/// <param name="reserve">
/// Takes a piece of so many bytes and gives its address; an <see cref="OutOfMemoryException"/> says that there is none.
/// </param>
/// <param name="release">Gives a piece back, once the device has done all that it was asked to do in it.</param>
/// <param name="alignment">What the address of every block is a multiple of, if those of pieces are: a power of two.</param>
public sealed class MemoryPool(Func<nuint, nint> reserve, Action<nint> release, int alignment = 64)
{
    /// <summary>The size from which a block has memory of its own: that of a huge page.</summary>
    public const nuint LargeBytes = 2 << 20;

    private const nuint SharedBytes = 4 * LargeBytes;

    // Classes for each power of two. Of large blocks little should be wasted; one that is a quarter larger is taken if it is there, so that sizes
    // which change from step to step do not leave blocks of each behind.
    private const int SmallSteps = 4, LargeSteps = 16;

    private const int SmallPowers = 21, LastSmall = SmallSteps * SmallPowers;

    private readonly Lock gate = new();
    private readonly Dictionary<int, Stack<nint>> free = [];
    private readonly Dictionary<nint, (int Asked, int Own)> rented = [];
    private readonly Dictionary<nint, Slab> slabs = [];
    private readonly List<Slab> shared = [];
    private long allocated;
    private long inUse;
    private long peak;

    /// <summary>Bytes taken from the device so far, whatever was given back by <see cref="Trim"/>.</summary>
    public long AllocatedBytes => Volatile.Read(ref allocated);

    /// <summary>Bytes rented now, rounded up to size classes.</summary>
    public long InUseBytes => Volatile.Read(ref inUse);

    /// <summary>The most bytes that were rented at once so far, or since <see cref="ResetPeak"/>.</summary>
    public long PeakBytes => Volatile.Read(ref peak);

    /// <summary>Starts the peak anew from what is rented now, to find the peak of a part of a program.</summary>
    public void ResetPeak()
    {
        lock (gate)
        {
            peak = inUse;
        }
    }

    /// <summary>Rents a block of at least <paramref name="bytes"/> bytes. Its content is whatever was there.</summary>
    /// <exception cref="OutOfMemoryException">The device has no more, and nothing unused was left to give back first.</exception>
    public nint Rent(nuint bytes)
    {
        var sizeClass = ClassOf(bytes);
        lock (gate)
        {
            var (block, own) = Unused(sizeClass) ?? (Allocate(Size(sizeClass)), sizeClass);
            this.rented.Add(block, (sizeClass, own));
            slabs[block].Rented++;
            inUse += (long)Size(own);
            peak = Math.Max(peak, inUse);
            return block;
        }
    }

    /// <summary>Returns a block rented with the same <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">The block is not rented (returned twice, or never from here), or was rented with another size.</exception>
    public void Return(nint block, nuint bytes)
    {
        var sizeClass = ClassOf(bytes);
        lock (gate)
        {
            if (!this.rented.TryGetValue(block, out var rented))
            {
                throw new ArgumentException("the block is not rented: returned twice, or not from this pool", nameof(block));
            }

            if (rented.Asked != sizeClass)
            {
                throw new ArgumentException($"the block was rented with {Size(rented.Asked)} bytes, not {Size(sizeClass)}", nameof(bytes));
            }

            this.rented.Remove(block);
            slabs[block].Rented--;
            if (!this.free.TryGetValue(rented.Own, out var stack))
            {
                this.free[rented.Own] = stack = new Stack<nint>();
            }

            stack.Push(block);
            inUse -= (long)Size(rented.Own);
        }
    }

    /// <summary>Gives the memory in which no block is rented back to the device.</summary>
    public void Trim()
    {
        lock (gate)
        {
            foreach (var (sizeClass, stack) in this.free.ToArray())
            {
                // Bottom first, so that the order stays.
                this.free[sizeClass] = new Stack<nint>(stack.Reverse().Where(block => slabs[block].Rented > 0));
            }

            var unused = slabs.Values.Where(slab => slab.Rented == 0).ToHashSet();
            foreach (var (block, slab) in slabs.ToArray())
            {
                if (unused.Contains(slab)) slabs.Remove(block);
            }

            shared.RemoveAll(unused.Contains);
            foreach (var slab in unused) release(slab.Start);
        }
    }

    /// <summary>
    /// The class of a size: its power of two, and the step that holds it. At most a fifth is wasted above 256 bytes, and a seventeenth of large
    /// blocks.
    /// </summary>
    internal static int ClassOf(nuint bytes)
    {
        if (bytes <= 256)
        {
            return 4 * 8; // one class for everything small; 256 is its size
        }

        var power = BitOperations.Log2((ulong)(bytes - 1)); // 2^power < bytes <= 2^(power + 1)
        var isSmall = power < SmallPowers;
        var step = ((nuint)1 << power) / (nuint)(isSmall ? SmallSteps : LargeSteps);
        var steps = (int)((bytes - ((nuint)1 << power) + step - 1) / step); // 1 to all
        return steps + (isSmall ? SmallSteps * power : LastSmall + (LargeSteps * (power - SmallPowers)));
    }

    /// <summary>Bytes of the blocks of a class.</summary>
    internal static nuint SizeOf(int sizeClass)
    {
        var (all, above, first) = sizeClass < LastSmall ? (SmallSteps, sizeClass, 0) : (LargeSteps, sizeClass - LastSmall, SmallPowers);
        var (powers, steps) = Math.DivRem(above, all);
        var whole = (nuint)1 << (first + powers);
        return whole + ((nuint)steps * (whole / (nuint)all));
    }

    /// <summary>A block that is not rented, of a class or of one that is little larger, and its class.</summary>
    private (nint Block, int Own)? Unused(int sizeClass)
    {
        var most = sizeClass > LastSmall ? SizeOf(sizeClass) / 4 * 5 : SizeOf(sizeClass);
        for (var own = sizeClass; SizeOf(own) <= most; own++)
        {
            if (free.TryGetValue(own, out var stack) && stack.TryPop(out var block)) return (block, own);
        }

        return null;
    }

    private nuint Size(int sizeClass) => (SizeOf(sizeClass) + (nuint)alignment - 1) & ~((nuint)alignment - 1);

    private nint Allocate(nuint size)
    {
        var isShared = size < LargeBytes;
        var slab = isShared ? shared.Find(s => s.HasRoom(size)) : null;
        if (slab is null)
        {
            slab = TakeSlab(isShared ? SharedBytes : size);
            if (isShared) shared.Add(slab);
        }

        var block = slab.Cut(size);
        slabs.Add(block, slab);
        return block;
    }

    private Slab TakeSlab(nuint bytes)
    {
        nint start;
        try
        {
            start = reserve(bytes);
        }
        catch (OutOfMemoryException)
        {
            Trim();
            start = reserve(bytes);
        }

        allocated += (long)bytes;
        return new Slab(start, bytes);
    }
}
