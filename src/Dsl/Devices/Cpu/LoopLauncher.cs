using System.ComponentModel;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace MageDsl.Devices.Cpu;

/// <summary>What of a loop stage may run in parallel.</summary>
public enum LoopSplit
{
    /// <summary>Rows only: a row is reduced as a whole.</summary>
    Rows,

    /// <summary>Parts of the first inner axis only: every row adds to the same results.</summary>
    Inner,

    /// <summary>Either.</summary>
    Any,
}

/// <summary>How partial results are combined.</summary>
public enum PartialKind
{
    /// <summary>By sum.</summary>
    Sum,

    /// <summary>By maximum.</summary>
    Max,

    /// <summary>By minimum.</summary>
    Min,
}

/// <summary>A result that is reduced across rows: each chunk of rows has its own block, and the blocks are combined in order.</summary>
/// <param name="count">Elements of the result.</param>
/// <param name="kind">How they are combined.</param>
/// <param name="target">Where the result goes, dense.</param>
/// <param name="terms">How many elements of a row are combined in one of the result, innermost axis apart.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Partial<T>(nint count, PartialKind kind, T* target, nint terms)
    where T : unmanaged
{
    /// <summary>Elements of the result.</summary>
    public nint Count { get; } = count;

    /// <summary>How they are combined.</summary>
    public PartialKind Kind { get; } = kind;

    /// <summary>Where the result goes.</summary>
    public T* Target { get; } = target;

    /// <summary>Whether so many rows are more than a sum of floats may take without a total.</summary>
    internal bool WantsTotals(nint rows) => typeof(T) == typeof(float) && Kind == PartialKind.Sum && rows * terms > LoopSums.Terms;
}

/// <summary>
/// Runs generated loop stages on the worker pool. How the work is cut depends on sizes alone, never on the number of threads, so that
/// results are the same, bit for bit, on any machine with the same vector width.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LoopLauncher
{
    /// <summary>Results above this size are written past the caches: whoever reads them would not find them there anyway.</summary>
    public const long StreamBytes = 64L << 20;

    /// <summary>Random numbers that a loop makes at a time.</summary>
    public const int RandomBlock = 64;

    private const nint Grain = 16384;
    private const nint MostChunks = 256;
    private const nint MostPartialChunks = 32;
    private const nint MostPartialElements = 1 << 22;

    /// <summary>Everything a task needs, on the launching thread's stack.</summary>
    private struct Job<TStage, T>
        where TStage : unmanaged, ILoopStage<T>
        where T : unmanaged
    {
        public TStage* Stage;
        public nint Rows, Inner, Chunk, PartialCount;
        public T* Partials;
        public double* Totals;
        public bool SplitsInner;
    }

    /// <summary>Runs a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">Number of rows: the product of the outer axes.</param>
    /// <param name="inner">Size of the first inner axis.</param>
    /// <param name="perRow">Elements of a row: the product of the inner axes.</param>
    /// <param name="split">What may run in parallel.</param>
    /// <param name="results">Reductions across rows.</param>
    public static void Run<TStage, T>(TStage* stage, nint rows, nint inner, nint perRow, LoopSplit split, params ReadOnlySpan<Partial<T>> results)
        where TStage : unmanaged, ILoopStage<T>
        where T : unmanaged
    {
        using var launch = LaunchProfile.Begin<TStage>();
        nint partialCount = 0;
        foreach (var result in results) partialCount += result.Count;
        var job = new Job<TStage, T> { Stage = stage, Rows = rows, Inner = inner, PartialCount = partialCount };
        // Few long rows are cut along the row; otherwise rows are dealt out in chunks.
        job.SplitsInner = split == LoopSplit.Inner || (split == LoopSplit.Any && rows < 8 && perRow > Grain);
        var length = job.SplitsInner ? inner : rows;
        var perItem = Math.Max(1, job.SplitsInner ? (rows * perRow) / Math.Max(1, inner) : perRow);
        job.Chunk = ChunkOf(length, perItem, job.SplitsInner ? 64 : 1, partialCount);
        // Rows without elements run too: their sums are to be stored.
        var chunks = (int)((length + job.Chunk - 1) / job.Chunk);

        var blocks = Math.Max(1, chunks);
        var wantsTotals = false;
        foreach (var result in results) wantsTotals |= result.WantsTotals(job.SplitsInner ? rows : job.Chunk);
        var bytes = (nuint)(blocks * partialCount * sizeof(T));
        var totalBytes = wantsTotals ? (nuint)(blocks * partialCount * sizeof(double)) : 0;
        job.Partials = bytes > 0 ? (T*)HostMemory.Pool.Rent(bytes) : null;
        job.Totals = totalBytes > 0 ? (double*)HostMemory.Pool.Rent(totalBytes) : null;
        try
        {
            Clear(job.Partials, blocks, partialCount, results);
            if (chunks == 0 && wantsTotals) new Span<double>(job.Totals, checked((int)partialCount)).Clear();
            WorkerPool.Shared.Run(chunks, Body<TStage, T>(), &job);
            nint offset = 0;
            foreach (var result in results)
            {
                Combine(job.Partials + offset, job.Totals == null ? null : job.Totals + offset, blocks, partialCount, result);
                offset += result.Count;
            }
        }
        finally
        {
            if (bytes > 0) HostMemory.Pool.Return((nint)job.Partials, bytes);
            if (totalBytes > 0) HostMemory.Pool.Return((nint)job.Totals, totalBytes);
        }
    }

    private static nint ChunkOf(nint length, nint perItem, nint align, nint partialCount)
    {
        var most = partialCount == 0 ? MostChunks : Math.Clamp(MostPartialElements / Math.Max(1, partialCount), 1, MostPartialChunks);
        var chunk = Math.Max((Grain + perItem - 1) / perItem, (length + most - 1) / most);
        return Math.Max(align, (chunk + align - 1) / align * align);
    }

    private static delegate*<void*, int, int, void> Body<TStage, T>()
        where TStage : unmanaged, ILoopStage<T>
        where T : unmanaged => Simd.Width switch
        {
            512 => &Task<TStage, T, Simd512<T>, Vector512<T>>,
            256 => &Task<TStage, T, Simd256<T>, Vector256<T>>,
            _ => &Task<TStage, T, Simd128<T>, Vector128<T>>,
        };

    private static void Task<TStage, T, S, V>(void* context, int task, int worker)
        where TStage : unmanaged, ILoopStage<T>
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        ref var job = ref *(Job<TStage, T>*)context;
        var start = task * job.Chunk;
        var partials = job.Partials + (task * job.PartialCount);
        double* totals = null;
        if (job.Totals != null)
        {
            totals = job.Totals + (task * job.PartialCount);
            new Span<double>(totals, checked((int)job.PartialCount)).Clear();
        }
        if (job.SplitsInner) job.Stage->Run<S, V>(0, job.Rows, start, Math.Min(start + job.Chunk, job.Inner), partials, totals);
        else job.Stage->Run<S, V>(start, Math.Min(start + job.Chunk, job.Rows), 0, job.Inner, partials, totals);
    }

    private static void Clear<T>(T* partials, nint chunks, nint stride, ReadOnlySpan<Partial<T>> results)
        where T : unmanaged
    {
        for (nint chunk = 0; chunk < chunks; chunk++)
        {
            var at = partials + (chunk * stride);
            foreach (var result in results)
            {
                var neutral = result.Kind switch { PartialKind.Max => double.NegativeInfinity, PartialKind.Min => double.PositiveInfinity, _ => 0 };
                if (typeof(T) == typeof(float)) new Span<float>(at, checked((int)result.Count)).Fill((float)neutral);
                else new Span<double>(at, checked((int)result.Count)).Fill(neutral);
                at += result.Count;
            }
        }
    }

    private static void Combine<T>(T* partials, double* totals, nint chunks, nint stride, Partial<T> result)
        where T : unmanaged
    {
        if (result.Kind == PartialKind.Sum)
        {
            LoopSums.Combine<T>()(partials, totals, chunks, stride, result.Target, result.Count);
        }
        else if (typeof(T) == typeof(float))
        {
            Extremes((float*)partials, (float*)result.Target, chunks, stride, checked((int)result.Count), result.Kind);
        }
        else
        {
            Extremes((double*)partials, (double*)result.Target, chunks, stride, checked((int)result.Count), result.Kind);
        }
    }

    private static void Extremes<T>(T* partials, T* target, nint chunks, nint stride, int count, PartialKind kind)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var best = new Span<T>(target, count);
        new ReadOnlySpan<T>(partials, count).CopyTo(best);
        for (nint chunk = 1; chunk < chunks; chunk++)
        {
            var next = new ReadOnlySpan<T>(partials + (chunk * stride), count);
            if (kind == PartialKind.Max) TensorPrimitives.Max(best, next, best);
            else TensorPrimitives.Min(best, next, best);
        }
    }
}
