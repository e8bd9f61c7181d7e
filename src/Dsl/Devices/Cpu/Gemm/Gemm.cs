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
        Driver<TStage, T>()(WorkerPool.Shared, stage, new GemmSize(batch, m, n, k));
    }

    /// <summary>The driver for <see cref="Simd.Width"/>.</summary>
    private static delegate*<WorkerPool, TStage*, GemmSize, void> Driver<TStage, T>()
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged
        => Simd.Width switch
        {
            512 when typeof(T) == typeof(float) => &GemmDriver<TStage, T, Simd512<T>, Vector512<T>, Tile512>.Run,
            512 => &GemmDriver<TStage, T, Simd512<T>, Vector512<T>, PortableTile<T, Simd512<T>, Vector512<T>>>.Run,
            256 when typeof(T) == typeof(float) => &GemmDriver<TStage, T, Simd256<T>, Vector256<T>, Tile256>.Run,
            256 => &GemmDriver<TStage, T, Simd256<T>, Vector256<T>, PortableTile<T, Simd256<T>, Vector256<T>>>.Run,
            _ => &GemmDriver<TStage, T, Simd128<T>, Vector128<T>, PortableTile<T, Simd128<T>, Vector128<T>>>.Run,
        };
}

/// <summary>The sizes of a contraction: items, rows and columns of each, and terms of a sum.</summary>
internal readonly record struct GemmSize(nint Batch, nint M, nint N, nint K);

/// <summary>A part of one item's result.</summary>
internal readonly record struct GemmBlock(nint Row, nint Rows, nint Column, nint Columns);
