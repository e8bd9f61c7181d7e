using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A stage that adds terms where ids say. Terms and results come in items that have nothing to do with each other; within one, a term goes to
/// the line of its key.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuScatter<TStage, T>
    where TStage : struct, IGpuScatter<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether a thread can have four neighbours of a line, if the sizes are such.</summary>
    static abstract bool IsByFours { get; }

    /// <summary>Where a term goes.</summary>
    static abstract int Key(TStage stage, int item, int term);

    /// <summary>What a term adds to an element of its line, and to its neighbours.</summary>
    static abstract V Term<V, M, L>(TStage stage, int item, int term, int element)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;

    /// <summary>Stores the sum for an element of a line, and for its neighbours.</summary>
    static abstract void Store<V, M, L>(TStage stage, int item, int key, int element, V sum)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}
