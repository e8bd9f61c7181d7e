using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <content>Sums of so many floats that they need totals in double precision.</content>
internal static unsafe partial class GemmDriver<TStage, T, S, V, TTile>
{
    /// <summary>
    /// One block of C, complete over k: strip by strip, a block along k is summed up from a few terms at a time (<see cref="LoopSums.Terms"/>),
    /// and added to the totals.
    /// </summary>
    [MethodImpl(Hot)]
    private static void LongBlock(Job* job, nint item, GemmBlock part, Panels panels, Buffers scratch)
    {
        var (row, rows, _, columns) = part;
        var (depth, tileRows, k) = (job->Plan.Depth, job->Plan.TileRows, job->Size.K);
        new Span<double>(scratch.Totals, checked((int)(rows * columns))).Clear();
        for (nint k0 = 0; k0 < k; k0 += depth)
        {
            var steps = Math.Min(depth, k - k0);
            GemmPacking.Left<TStage, T, S, V, TTile>(job->Stage, item, k0, steps, row, rows, tileRows, scratch.Left, scratch.Run);
            var right = panels.At(k0, steps);
            for (nint first = 0; first < columns; first += Strip)
            {
                var count = Math.Min(Strip, columns - first);
                GemmProduct<T, S, V, TTile>.AddProduct(
                    tileRows, rows, count, steps, scratch.Left, right + first * steps, scratch.Sums, scratch.Stride, scratch.Totals + first, columns);
            }
        }
        StoreTotals(job->Stage, item, part, scratch.Totals, columns, scratch.Sums, Strip);
    }

    /// <summary>Totals, rounded, to where the result goes, or through the epilogue.</summary>
    /// <param name="stage">The contraction.</param>
    /// <param name="item">The batch item.</param>
    /// <param name="part">Which part of its result.</param>
    /// <param name="totals">The first total.</param>
    /// <param name="stride">From one row of totals to the next.</param>
    /// <param name="run">Memory for a run of sums.</param>
    /// <param name="most">The most sums in a run.</param>
    public static void StoreTotals(TStage* stage, nint item, GemmBlock part, double* totals, nint stride, T* run, nint most)
    {
        nint resultStride = 0;
        var result = TStage.Direct ? stage->Target(item, out resultStride) : null;
        for (nint r = 0; r < part.Rows; r++)
        {
            for (nint first = 0; first < part.Columns; first += most)
            {
                var count = Math.Min(most, part.Columns - first);
                var to = TStage.Direct ? result + (part.Row + r) * resultStride + part.Column + first : run;
                LoopSums.Round<T, S, V>(totals + r * stride + first, to, count);
                if (!TStage.Direct)
                    stage->Store<S, V>(item, part.Row + r, part.Column + first, count, run);
            }
        }
    }
}
