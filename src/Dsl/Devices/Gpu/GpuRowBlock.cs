using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A row block: groups take tasks in turn, each some rows of an item, or all rows of one in order if something is summed over them; and that of
/// several items in order where sums cross those.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[GroupsAtOnce(2, GpuRowBlocks.MostThreads)]
public struct GpuRowBlock<TBlock, T, S, TMemory, R, P> : IGpuStage<GpuRowBlock<TBlock, T, S, TMemory, R, P>>
    where TBlock : struct, IGpuRowBlock<TBlock, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TMemory : struct, IGpuBlockMemory<T>
    where R : struct, IGpuTeam<T>
    where P : struct, IGpuRowCore<T>
{
    /// <summary>The parts.</summary>
    public TBlock Block;

    /// <summary>What groups have of the device's memory, and an element more: a part of it, even if that is empty, begins within it.</summary>
    public ArrayView<T> Memory;

    /// <summary>Elements of it for each group, and of them those before the sums: multiples of four.</summary>
    public int Slice, Scratch;

    /// <summary>How many tasks there are; of a task the items, and the blocks of rows of each; and of how many tasks an item is.</summary>
    public int Tasks, Items, Blocks, Ranges;

    /// <summary>The rows of an item and of a block.</summary>
    public int Rows, Height;

    /// <inheritdoc/>
    public static void Run(GpuRowBlock<TBlock, T, S, TMemory, R, P> g)
    {
        var scratch = TMemory.Scratch(g.Memory.SubView(Grid.IdxX * g.Slice, g.Scratch));
        var tiles = P.Tiles();
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
                        Scratch = scratch, Memory = g.Memory, Sums = (Grid.IdxX * g.Slice) + g.Scratch, Tiles = tiles, Shared = shared,
                        Item = (task / g.Ranges * g.Items) + item, ItemRows = g.Rows, First = first, Count = Math.Min(g.Height, g.Rows - first),
                        Height = g.Height, IsFirst = block == 0 ? 1 : 0, IsLast = block == g.Blocks - 1 ? 1 : 0,
                    };
                    TBlock.Run<R, P>(g.Block, at);
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
        var tiles = GpuRowProduct<T, S>.Tiles();
        // Of scratch and sums nothing is read, but they are to be of one kind of memory.
        var none = tiles.Cast<T>();
        TBlock.RunWithoutRows<GpuRowProduct<T, S>>(g.Block, new GpuBlockRows<T>
        {
            Scratch = none, Memory = none, Tiles = tiles, Item = Grid.IdxX, IsFirst = 1, IsLast = 1,
        });
    }
}

/// <summary>Launches row blocks.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuRowBlocks
{
    /// <summary>The most rows of a block, which are those of a tile in plain arithmetic.</summary>
    internal const int MostHeight = 64;

    /// <summary>The most threads of a group, and of one whose memory is for few rows.</summary>
    internal const int MostThreads = 256, FewThreads = 128;

    /// <summary>Some rows at a time of each of some items, as many of these in order as is said.</summary>
    /// <param name="device">The device.</param>
    /// <param name="block">The parts.</param>
    /// <param name="items">Items of the batch.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="inOrder">Items that one group takes in order.</param>
    /// <param name="largest">The elements of the largest tensor.</param>
    /// <param name="fours">Whether sizes are such that what lies side by side can be taken by fours.</param>
    public static void Run<TBlock, T, S>(GpuDevice device, TBlock block, nint items, nint rows, nint inOrder, nint largest, bool fours)
        where TBlock : struct, IGpuRowBlock<TBlock, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (items == 0 || (rows == 0 && !TBlock.HasSums)) return;
        GpuLauncher.CheckIndices(largest);
        if (rows == 0)
        {
            device.Launch(new GpuNoRows<TBlock, T, S> { Block = block }, items, Math.Min(device.GroupSize, FewThreads));
            return;
        }

        GpuLauncher.CheckIndices(items * rows);
        new GpuRowBlockLaunch<TBlock, T, S>(device, block, items, rows, inOrder, fours && device.TakesQuads).Run();
    }

    /// <summary>Makes sums zero that blocks add to.</summary>
    public static void Clear<T>(GpuDevice device, ArrayView<T> sums)
        where T : unmanaged
    {
        var groups = Math.Min(device.BusyGroups, GpuLauncher.Groups(sums.Length, device.GroupSize));
        device.Launch(new FillStage<T> { To = sums }, groups, device.GroupSize);
    }
}
