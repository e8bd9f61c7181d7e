using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// Runs a row block at one vector width. A task takes an item, or a range of its rows, or that of several items in order; it packs what all
/// rows of an item share, then goes from block to block of rows through all parts. How the work is cut depends on sizes alone, so results
/// are the same for any number of threads.
/// </summary>
internal static unsafe class RowBlockDriver<TBlock, T, S, V, TTile>
    where TBlock : unmanaged, IRowBlock<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    // What passes between the parts is to stay in the second-level cache, beside the packed operands.
    private const nint ScratchBytes = 256 << 10;
    private const nint MostRows = 112;
    private const nint TasksWanted = 16;

    public static void Run(TBlock* block, nint items, nint rows, nint inOrder)
    {
        var job = new Job { Block = block, Rows = rows, InOrder = inOrder, Plan = BlockPlan(block, rows) };
        var blocks = GemmPlan.DivideUp(rows, job.Plan.Rows);
        var groups = items / inOrder;
        job.Ranges = TBlock.HasSums ? 1 : Math.Clamp(GemmPlan.DivideUp(TasksWanted, groups), 1, Math.Max(1, blocks));
        job.RangeRows = GemmPlan.DivideUp(blocks, job.Ranges) * job.Plan.Rows;
        var layout = new LayoutPass<T, S, V, TTile>(job.Plan);
        block->Visit(ref layout);
        job.SharedElements = layout.Shared;
        job.WorkElements = layout.Work;
        WorkerPool.Shared.Run(checked((int)(groups * job.Ranges)), &Task, &job);
    }

    private static RowBlockPlan BlockPlan(TBlock* block, nint rows)
    {
        var perRow = Math.Max(1, block->ScratchElements(1) * sizeof(T));
        var wanted = Math.Clamp(ScratchBytes / perRow, TTile.Rows, MostRows);
        var blocks = Math.Max(1, GemmPlan.DivideUp(rows, wanted));
        var height = Math.Max(1, GemmPlan.DivideUp(rows, blocks));
        return new RowBlockPlan(height, GemmPlan.DivideUp(height, GemmPlan.DivideUp(height, TTile.Rows)), rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Task(void* context, int task, int worker)
    {
        var job = (Job*)context;
        var (group, range) = (task / job->Ranges, task % job->Ranges);
        // A copy, because the parts are bound to this worker's memory.
        var block = *job->Block;
        var scratch = GemmPlan.RoundUp(block.ScratchElements(job->Plan.Rows), RowBlockPlan.Line);
        var memory = (T*)WorkerScratch.Current.Rent(ScratchSlot.Block, (nuint)((scratch + job->SharedElements + job->WorkElements) * sizeof(T)));
        var shared = memory + scratch;
        var work = shared + job->SharedElements;

        for (var item = group * job->InOrder; item < (group + 1) * job->InOrder; item++)
            Rows(job, ref block, item, range * job->RangeRows, memory, shared, work);
    }

    /// <summary>A range of the rows of one item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(Job* job, ref TBlock block, nint item, nint start, T* memory, T* shared, T* work)
    {
        var end = Math.Min(start + job->RangeRows, job->Rows);
        block.Bind(memory, start, job->Plan.Rows);
        var pack = new PackPass<T, S, V, TTile>(job->Plan, item, shared, work);
        block.Visit(ref pack);
        for (var row = start; row < end; row += job->Plan.Rows)
        {
            block.Bind(memory, row, job->Plan.Rows);
            var pass = new RowPass<T, S, V, TTile>(job->Plan, item, row, Math.Min(job->Plan.Rows, end - row), shared, work);
            block.Visit(ref pass);
        }
        var finish = new FinishPass<T, S, V, TTile>(job->Plan, item, shared, isEmpty: start >= end);
        if (TBlock.HasSums) block.Visit(ref finish);
    }

    private struct Job
    {
        public TBlock* Block;
        public nint Rows;
        public nint InOrder;
        public nint Ranges;
        public nint RangeRows;
        public nint SharedElements;
        public nint WorkElements;
        public RowBlockPlan Plan;
    }
}

/// <summary>Rows of a block, of the register tiles in it, and of a whole item.</summary>
internal readonly record struct RowBlockPlan(nint Rows, nint TileRows, nint ItemRows)
{
    /// <summary>Parts of memory begin at whole cache lines: elements of the smallest type in one.</summary>
    public const nint Line = 64;

    /// <summary>Rows of a contraction of its own axes that are packed at a time.</summary>
    public const nint SumRows = 84;

    /// <summary>Columns whose sums are complete before they go through the epilogue: they are to be in the first-level cache or close.</summary>
    public const nint Columns = 512;

    /// <summary>Steps of k in a block, as in a contraction by itself.</summary>
    public static nint Depth(nint k, int elementBytes) => GemmPlan.DepthOf(k, elementBytes);
}
