using System.ComponentModel;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// Several generated stages that run together on a few rows of one batch item at a time, so that what passes between them (the scores
/// of attention, say) stays in a worker's scratch memory and never goes out as a tensor.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IRowBlock<T>
    where T : unmanaged
{
    /// <summary>Whether a part sums over the rows: then one worker takes all rows of an item, in order.</summary>
    static abstract bool HasSums { get; }

    /// <summary>Elements of scratch that so many rows need for what passes between the parts.</summary>
    nint ScratchElements(nint rows);

    /// <summary>
    /// Points the parts to scratch for the rows from <paramref name="row"/> on: <paramref name="memory"/> has
    /// <see cref="ScratchElements"/> of <paramref name="rows"/>.
    /// </summary>
    void Bind(T* memory, nint row, nint rows);

    /// <summary>Shows the parts, in order, to a pass. The block must not move meanwhile.</summary>
    void Visit<P>(ref P pass)
        where P : struct, IRowBlockPass<T>;
}

/// <summary>Something that is done with every part of a row block in turn.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IRowBlockPass<T>
    where T : unmanaged
{
    /// <summary>A contraction whose rows are the block's: <paramref name="n"/> columns, sums over <paramref name="k"/>.</summary>
    void Rows<TStage>(TStage* stage, nint n, nint k)
        where TStage : unmanaged, IContraction<T>;

    /// <summary>A contraction that sums over the block's rows: <paramref name="m"/> rows and <paramref name="n"/> columns of its own.</summary>
    void Sums<TStage>(TStage* stage, nint m, nint n)
        where TStage : unmanaged, IContraction<T>;

    /// <summary>
    /// A loop: each of the block's rows is <paramref name="rows"/> rows of the loop, whose first inner axis has size <paramref name="inner"/>.
    /// </summary>
    void Loop<TStage>(TStage* stage, nint rows, nint inner)
        where TStage : unmanaged, ILoopStage<T>;
}
