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
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Partial<T>(nint count, PartialKind kind, T* target)
    where T : unmanaged
{
    /// <summary>Elements of the result.</summary>
    public nint Count { get; } = count;

    /// <summary>How they are combined.</summary>
    public PartialKind Kind { get; } = kind;

    /// <summary>Where the result goes.</summary>
    public T* Target { get; } = target;
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

        var bytes = (nuint)(Math.Max(1, chunks) * partialCount * sizeof(T));
        job.Partials = partialCount > 0 ? (T*)MemoryPool.Rent(bytes) : null;
        try
        {
            Clear(job.Partials, Math.Max(1, chunks), partialCount, results);
            WorkerPool.Shared.Run(chunks, Body<TStage, T>(), &job);
            nint offset = 0;
            foreach (var result in results)
            {
                Combine(job.Partials + offset, Math.Max(1, chunks), partialCount, result);
                offset += result.Count;
            }
        }
        finally
        {
            if (partialCount > 0) MemoryPool.Return(job.Partials, bytes);
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
        if (job.SplitsInner) job.Stage->Run<S, V>(0, job.Rows, start, Math.Min(start + job.Chunk, job.Inner), partials);
        else job.Stage->Run<S, V>(start, Math.Min(start + job.Chunk, job.Rows), 0, job.Inner, partials);
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

    private static void Combine<T>(T* partials, nint chunks, nint stride, Partial<T> result)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) Combine((float*)partials, (float*)result.Target, chunks, stride, checked((int)result.Count), result.Kind);
        else Combine((double*)partials, (double*)result.Target, chunks, stride, checked((int)result.Count), result.Kind);
    }

    private static void Combine<T>(T* partials, T* target, nint chunks, nint stride, int count, PartialKind kind)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var sum = new Span<T>(target, count);
        new ReadOnlySpan<T>(partials, count).CopyTo(sum);
        for (nint chunk = 1; chunk < chunks; chunk++)
        {
            var next = new ReadOnlySpan<T>(partials + (chunk * stride), count);
            switch (kind)
            {
                case PartialKind.Sum: TensorPrimitives.Add(sum, next, sum); break;
                case PartialKind.Max: TensorPrimitives.Max(sum, next, sum); break;
                default: TensorPrimitives.Min(sum, next, sum); break;
            }
        }
    }
}
