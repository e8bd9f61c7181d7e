using ILGPU;
using ILGPU.Runtime;

namespace MageDsl.Devices.Gpu;

/// <summary>A place in the work of a device that the host can wait for.</summary>
internal interface IStreamMark
{
    /// <summary>Puts it behind all that was asked for so far.</summary>
    void Set();

    /// <summary>Waits until the device has come so far; not at all, if it was never set.</summary>
    void Wait();
}

/// <summary>
/// Copies between host and device through memory that stays where it is (page-locked), which a card reads and writes by itself, at several times the
/// speed. There are a few such blocks; each has its turn again when the device is done with it.
/// </summary>
/// <param name="accelerator">The device.</param>
/// <param name="stream">Where its work goes.</param>
/// <param name="mark">Makes a mark in that.</param>
/// <param name="bytes">The bytes of a block.</param>
internal sealed unsafe class GpuStaging(Accelerator accelerator, AcceleratorStream stream, Func<IStreamMark> mark, int bytes = 4 << 20)
{
    private const int Count = 4;

    private readonly Lock gate = new();
    private Block[] blocks = [];
    private int turn;

    /// <summary>Copies to the device, later: the source is free for other use when it returns.</summary>
    public void Write(void* source, ArrayView<byte> destination)
    {
        lock (gate)
        {
            for (var start = 0L; start < destination.Length; start += bytes)
            {
                var (block, length) = (Next(), (int)Math.Min(bytes, destination.Length - start));
                new ReadOnlySpan<byte>((byte*)source + start, length).CopyTo(block.Memory.Span);
                block.Memory.ArrayView.SubView(0, length).CopyTo(stream, destination.SubView(start, length));
                block.Mark.Set();
            }
        }
    }

    /// <summary>Copies from the device, and waits for it; while the host copies a block, those after it are on their way.</summary>
    public void Read(ArrayView<byte> source, void* destination)
    {
        lock (gate)
        {
            var coming = new Queue<(Block Block, long Start, int Length)>();
            for (var start = 0L; start < source.Length; start += bytes)
            {
                if (coming.Count == Count) Arrive();
                var (block, length) = (Next(), (int)Math.Min(bytes, source.Length - start));
                source.SubView(start, length).CopyTo(stream, block.Memory.ArrayView.SubView(0, length));
                block.Mark.Set();
                coming.Enqueue((block, start, length));
            }
            while (coming.Count > 0) Arrive();

            void Arrive()
            {
                var (block, start, length) = coming.Dequeue();
                block.Mark.Wait();
                block.Memory.Span[..length].CopyTo(new Span<byte>((byte*)destination + start, length));
            }
        }
    }

    /// <summary>The block whose turn it is, once the device is done with it.</summary>
    private Block Next()
    {
        if (blocks.Length == 0) blocks = [.. Enumerable.Range(0, Count).Select(_ => Make())];
        var block = blocks[turn];
        turn = (turn + 1) % Count;
        block.Mark.Wait();
        return block;
    }

    private Block Make() => new(accelerator.AllocatePageLocked1D<byte>(bytes), mark());

    private sealed record Block(PageLockedArray1D<byte> Memory, IStreamMark Mark);
}
