using System.Runtime.Intrinsics;

namespace MageDsl.Devices.Cpu;

/// <summary>Dense contractions: packed operands, register tiles, blocks shared out to the worker pool.</summary>
/// <remarks>
/// The blocking follows Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (ACM TOMS 34, 2008). Sums over k
/// are taken in the same order whatever the blocks, so results are bitwise equal for every number of threads.
/// </remarks>
public static unsafe class Gemm
{
    /// <summary>
    /// Runs a contraction of <paramref name="batch"/> items, each <paramref name="m"/> × <paramref name="n"/> over
    /// <paramref name="k"/>, at <see cref="Simd.Width"/> on <see cref="WorkerPool.Shared"/>. With k = 0 the sums are zero; with
    /// no element in the result nothing happens.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public static void Run<TStage, T>(TStage* stage, nint batch, nint m, nint n, nint k)
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        if (batch == 0 || m == 0 || n == 0)
            return;
        using var launch = LaunchProfile.Begin<TStage>(2.0 * batch * m * n * k);
        Driver<TStage, T>().Run(WorkerPool.Shared, stage, new GemmSize(batch, m, n, k));
    }

    /// <summary>Elements that <see cref="PackRight"/> writes for so many columns and terms.</summary>
    public static nint PackedElements<TStage, T>(nint columns, nint k)
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged
        => Driver<TStage, T>().PackedElements(columns, k);

    /// <summary>
    /// Packs columns [<paramref name="column"/>, <paramref name="column"/> + <paramref name="columns"/>) of an item's Right, on the
    /// calling thread, for any number of <see cref="RunRows"/>.
    /// </summary>
    /// <param name="stage">The contraction.</param>
    /// <param name="item">Which of the batch.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">How many.</param>
    /// <param name="k">Terms of a sum.</param>
    /// <param name="packed">Room for <see cref="PackedElements"/>, aligned to 64 bytes.</param>
    public static void PackRight<TStage, T>(TStage* stage, nint item, nint column, nint columns, nint k, T* packed)
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged
        => Driver<TStage, T>().PackRight(stage, item, column, columns, k, packed);

    /// <summary>
    /// Computes rows [<paramref name="row"/>, <paramref name="row"/> + <paramref name="rows"/>) of the columns that were packed, on the
    /// calling thread: the same bits as <see cref="Run"/>.
    /// </summary>
    /// <param name="stage">The contraction.</param>
    /// <param name="item">Which of the batch.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">How many, as packed.</param>
    /// <param name="k">Terms of a sum, as packed.</param>
    /// <param name="packed">What <see cref="PackRight"/> wrote for these columns.</param>
    public static void RunRows<TStage, T>(
        TStage* stage, nint item, nint row, nint rows, nint column, nint columns, nint k, T* packed)
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged
    {
        if (rows > 0 && columns > 0)
            Driver<TStage, T>().RunRows(stage, item, new GemmBlock(row, rows, column, columns), k, packed);
    }

    /// <summary>The driver for <see cref="Simd.Width"/>.</summary>
    private static GemmEntries<TStage, T> Driver<TStage, T>()
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged
        => Simd.Width switch
        {
            512 when typeof(T) == typeof(float) => GemmDriver<TStage, T, Simd512<T>, Vector512<T>, Tile512>.Entries,
            512 => GemmDriver<TStage, T, Simd512<T>, Vector512<T>, PortableTile<T, Simd512<T>, Vector512<T>>>.Entries,
            256 when typeof(T) == typeof(float) => GemmDriver<TStage, T, Simd256<T>, Vector256<T>, Tile256>.Entries,
            256 => GemmDriver<TStage, T, Simd256<T>, Vector256<T>, PortableTile<T, Simd256<T>, Vector256<T>>>.Entries,
            _ => GemmDriver<TStage, T, Simd128<T>, Vector128<T>, PortableTile<T, Simd128<T>, Vector128<T>>>.Entries,
        };
}

/// <summary>The sizes of a contraction: items, rows and columns of each, and terms of a sum.</summary>
internal readonly record struct GemmSize(nint Batch, nint M, nint N, nint K);

/// <summary>A part of one item's result.</summary>
internal readonly record struct GemmBlock(nint Row, nint Rows, nint Column, nint Columns);

/// <summary>What a driver can be asked for, without the vectors and tiles it does it with.</summary>
internal readonly unsafe struct GemmEntries<TStage, T>
    where TStage : unmanaged
    where T : unmanaged
{
    public required delegate*<WorkerPool, TStage*, GemmSize, void> Run { get; init; }

    public required delegate*<nint, nint, nint> PackedElements { get; init; }

    public required delegate*<TStage*, nint, nint, nint, nint, T*, void> PackRight { get; init; }

    public required delegate*<TStage*, nint, GemmBlock, nint, T*, void> RunRows { get; init; }
}
