using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>A stage over rows that are gone through more than once: of short ones a thread keeps what it has in registers.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuKeptRows<TStage, T> : IGpuRows<TStage, T>
    where TStage : struct, IGpuKeptRows<TStage, T>
    where T : unmanaged
{
    /// <summary>How often a thread can take an element of a row, or four, and keep it.</summary>
    static abstract int Kept { get; }

    /// <summary>What a thread does with a row of which it keeps all that it has.</summary>
    static abstract void RunKept<V, M, L, R>(TStage stage)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        where R : struct, IGpuTeam<T>;
}

/// <summary>The stage for short rows, with so many neighbours a thread, and such threads a row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuKeptRows<TStage, T, V, M, L, R> : IGpuStage<GpuKeptRows<TStage, T, V, M, L, R>>
    where TStage : struct, IGpuKeptRows<TStage, T>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
    where R : struct, IGpuTeam<T>
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <inheritdoc/>
    public static void Run(GpuKeptRows<TStage, T, V, M, L, R> stage) => TStage.RunKept<V, M, L, R>(stage.Stage);
}
