using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>A stage over rows: written for any number of neighbours that a thread takes at once, and for any threads that share a row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRows<TStage, T>
    where TStage : struct, IGpuRows<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether a thread can take four neighbours at once, if the sizes are such.</summary>
    static abstract bool IsByFours { get; }

    /// <summary>What a thread does.</summary>
    static abstract void Run<V, M, L, R>(TStage stage)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        where R : struct, IGpuTeam<T>;
}

/// <summary>The stage, with so many neighbours a thread, and such threads a row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuRows<TStage, T, V, M, L, R> : IGpuStage<GpuRows<TStage, T, V, M, L, R>>
    where TStage : struct, IGpuRows<TStage, T>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
    where R : struct, IGpuTeam<T>
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <inheritdoc/>
    public static void Run(GpuRows<TStage, T, V, M, L, R> stage) => TStage.Run<V, M, L, R>(stage.Stage);
}
