using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MageDsl.Devices.Cpu;

/// <summary>When a contraction is cut along k, because packed operands would take up too much memory.</summary>
internal static class GemmSegments
{
    /// <summary>Steps of k in a segment.</summary>
    public const nint Steps = 1 << 16;

    // Totals that may be held at a time.
    private const nint MostTotals = 8 << 20;

    /// <summary>Whether this one is.</summary>
    public static bool AreWanted(GemmSize size) => size.K > Steps;

    /// <summary>Items whose totals are held together.</summary>
    public static nint Items(GemmSize size) => Math.Clamp(MostTotals / (size.M * size.N), 1, size.Batch);
}

/// <summary>
/// A contraction over a very long axis as several over parts of it, one after the other. What each comes to is added to totals in double
/// precision, which go through the epilogue in the end.
/// </summary>
internal static unsafe class GemmSegments<TStage, T, S, V, TTile>
    where TStage : unmanaged, IContraction<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    /// <inheritdoc cref="Gemm.Run"/>
    public static void Run(WorkerPool pool, TStage* stage, GemmSize size)
    {
        var together = GemmSegments.Items(size);
        var bytes = (nuint)(together * size.M * size.N * sizeof(double));
        var totals = (double*)HostMemory.Pool.Rent(bytes);
        try
        {
            for (nint item = 0; item < size.Batch; item += together)
            {
                var items = Math.Min(together, size.Batch - item);
                NativeMemory.Clear(totals, bytes);
                for (nint k0 = 0; k0 < size.K; k0 += GemmSegments.Steps)
                {
                    var segment = new Segment { Stage = stage, Item = item, Start = k0, Rows = size.M, Columns = size.N, Totals = totals };
                    GemmDriver<Segment, T, S, V, TTile>.RunWhole(
                        pool, &segment, size with { Batch = items, K = Math.Min(GemmSegments.Steps, size.K - k0) });
                }
                var job = new Job { Stage = stage, Item = item, Rows = size.M, Columns = size.N, Totals = totals };
                pool.Run(checked((int)(items * size.M)), &Finish, &job);
            }
        }
        finally
        {
            HostMemory.Pool.Return((nint)totals, bytes);
        }
    }

    /// <summary>One row of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(void* context, int task, int worker)
    {
        const int most = 256;
        var job = (Job*)context;
        var run = stackalloc byte[most * sizeof(double)];
        var (item, row) = (task / job->Rows, task % job->Rows);
        GemmDriver<TStage, T, S, V, TTile>.StoreTotals(
            job->Stage, job->Item + item, new GemmBlock(row, 1, 0, job->Columns), job->Totals + task * job->Columns, 0, (T*)run, most);
    }

    private struct Job
    {
        public TStage* Stage;
        public nint Item;
        public nint Rows;
        public nint Columns;
        public double* Totals;
    }

    /// <summary>A part of the contraction along k, of the items from one on.</summary>
    private struct Segment : IContraction<T>
    {
        public TStage* Stage;
        public nint Item;
        public nint Start;
        public nint Rows;
        public nint Columns;
        public double* Totals;

        public static bool LeftAlongK => TStage.LeftAlongK;

        public static bool RightAlongK => TStage.RightAlongK;

        public static bool Direct => false;

        public readonly T* Left<Q, W>(nint batch, nint row, nint start, nint count, T* scratch)
            where Q : struct, ISimd<T, W> where W : unmanaged
            => TStage.LeftAlongK
                ? Stage->Left<Q, W>(Item + batch, row, Start + start, count, scratch)
                : Stage->Left<Q, W>(Item + batch, Start + row, start, count, scratch);

        public readonly T* Right<Q, W>(nint batch, nint row, nint start, nint count, T* scratch)
            where Q : struct, ISimd<T, W> where W : unmanaged
            => TStage.RightAlongK
                ? Stage->Right<Q, W>(Item + batch, row, Start + start, count, scratch)
                : Stage->Right<Q, W>(Item + batch, Start + row, start, count, scratch);

        public readonly void Store<Q, W>(nint batch, nint m, nint n, nint count, T* sums)
            where Q : struct, ISimd<T, W> where W : unmanaged
            => LoopSums.Add<T, Q, W>(Totals + (batch * Rows + m) * Columns + n, sums, count);

        public readonly T* Target(nint batch, out nint stride) => throw new InvalidOperationException("The sums go through the totals.");
    }
}
