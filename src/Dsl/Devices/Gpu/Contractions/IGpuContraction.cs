using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>A batched matrix product <c>C[batch, m, n] = sum over k of Left[batch, m, k] Right[batch, k, n]</c>, by its elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuContraction<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>An element of the left operand.</summary>
    static abstract T Left(TStage stage, int batch, int m, int k);

    /// <summary>An element of the right operand.</summary>
    static abstract T Right(TStage stage, int batch, int k, int n);

    /// <summary>What is done with a finished sum.</summary>
    static abstract void Store(TStage stage, int batch, int m, int n, T sum);
}
