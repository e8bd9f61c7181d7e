using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>What a part of a row block multiplies, by its elements: as <see cref="IGpuContraction{TStage, T}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowOperands<TStage, T>
    where TStage : struct, IGpuRowOperands<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether four neighbours of the operand can be read at once, where sizes are such.</summary>
    static abstract bool LeftFours { get; }

    /// <inheritdoc cref="LeftFours"/>
    static abstract bool RightFours { get; }

    /// <summary>Whether the operand is read as it is from what lies in 16 bits, if by fours.</summary>
    static abstract bool LeftShort { get; }

    /// <inheritdoc cref="LeftShort"/>
    static abstract bool RightShort { get; }

    /// <summary>Four neighbours of a left operand that is short, as words of two.</summary>
    static abstract Pair<uint> LeftWords(TStage stage, GpuBlockRows<T> at, int batch, int m, int k);

    /// <summary>The same of the right one.</summary>
    static abstract Pair<uint> RightWords(TStage stage, GpuBlockRows<T> at, int batch, int k, int n);

    /// <summary>Neighbours of the left operand.</summary>
    static abstract V Left<V, M, L>(TStage stage, GpuBlockRows<T> at, int batch, int m, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;

    /// <summary>Neighbours of the right operand.</summary>
    static abstract V Right<V, M, L>(TStage stage, GpuBlockRows<T> at, int batch, int k, int n)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>A part of a row block that is a product.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowContraction<TStage, T> : IGpuRowOperands<TStage, T>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether four sums can be stored at once, where sizes are such.</summary>
    static abstract bool StoreFours { get; }

    /// <summary>Whether the left operand lies in scratch in 16 bits, a row of the block after the other.</summary>
    static abstract bool LeftHeld { get; }

    /// <summary>Where it begins there and how far its rows are from each other, in pieces of 16 bytes.</summary>
    static abstract Pair<int> LeftPieces(TStage stage);

    /// <summary>What is done with finished sums of a row.</summary>
    static abstract void Store<V, M, L>(TStage stage, GpuBlockRows<T> at, int batch, int m, int n, V sum)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>A part of a row block that is two products at once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuRowPair<TStage, T> : IGpuRowOperands<TStage, T>
    where TStage : struct, IGpuRowPair<TStage, T>
    where T : unmanaged
{
    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.LeftFours"/>
    static abstract bool OtherLeftFours { get; }

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.LeftFours"/>
    static abstract bool OtherRightFours { get; }

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.LeftShort"/>
    static abstract bool OtherLeftShort { get; }

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.LeftShort"/>
    static abstract bool OtherRightShort { get; }

    /// <inheritdoc cref="IGpuRowContraction{TStage, T}.StoreFours"/>
    static abstract bool StoreFours { get; }

    /// <summary>Whether all that goes along columns goes to scratch in 16 bits, whose rows are of whole eights.</summary>
    static abstract bool StoreEights { get; }

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.LeftWords"/>
    static abstract Pair<uint> OtherLeftWords(TStage stage, GpuBlockRows<T> at, int batch, int m, int k);

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.RightWords"/>
    static abstract Pair<uint> OtherRightWords(TStage stage, GpuBlockRows<T> at, int batch, int k, int n);

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.Left"/>
    static abstract V OtherLeft<V, M, L>(TStage stage, GpuBlockRows<T> at, int batch, int m, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;

    /// <inheritdoc cref="IGpuRowOperands{TStage, T}.Right"/>
    static abstract V OtherRight<V, M, L>(TStage stage, GpuBlockRows<T> at, int batch, int k, int n)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;

    /// <summary>What is done with finished sums of both, in a row.</summary>
    static abstract void Store<V, M, L>(TStage stage, GpuBlockRows<T> at, int batch, int m, int n, V sum, V other)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}
