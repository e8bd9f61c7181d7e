using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product as a part of a row block, in plain arithmetic: the group goes from tile to tile of the result, each thread has sixteen sums of it, and
/// both operands pass through shared memory in steps along what is summed. Begins when what came before is done.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuRowProduct<TStage, T, S>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>The block's rows times <paramref name="n"/> columns, summed over <paramref name="k"/>.</summary>
    public static void Rows(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK) => Run(stage, at, new Extent
    {
        Rows = at.Count, Columns = n, Terms = k, FirstRow = at.First, ThreadRows = (at.Height + 3) / 4,
        LeftAlongK = leftAlongK ? 1 : 0, RightAlongK = rightAlongK ? 1 : 0, IsBegin = 1, IsEnd = 1,
    });

    /// <summary>
    /// <paramref name="m"/> rows of its own times <paramref name="n"/> columns, summed over the block's rows; what lies at
    /// <paramref name="begin"/> of the group's sums goes on from block to block.
    /// </summary>
    public static void Sums(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin) => Run(stage, at, new Extent
    {
        Rows = m, Columns = n, Terms = at.Count, FirstTerm = at.First, ThreadRows = GpuRowBlocks.MostHeight / 4,
        LeftAlongK = leftAlongK ? 1 : 0, RightAlongK = rightAlongK ? 1 : 0, IsBegin = at.IsFirst, IsEnd = at.IsLast, Begin = begin,
    });

    private static void Run(TStage stage, GpuBlockRows<T> at, Extent e)
    {
        int threads = Group.DimX * Group.DimY, thread = (Group.IdxY * Group.DimX) + Group.IdxX;
        int dy = e.ThreadRows, dx = Math.Min(threads / dy, GpuRowBlocks.MostTile / 4);
        int tileM = dy * 4, tileN = dx * 4;
        int x = thread % dx, y = thread / dx;
        // Threads that are too many only load.
        bool isIn = y < dy;
        if (!isIn) y = 0;
        var zero = S.Create(0d);
        Group.Barrier();
        // Loops with barriers are gone through once at least, so that all that follows comes after one: drivers copy it for each way around.
        int m0 = 0;
        do
        {
            int n0 = 0;
            do
            {
                int m = m0 + y, n = n0 + x;
                T c00 = Begun(at, e, m, n), c01 = Begun(at, e, m, n + dx);
                T c02 = Begun(at, e, m, n + (2 * dx)), c03 = Begun(at, e, m, n + (3 * dx));
                T c10 = Begun(at, e, m + dy, n), c11 = Begun(at, e, m + dy, n + dx);
                T c12 = Begun(at, e, m + dy, n + (2 * dx)), c13 = Begun(at, e, m + dy, n + (3 * dx));
                T c20 = Begun(at, e, m + (2 * dy), n), c21 = Begun(at, e, m + (2 * dy), n + dx);
                T c22 = Begun(at, e, m + (2 * dy), n + (2 * dx)), c23 = Begun(at, e, m + (2 * dy), n + (3 * dx));
                T c30 = Begun(at, e, m + (3 * dy), n), c31 = Begun(at, e, m + (3 * dy), n + dx);
                T c32 = Begun(at, e, m + (3 * dy), n + (2 * dx)), c33 = Begun(at, e, m + (3 * dy), n + (3 * dx));
                int k0 = 0;
                do
                {
                    for (int i = thread; i < GpuRowBlocks.Depth * tileM; i += threads)
                    {
                        int kk = e.LeftAlongK != 0 ? i % GpuRowBlocks.Depth : i / tileM;
                        int mm = e.LeftAlongK != 0 ? i / GpuRowBlocks.Depth : i % tileM;
                        at.Left[(kk * tileM) + mm] = m0 + mm < e.Rows && k0 + kk < e.Terms
                            ? TStage.Left(stage, at, at.Item, e.FirstRow + m0 + mm, e.FirstTerm + k0 + kk) : zero;
                    }

                    for (int i = thread; i < GpuRowBlocks.Depth * tileN; i += threads)
                    {
                        int kk = e.RightAlongK != 0 ? i % GpuRowBlocks.Depth : i / tileN;
                        int nn = e.RightAlongK != 0 ? i / GpuRowBlocks.Depth : i % tileN;
                        at.Right[(kk * tileN) + nn] = n0 + nn < e.Columns && k0 + kk < e.Terms
                            ? TStage.Right(stage, at, at.Item, e.FirstTerm + k0 + kk, n0 + nn) : zero;
                    }

                    Group.Barrier();
                    for (int kk = 0; kk < GpuRowBlocks.Depth; kk++)
                    {
                        int l = (kk * tileM) + y, r = (kk * tileN) + x;
                        T a0 = at.Left[l], a1 = at.Left[l + dy], a2 = at.Left[l + (2 * dy)], a3 = at.Left[l + (3 * dy)];
                        T b0 = at.Right[r], b1 = at.Right[r + dx], b2 = at.Right[r + (2 * dx)], b3 = at.Right[r + (3 * dx)];
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
                    k0 += GpuRowBlocks.Depth;
                }
                while (k0 < e.Terms);

                int end = isIn ? e.Rows : 0;
                EndRow(stage, at, e, m, end, n, dx, c00, c01, c02, c03);
                EndRow(stage, at, e, m + dy, end, n, dx, c10, c11, c12, c13);
                EndRow(stage, at, e, m + (2 * dy), end, n, dx, c20, c21, c22, c23);
                EndRow(stage, at, e, m + (3 * dy), end, n, dx, c30, c31, c32, c33);
                n0 += tileN;
            }
            while (n0 < e.Columns);
            m0 += tileM;
        }
        while (m0 < e.Rows);
    }

    /// <summary>What a sum begins with.</summary>
    private static T Begun(GpuBlockRows<T> at, Extent e, int m, int n)
        => e.IsBegin == 0 && m < e.Rows && n < e.Columns ? at.Sums[e.Begin + (m * e.Columns) + n] : S.Create(0d);

    private static void EndRow(TStage stage, GpuBlockRows<T> at, Extent e, int m, int end, int n, int step, T c0, T c1, T c2, T c3)
    {
        if (m >= end) return;
        End(stage, at, e, m, n, c0);
        End(stage, at, e, m, n + step, c1);
        End(stage, at, e, m, n + (2 * step), c2);
        End(stage, at, e, m, n + (3 * step), c3);
    }

    /// <summary>A sum is done, or goes on with the next rows.</summary>
    private static void End(TStage stage, GpuBlockRows<T> at, Extent e, int m, int n, T sum)
    {
        if (n >= e.Columns) return;
        if (e.IsEnd != 0) TStage.Store(stage, at, at.Item, e.FirstRow + m, n, sum);
        else at.Sums[e.Begin + (m * e.Columns) + n] = sum;
    }

    private struct Extent
    {
        /// <summary>The sizes, and where rows and terms begin.</summary>
        public int Rows, Columns, Terms, FirstRow, FirstTerm;

        /// <summary>Threads along the rows of a tile.</summary>
        public int ThreadRows;

        /// <summary>1 where an operand lies densely along the terms, and where sums begin and end.</summary>
        public int LeftAlongK, RightAlongK, IsBegin, IsEnd;

        /// <summary>Where sums lie between.</summary>
        public int Begin;
    }
}
