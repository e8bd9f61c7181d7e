using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// Blocks of memory that belong to one thread and are reused from one piece of work to the next. Each nesting depth of
/// <see cref="WorkerPool.Run"/> has its own, so that work inside work cannot overwrite what its caller holds.
/// </summary>
internal sealed unsafe class WorkerScratch
{
    private const nuint Alignment = 64;
    private const int Slots = 3;

    [ThreadStatic]
    private static WorkerScratch? current;

    private readonly List<Block> blocks = [];
    private readonly List<Block> randoms = [];

    /// <summary>How deep this thread is in pool work; 0 outside.</summary>
    public int Depth { get; set; }

    /// <summary>The scratch of the calling thread.</summary>
    public static WorkerScratch Current => current ??= new WorkerScratch();

    /// <summary>At least <paramref name="bytes"/> bytes, 64-byte aligned, content undefined; the same memory again for the same slot.</summary>
    public byte* Rent(ScratchSlot slot, nuint bytes)
    {
        return At(blocks, Depth * Slots + (int)slot).AtLeast(bytes);
    }

    /// <summary>
    /// Memory for a run of random numbers, as <see cref="Rent"/>; each that a loop has in use at a time has a number of its own. A loop
    /// starts no other work meanwhile.
    /// </summary>
    public byte* RentRandoms(int number, nuint bytes) => At(randoms, number).AtLeast(bytes);

    private static Block At(List<Block> blocks, int index)
    {
        while (blocks.Count <= index)
            blocks.Add(new Block());
        return blocks[index];
    }

    private sealed class Block
    {
        private byte* memory;
        private nuint size;

        ~Block() => NativeMemory.AlignedFree(memory);

        public byte* AtLeast(nuint bytes) => bytes <= size && memory != null ? memory : Grow(bytes);

        // Not part of a generated loop's method: calls out of the runtime make the JIT keep that method's variables in memory.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private byte* Grow(nuint bytes)
        {
            NativeMemory.AlignedFree(memory);
            memory = null;
            // Room to grow, so that slightly larger work does not allocate again.
            size = Math.Max(bytes + bytes / 4, 4096);
            memory = (byte*)NativeMemory.AlignedAlloc(size, Alignment);
            return memory;
        }
    }
}

/// <summary>Who a block of <see cref="WorkerScratch"/> is for.</summary>
internal enum ScratchSlot
{
    /// <summary>Generated code, through <see cref="WorkerPool.Scratch"/>.</summary>
    Kernel,

    /// <summary>What a worker packs and sums by itself in <see cref="MageDsl.Devices.Cpu.Gemm"/>.</summary>
    Gemm,

    /// <summary>What the parts of a row block pass to each other, and their packed operands.</summary>
    Block,
}
