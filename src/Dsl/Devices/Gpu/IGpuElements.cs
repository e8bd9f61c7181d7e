using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>A stage whose elements have nothing to do with each other: written for any number of neighbours that a thread computes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuElements<TStage, T>
    where TStage : struct, IGpuElements<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether a thread can have four neighbours, if the sizes are such.</summary>
    static abstract bool IsByFours { get; }

    /// <summary>What a thread does.</summary>
    static abstract void Run<V, M, L>(TStage stage)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>The stage, with so many neighbours a thread.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuEach<TStage, T, V, M, L> : IGpuStage<GpuEach<TStage, T, V, M, L>>
    where TStage : struct, IGpuElements<TStage, T>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <inheritdoc/>
    public static void Run(GpuEach<TStage, T, V, M, L> stage) => TStage.Run<V, M, L>(stage.Stage);
}
