using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A batched matrix product <c>C[batch, m, n] = sum over k of Left[batch, m, k] Right[batch, k, n]</c>, by its elements: one at a time, or neighbours
/// along the axis along which they are dense, n for results.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuContraction<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>What of it can be taken by fours, if the sizes are such.</summary>
    static abstract GpuProductForm Form { get; }

    /// <summary>Elements of the left operand.</summary>
    static abstract V Left<V, M, L>(TStage stage, int batch, int m, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;

    /// <summary>Elements of the right operand.</summary>
    static abstract V Right<V, M, L>(TStage stage, int batch, int k, int n)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;

    /// <summary>What is done with finished sums.</summary>
    static abstract void Store<V, M, L>(TStage stage, int batch, int m, int n, V sum)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}
