using System.ComponentModel;
using ILGPU;

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

/// <summary>
/// The product in plain arithmetic: a group has a tile of the result, each thread sixteen sums of it, and both operands pass through shared memory
/// in steps along k.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuGemm<TStage, T, S> : IGpuStage<GpuGemm<TStage, T, S>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>The operands.</summary>
    public TStage Stage;

    /// <summary>The sizes, and how many tiles there are along rows and columns.</summary>
    public int Rows, Columns, Terms, TilesM, TilesN;

    /// <summary>1 where an operand lies densely along k: neighbouring threads then load neighbours of that axis.</summary>
    public int LeftAlongK, RightAlongK;

    /// <inheritdoc/>
    public static void Run(GpuGemm<TStage, T, S> g)
    {
        var left = SharedMemory.Allocate<T>(GpuGemm.Depth * GpuGemm.MostTile);
        var right = SharedMemory.Allocate<T>(GpuGemm.Depth * GpuGemm.MostTile);
        int x = Group.IdxX, y = Group.IdxY, dx = Group.DimX, dy = Group.DimY;
        int thread = (y * dx) + x, threads = dx * dy;
        int tileM = dy * 4, tileN = dx * 4;
        int n0 = Grid.IdxX % g.TilesN * tileN, rest = Grid.IdxX / g.TilesN;
        int m0 = rest % g.TilesM * tileM, batch = rest / g.TilesM;
        var zero = S.Create(0d);
        T c00 = zero, c01 = zero, c02 = zero, c03 = zero, c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        T c20 = zero, c21 = zero, c22 = zero, c23 = zero, c30 = zero, c31 = zero, c32 = zero, c33 = zero;
        for (int k0 = 0; k0 < g.Terms; k0 += GpuGemm.Depth)
        {
            for (int i = thread; i < GpuGemm.Depth * tileM; i += threads)
            {
                int kk = g.LeftAlongK != 0 ? i % GpuGemm.Depth : i / tileM, mm = g.LeftAlongK != 0 ? i / GpuGemm.Depth : i % tileM;
                left[(kk * tileM) + mm] = m0 + mm < g.Rows && k0 + kk < g.Terms ? TStage.Left(g.Stage, batch, m0 + mm, k0 + kk) : zero;
            }

            for (int i = thread; i < GpuGemm.Depth * tileN; i += threads)
            {
                int kk = g.RightAlongK != 0 ? i % GpuGemm.Depth : i / tileN, nn = g.RightAlongK != 0 ? i / GpuGemm.Depth : i % tileN;
                right[(kk * tileN) + nn] = n0 + nn < g.Columns && k0 + kk < g.Terms ? TStage.Right(g.Stage, batch, k0 + kk, n0 + nn) : zero;
            }

            Group.Barrier();
            for (int kk = 0; kk < GpuGemm.Depth; kk++)
            {
                int l = (kk * tileM) + y, r = (kk * tileN) + x;
                T a0 = left[l], a1 = left[l + dy], a2 = left[l + (2 * dy)], a3 = left[l + (3 * dy)];
                T b0 = right[r], b1 = right[r + dx], b2 = right[r + (2 * dx)], b3 = right[r + (3 * dx)];
                c00 = S.Fma(a0, b0, c00);
                c01 = S.Fma(a0, b1, c01);
                c02 = S.Fma(a0, b2, c02);
                c03 = S.Fma(a0, b3, c03);
                c10 = S.Fma(a1, b0, c10);
                c11 = S.Fma(a1, b1, c11);
                c12 = S.Fma(a1, b2, c12);
                c13 = S.Fma(a1, b3, c13);
                c20 = S.Fma(a2, b0, c20);
                c21 = S.Fma(a2, b1, c21);
                c22 = S.Fma(a2, b2, c22);
                c23 = S.Fma(a2, b3, c23);
                c30 = S.Fma(a3, b0, c30);
                c31 = S.Fma(a3, b1, c31);
                c32 = S.Fma(a3, b2, c32);
                c33 = S.Fma(a3, b3, c33);
            }

            Group.Barrier();
        }

        int m = m0 + y, n = n0 + x;
        StoreRow(g, batch, m, n, dx, c00, c01, c02, c03);
        StoreRow(g, batch, m + dy, n, dx, c10, c11, c12, c13);
        StoreRow(g, batch, m + (2 * dy), n, dx, c20, c21, c22, c23);
        StoreRow(g, batch, m + (3 * dy), n, dx, c30, c31, c32, c33);
    }

    private static void StoreRow(GpuGemm<TStage, T, S> g, int batch, int m, int n, int step, T c0, T c1, T c2, T c3)
    {
        if (m >= g.Rows) return;
        if (n < g.Columns) TStage.Store(g.Stage, batch, m, n, c0);
        if (n + step < g.Columns) TStage.Store(g.Stage, batch, m, n + step, c1);
        if (n + (2 * step) < g.Columns) TStage.Store(g.Stage, batch, m, n + (2 * step), c2);
        if (n + (3 * step) < g.Columns) TStage.Store(g.Stage, batch, m, n + (3 * step), c3);
    }
}

/// <summary>Launches products.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuGemm
{
    /// <summary>The terms of a step.</summary>
    internal const int Depth = 16;

    /// <summary>The most rows or columns of a tile.</summary>
    internal const int MostTile = 64;

    /// <summary>A product of these sizes.</summary>
    public static void Run<TStage, T, S>(
        GpuDevice device, TStage stage, nint batch, nint rows, nint columns, nint terms, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        GpuLauncher.CheckIndices(batch * rows * columns);
        GpuLauncher.CheckIndices(batch * rows * terms);
        GpuLauncher.CheckIndices(batch * columns * terms);
        // As square as the power of two lets it be.
        int x = 1, y = device.GroupSize;
        while (x < y) (x, y) = (2 * x, y / 2);
        long tilesM = GpuLauncher.Groups(rows, 4 * y), tilesN = GpuLauncher.Groups(columns, 4 * x);
        var gemm = new GpuGemm<TStage, T, S>
        {
            Stage = stage, Rows = (int)rows, Columns = (int)columns, Terms = (int)terms, TilesM = (int)tilesM, TilesN = (int)tilesN,
            LeftAlongK = leftAlongK ? 1 : 0, RightAlongK = rightAlongK ? 1 : 0,
        };
        device.Launch(gemm, batch * tilesM * tilesN, x, y);
    }
}
