using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>A stage over rows that may be cut into shares, each of which leaves parts.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuSplit<TStage, T> : IGpuRows<TStage, T>
    where TStage : struct, IGpuSplit<TStage, T>
    where T : unmanaged
{
    /// <summary>[share, result, row]: what each share has combined; nothing where there is one share.</summary>
    ArrayView<T> Parts { get; set; }

    /// <summary>How many there are.</summary>
    int Shares { get; set; }

    /// <summary>Combines the parts of a row, and stores what is made of them.</summary>
    static abstract void Finish(TStage stage);
}

/// <summary>The second launch of a stage that was cut into shares.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuFinish<TStage, T> : IGpuStage<GpuFinish<TStage, T>>
    where TStage : struct, IGpuSplit<TStage, T>
    where T : unmanaged
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <inheritdoc/>
    public static void Run(GpuFinish<TStage, T> stage) => TStage.Finish(stage.Stage);
}
