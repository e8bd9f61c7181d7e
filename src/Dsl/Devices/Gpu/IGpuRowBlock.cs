using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Where a group is in a row block: some rows of one batch item, and the memory that it has for them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuBlockRows<T>
    where T : unmanaged
{
    /// <summary>What the parts pass on to each other.</summary>
    public ArrayView<T> Scratch;

    /// <summary>
    /// Where in <see cref="Memory"/> sums over the rows lie until the last of them has been added: at a multiple of four. A part of a view would not
    /// be known to begin at one.
    /// </summary>
    public int Sums;

    /// <summary>What groups have of the device's memory.</summary>
    public ArrayView<T> Memory;

    /// <summary>Tiles of the operands of a product, by fours.</summary>
    public ArrayView<Quad<T>> Tiles;

    /// <summary>An element for each thread.</summary>
    public ArrayView<T> Shared;

    /// <summary>The item, and how many rows each has.</summary>
    public int Item, ItemRows;

    /// <summary>Where the item is along the axes of the batch, slowest first.</summary>
    public int Axis0, Axis1, Axis2, Axis3;

    /// <summary>The first of the rows in the item, how many they are, and how many there are at most.</summary>
    public int First, Count, Height;

    /// <summary>1 where these are the first rows of the item, and the last.</summary>
    public int IsFirst, IsLast;

    /// <summary>Their first among the rows of all items.</summary>
    public readonly int Row => (Item * ItemRows) + First;
}

/// <summary>
/// Several generated stages that run together on a few rows of one batch item at a time, so that what passes between them (the scores of
/// attention, say) stays in the memory of a group.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowBlock<TBlock, T>
    where TBlock : struct, IGpuRowBlock<TBlock, T>
    where T : unmanaged
{
    /// <summary>Whether a part sums over the rows: then one group takes all rows of an item, in order.</summary>
    static abstract bool HasSums { get; }

    /// <summary>Whether a part is two products at once.</summary>
    static abstract bool HasPairs { get; }

    /// <summary>Elements of scratch for a row.</summary>
    long Scratch { get; }

    /// <summary>The most elements that a value has for a row.</summary>
    int Length { get; }

    /// <summary>Elements that are summed over the rows of an item by contractions.</summary>
    long Sums { get; }

    /// <summary>Tells the parts what lies where in scratch of so many rows.</summary>
    void Place(int rows);

    /// <summary>What a group does with some rows: all parts, in order.</summary>
    static abstract void Run<R, P>(TBlock block, GpuBlockRows<T> at)
        where R : struct, IGpuTeam<T>
        where P : struct, IGpuRowCore<T>;

    /// <summary>What it does for an item without any: stores sums that are zero.</summary>
    static abstract void RunWithoutRows<P>(TBlock block, GpuBlockRows<T> at)
        where P : struct, IGpuRowCore<T>;
}

/// <summary>How the parts of a row block are computed. Each begins when what came before is done.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowCore<T>
    where T : unmanaged
{
    /// <summary>The rows of a tile: a block of others is worth as much as the next multiple.</summary>
    static abstract int TileRows { get; }

    /// <summary>Of a tile the rows that some threads have for themselves: blocks of multiples leave none of them idle.</summary>
    static abstract int StepRows { get; }

    /// <summary>The memory of a group for tiles of both operands, by fours.</summary>
    static abstract ArrayView<Quad<T>> Tiles();

    /// <summary>A loop over the rows.</summary>
    static abstract void Loop<TStage, R>(TStage stage, GpuBlockRows<T> at)
        where TStage : struct, IGpuRowLoop<TStage, T>
        where R : struct, IGpuTeam<T>;

    /// <summary>The block's rows times <paramref name="n"/> columns, summed over <paramref name="k"/>.</summary>
    static abstract void Rows<TStage>(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>;

    /// <summary>Two such products at once, over the same columns and as many terms.</summary>
    static abstract void Pair<TStage>(
        TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK, bool otherLeftAlongK, bool otherRightAlongK)
        where TStage : struct, IGpuRowPair<TStage, T>;

    /// <summary>
    /// <paramref name="m"/> rows of its own times <paramref name="n"/> columns, summed over the block's rows; what lies at
    /// <paramref name="begin"/> of the group's sums goes on from block to block.
    /// </summary>
    static abstract void Sums<TStage>(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where TStage : struct, IGpuRowContraction<TStage, T>;
}

/// <summary>A part of a row block that goes through each row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowLoop<TStage, T>
    where TStage : struct, IGpuRowLoop<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether a thread can take four neighbours at once.</summary>
    static abstract bool IsByFours { get; }

    /// <summary>
    /// One row, by the threads along x of a group; all of them call it together, also where there is no such row, and they only go along.
    /// </summary>
    static abstract void Row<V, M, L, R>(TStage stage, GpuBlockRows<T> at, int row, bool isRow)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        where R : struct, IGpuTeam<T>;
}

/// <summary>A part of a row block that sums across its rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowColumns<TStage, T>
    where TStage : struct, IGpuRowColumns<TStage, T>
    where T : unmanaged
{
    /// <summary>Adds what a row has to where the sums lie; by all threads of a group.</summary>
    static abstract void Columns(TStage stage, GpuBlockRows<T> at, int row);
}
