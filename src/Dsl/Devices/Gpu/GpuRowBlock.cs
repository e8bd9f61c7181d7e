using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A row block: groups take tasks in turn, each some rows of an item, or all rows of one in order if something is summed over them; and that of
/// several items in order where sums cross those.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuRowBlock<TBlock, T, S, TMemory, R> : IGpuStage<GpuRowBlock<TBlock, T, S, TMemory, R>>
    where TBlock : struct, IGpuRowBlock<TBlock, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TMemory : struct, IGpuBlockMemory<T>
    where R : struct, IGpuTeam<T>
{
    /// <summary>The parts.</summary>
    public TBlock Block;

    /// <summary>What groups have of the device's memory, and an element more: a part of it, even if that is empty, begins within it.</summary>
    public ArrayView<T> Memory;

    /// <summary>Elements of it for each group, and of them those before the sums.</summary>
    public int Slice, Scratch;

    /// <summary>How many tasks there are; of a task the items, and the blocks of rows of each; and of how many tasks an item is.</summary>
    public int Tasks, Items, Blocks, Ranges;

    /// <summary>The rows of an item and of a block.</summary>
    public int Rows, Height;

    /// <inheritdoc/>
    public static void Run(GpuRowBlock<TBlock, T, S, TMemory, R> g)
    {
        var scratch = TMemory.Scratch(g.Memory.SubView(Grid.IdxX * g.Slice, g.Scratch));
        var sums = g.Memory.SubView((Grid.IdxX * g.Slice) + g.Scratch, g.Slice - g.Scratch);
        var left = SharedMemory.Allocate<T>(GpuRowBlocks.Depth * GpuRowBlocks.MostHeight);
        var right = SharedMemory.Allocate<T>(GpuRowBlocks.Depth * GpuRowBlocks.MostTile);
        var shared = SharedMemory.Allocate<T>(GpuRowBlocks.MostThreads);
        int task = Grid.IdxX;
        do
        {
            int item = 0;
            do
            {
                int block = 0;
                do
                {
                    int first = ((task % g.Ranges) + block) * g.Height;
                    var at = new GpuBlockRows<T>
                    {
                        Scratch = scratch, Sums = sums, Left = left, Right = right, Shared = shared,
                        Item = (task / g.Ranges * g.Items) + item, ItemRows = g.Rows, First = first, Count = Math.Min(g.Height, g.Rows - first),
                        Height = g.Height, IsFirst = block == 0 ? 1 : 0, IsLast = block == g.Blocks - 1 ? 1 : 0,
                    };
                    TBlock.Run<R>(g.Block, at);
                    block++;
                }
                while (block < g.Blocks);
                item++;
            }
            while (item < g.Items);
            task += Grid.DimX;
        }
        while (task < g.Tasks);
    }
}

/// <summary>What is left of a row block where items have no rows: sums of nothing.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuNoRows<TBlock, T, S> : IGpuStage<GpuNoRows<TBlock, T, S>>
    where TBlock : struct, IGpuRowBlock<TBlock, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>The parts.</summary>
    public TBlock Block;

    /// <inheritdoc/>
    public static void Run(GpuNoRows<TBlock, T, S> g)
    {
        var left = SharedMemory.Allocate<T>(GpuRowBlocks.Depth * GpuRowBlocks.MostHeight);
        var right = SharedMemory.Allocate<T>(GpuRowBlocks.Depth * GpuRowBlocks.MostTile);
        // Of scratch and sums nothing is read, but they are to be of one kind of memory.
        TBlock.RunWithoutRows(g.Block, new GpuBlockRows<T>
        {
            Scratch = left, Sums = left, Left = left, Right = right, Item = Grid.IdxX, IsFirst = 1, IsLast = 1,
        });
    }
}

/// <summary>Launches row blocks.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuRowBlocks
{
    /// <summary>The most rows of a block, which are those of a tile.</summary>
    internal const int MostHeight = 32;

    /// <summary>The most columns of a tile.</summary>
    internal const int MostTile = 128;

    /// <summary>The terms of a step.</summary>
    internal const int Depth = 8;

    /// <summary>The most threads of a group: with more, most would have no sums where heads are narrow.</summary>
    internal const int MostThreads = 128;

    /// <summary>Threads that share a row.</summary>
    private const int Lanes = 32;

    /// <summary>What groups may have of the device's memory, all together, if that leaves one of them.</summary>
    private const long MostSlices = 256 << 20;

    /// <summary>Some rows at a time of each of some items, as many of these in order as is said.</summary>
    /// <param name="device">The device.</param>
    /// <param name="block">The parts.</param>
    /// <param name="items">Items of the batch.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="inOrder">Items that one group takes in order.</param>
    /// <param name="largest">The elements of the largest tensor.</param>
    public static void Run<TBlock, T, S>(GpuDevice device, TBlock block, nint items, nint rows, nint inOrder, nint largest)
        where TBlock : struct, IGpuRowBlock<TBlock, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (items == 0 || (rows == 0 && !TBlock.HasSums)) return;
        GpuLauncher.CheckIndices(largest);
        if (rows == 0)
        {
            device.Launch(new GpuNoRows<TBlock, T, S> { Block = block }, items, Math.Min(device.GroupSize, MostThreads));
            return;
        }

        GpuLauncher.CheckIndices(items * rows);
        var isFloat = Unsafe.SizeOf<T>() == sizeof(float);
        var height = Height(device, block.Scratch, isFloat ? SharedFloats<T>.Elements : SharedDoubles<T>.Elements, Unsafe.SizeOf<T>());
        if (height == 0) Launch<TBlock, T, S, GlobalSlices<T>>(device, block, items, rows, inOrder, MostHeight, inMemory: true);
        else if (isFloat) Launch<TBlock, T, S, SharedFloats<T>>(device, block, items, rows, inOrder, height, inMemory: false);
        else Launch<TBlock, T, S, SharedDoubles<T>>(device, block, items, rows, inOrder, height, inMemory: false);
    }

    /// <summary>Makes sums zero that blocks add to.</summary>
    public static void Clear<T>(GpuDevice device, ArrayView<T> sums)
        where T : unmanaged
    {
        var groups = Math.Min(device.BusyGroups, GpuLauncher.Groups(sums.Length, device.GroupSize));
        device.Launch(new FillStage<T> { To = sums }, groups, device.GroupSize);
    }

    /// <summary>The most rows whose scratch fits into the memory of a group; 0 if that is none.</summary>
    private static int Height(GpuDevice device, long perRow, int elements, int size)
    {
        var bytes = (elements + (Depth * (MostHeight + MostTile)) + MostThreads) * size;
        return bytes > device.Accelerator.MaxSharedMemoryPerGroup ? 0 : (int)Math.Min(MostHeight, elements / Math.Max(1, perRow));
    }

    private static void Launch<TBlock, T, S, TMemory>(
        GpuDevice device, TBlock block, nint items, nint rows, nint inOrder, int mostHeight, bool inMemory)
        where TBlock : struct, IGpuRowBlock<TBlock, T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where TMemory : struct, IGpuBlockMemory<T>
    {
        if (device.HasShuffles) Launch<TBlock, T, S, TMemory, GpuWarpTeam<T, S>>(device, block, items, rows, inOrder, mostHeight, inMemory);
        else Launch<TBlock, T, S, TMemory, GpuGroupTeam<T, S>>(device, block, items, rows, inOrder, mostHeight, inMemory);
    }

    private static void Launch<TBlock, T, S, TMemory, R>(
        GpuDevice device, TBlock block, nint items, nint rows, nint inOrder, int mostHeight, bool inMemory)
        where TBlock : struct, IGpuRowBlock<TBlock, T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where TMemory : struct, IGpuBlockMemory<T>
        where R : struct, IGpuTeam<T>
    {
        // As many blocks as must be, of equal height.
        var blocks = GpuLauncher.Groups(rows, mostHeight);
        var height = (int)GpuLauncher.Groups(rows, (int)blocks);
        block.Place(height);
        var scratch = inMemory ? block.Scratch * height : 0;
        var slice = scratch + block.Sums;
        GpuLauncher.CheckIndices((nint)slice);
        var ranges = TBlock.HasSums ? 1 : blocks;
        var tasks = items / inOrder * ranges;
        var groups = slice == 0 ? tasks
            : Math.Min(tasks, Math.Clamp(MostSlices / (slice * Unsafe.SizeOf<T>()), 1, device.BusyGroups));
        var bytes = (nint)(((groups * slice) + 1) * Unsafe.SizeOf<T>());
        using var arena = new GpuArena(device, bytes);
        var threads = Math.Min(device.GroupSize, MostThreads);
        var x = Math.Min(threads, Lanes);
        var launch = new GpuRowBlock<TBlock, T, S, TMemory, R>
        {
            Block = block, Memory = arena.At(0, bytes).GpuView<T>(device), Slice = (int)slice, Scratch = (int)scratch,
            Tasks = checked((int)tasks), Items = (int)inOrder, Blocks = (int)(TBlock.HasSums ? blocks : 1), Ranges = (int)ranges,
            Rows = (int)rows, Height = height,
        };
        device.Launch(launch, groups, x, threads / x);
    }
}
