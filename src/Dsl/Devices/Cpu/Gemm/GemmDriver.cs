using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>Runs a contraction at one vector width with one family of register tiles.</summary>
internal static unsafe partial class GemmDriver<TStage, T, S, V, TTile>
    where TStage : unmanaged, IContraction<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    // Panels whose sums are finished before the epilogue takes them: few, so that it finds them in the inner caches.
    private const int PanelsPerStrip = 8;

    private static int Panel => TTile.Vectors * S.Width;

    private static int Strip => PanelsPerStrip * Panel;

    /// <inheritdoc cref="Gemm.Run"/>
    public static void Run(WorkerPool pool, TStage* stage, GemmSize size)
    {
        if (GemmSegments.AreWanted(size))
        {
            GemmSegments<TStage, T, S, V, TTile>.Run(pool, stage, size);
            return;
        }
        RunWhole(pool, stage, size);
    }

    /// <summary>All of k at once.</summary>
    public static void RunWhole(WorkerPool pool, TStage* stage, GemmSize size)
    {
        var plan = GemmPlan.For(size, pool.Threads, TTile.Rows, Panel, sizeof(T));
        var job = new Job { Stage = stage, Size = size, Plan = plan };
        if (plan.Local)
        {
            job.Groups = GemmPlan.DivideUp(size.N, plan.GroupColumns);
            pool.Run(checked((int)(size.Batch * job.Groups)), &LocalTask, &job);
            return;
        }
        var packed = (nuint)(Math.Max(1, size.K) * plan.ChunkColumns * sizeof(T));
        job.Packed = (T*)HostMemory.Pool.Rent(packed);
        try
        {
            for (nint item = 0; item < size.Batch; item++)
            {
                for (nint column = 0; column < size.N; column += plan.ChunkColumns)
                    RunChunk(pool, &job, item, column);
            }
        }
        finally
        {
            HostMemory.Pool.Return((nint)job.Packed, packed);
        }
    }

    private static void RunChunk(WorkerPool pool, Job* job, nint item, nint column)
    {
        var (size, plan) = (job->Size, job->Plan);
        job->Item = item;
        job->FirstColumn = column;
        job->Columns = Math.Min(plan.ChunkColumns, size.N - column);
        job->Groups = GemmPlan.DivideUp(job->Columns, plan.GroupColumns);
        var depths = GemmPlan.DivideUp(size.K, plan.Depth);
        pool.Run(checked((int)(depths * GemmPlan.DivideUp(job->Columns, GemmPacking.PanelsTogether * Panel))), &PackTask, job);
        pool.Run(checked((int)(job->Groups * GemmPlan.DivideUp(size.M, plan.BlockRows))), &BlockTask, job);
    }

    /// <summary>A few panels of one block along k, into the buffer that all share.</summary>
    [MethodImpl(Hot)]
    private static void PackTask(void* context, int task, int worker)
    {
        var job = (Job*)context;
        var parts = GemmPlan.DivideUp(job->Columns, GemmPacking.PanelsTogether * Panel);
        var (depthBlock, part) = (task / parts, task % parts);
        var first = part * GemmPacking.PanelsTogether * Panel;
        var k0 = depthBlock * job->Plan.Depth;
        var depth = Math.Min(job->Plan.Depth, job->Size.K - k0);
        var columns = Math.Min(GemmPacking.PanelsTogether * Panel, job->Columns - first);
        var run = (T*)WorkerScratch.Current.Rent(ScratchSlot.Gemm, (nuint)(GemmPacking.RunElements<T, S, V>(depth, Panel, columns) * sizeof(T)));
        var target = job->Packed + k0 * GemmPlan.RoundUp(job->Columns, Panel) + first * depth;
        GemmPacking.Right<TStage, T, S, V, TTile>(job->Stage, job->Item, k0, depth, job->FirstColumn + first, columns, target, run);
    }

    /// <summary>A block of C from the shared panels. Neighbouring tasks share columns, so that these stay in the cache.</summary>
    [MethodImpl(Hot)]
    private static void BlockTask(void* context, int task, int worker)
    {
        var job = (Job*)context;
        var blocks = GemmPlan.DivideUp(job->Size.M, job->Plan.BlockRows);
        var (group, block) = (task / blocks, task % blocks);
        var first = group * job->Plan.GroupColumns;
        var columns = Math.Min(job->Plan.GroupColumns, job->Columns - first);
        var scratch = Scratch(job, columns, local: false);
        var panels = new Panels(job->Packed, GemmPlan.RoundUp(job->Columns, Panel), first);
        var row = block * job->Plan.BlockRows;
        var rows = Math.Min(job->Plan.BlockRows, job->Size.M - row);
        Block(job, job->Item, new GemmBlock(row, rows, job->FirstColumn + first, columns), panels, scratch);
    }

    /// <summary>All rows of some columns of one item, from panels packed by the task itself.</summary>
    [MethodImpl(Hot)]
    private static void LocalTask(void* context, int task, int worker)
    {
        var job = (Job*)context;
        var (item, group) = (task / job->Groups, task % job->Groups);
        var size = job->Size;
        var plan = job->Plan;
        var first = group * plan.GroupColumns;
        var columns = Math.Min(plan.GroupColumns, size.N - first);
        var width = GemmPlan.RoundUp(columns, Panel);
        var scratch = Scratch(job, columns, local: true);
        Pack(job->Stage, item, size.K, plan.Depth, first, columns, scratch.Right, scratch.Run);
        Rows(job, item, new GemmBlock(0, size.M, first, columns), new Panels(scratch.Right, width, 0), scratch);
    }

    /// <summary>Some columns of Right, complete over k, on the calling thread.</summary>
    [MethodImpl(Hot)]
    private static void Pack(TStage* stage, nint item, nint k, nint depth, nint column, nint columns, T* packed, T* run)
    {
        var width = GemmPlan.RoundUp(columns, Panel);
        for (nint k0 = 0; k0 < k; k0 += depth)
        {
            var steps = Math.Min(depth, k - k0);
            for (nint part = 0; part < columns; part += GemmPacking.PanelsTogether * Panel)
            {
                var count = Math.Min(GemmPacking.PanelsTogether * Panel, columns - part);
                GemmPacking.Right<TStage, T, S, V, TTile>(stage, item, k0, steps, column + part, count, packed + k0 * width + part * steps, run);
            }
        }
    }

    /// <summary>Some rows of some packed columns, block by block.</summary>
    [MethodImpl(Hot)]
    private static void Rows(Job* job, nint item, GemmBlock part, Panels panels, Buffers scratch)
    {
        var height = job->Plan.BlockRows;
        for (nint row = 0; row < part.Rows; row += height)
            Block(job, item, part with { Row = part.Row + row, Rows = Math.Min(height, part.Rows - row) }, panels, scratch);
    }

    /// <summary>One block of C, complete over k.</summary>
    [MethodImpl(Hot)]
    private static void Block(Job* job, nint item, GemmBlock part, Panels panels, Buffers scratch)
    {
        var plan = job->Plan;
        var k = job->Size.K;
        if (GemmPlan.IsLong(k, sizeof(T)))
        {
            LongBlock(job, item, part, panels, scratch);
            return;
        }
        var (row, rows, column, columns) = part;
        var stride = scratch.Stride;
        var c = scratch.Sums;
        if (TStage.Direct)
        {
            c = job->Stage->Target(item, out stride);
            c += row * stride + column;
        }
        // Once even if k is zero: then the kernels write zeros.
        nint k0 = 0;
        do
        {
            var depth = Math.Min(plan.Depth, k - k0);
            GemmPacking.Left<TStage, T, S, V, TTile>(job->Stage, item, k0, depth, row, rows, plan.TileRows, scratch.Left, scratch.Run);
            var right = panels.At(k0, depth);
            if (TStage.Direct || k0 + plan.Depth < k)
                GemmProduct<T, S, V, TTile>.Multiply(plan.TileRows, rows, columns, depth, scratch.Left, right, c, stride, accumulate: k0 > 0, depth);
            else
                Finish(job->Stage, plan.TileRows, item, part, depth, scratch.Left, right, c, stride, accumulate: k0 > 0);
            k0 += plan.Depth;
        }
        while (k0 < k);
    }

    /// <summary>The last block along k, each strip of it followed by the epilogue. If it is the only one, all strips have the same memory.</summary>
    [MethodImpl(Hot)]
    private static void Finish(
        TStage* stage, nint tileRows, nint item, GemmBlock part, nint depth, T* left, T* right, T* sums, nint stride, bool accumulate)
    {
        for (nint first = 0; first < part.Columns; first += Strip)
        {
            var columns = Math.Min(Strip, part.Columns - first);
            var c = accumulate ? sums + first : sums;
            GemmProduct<T, S, V, TTile>.Multiply(tileRows, part.Rows, columns, depth, left, right + first * depth, c, stride, accumulate, depth);
            for (nint r = 0; r < part.Rows; r++)
                stage->Store<S, V>(item, part.Row + r, part.Column + first, columns, c + r * stride);
        }
    }

    /// <summary>Memory of the calling worker for a block of so many columns.</summary>
    private static Buffers Scratch(Job* job, nint columns, bool local)
    {
        const int line = 64;
        var plan = job->Plan;
        var depth = Math.Min(plan.Depth, job->Size.K);
        var isLong = GemmPlan.IsLong(job->Size.K, sizeof(T));
        var stride = GemmPlan.RoundUp(isLong || job->Size.K <= plan.Depth ? Math.Min(columns, Strip) : columns, S.Width);
        var width = GemmPlan.RoundUp(columns, Panel);

        // A vector's length to spare, because the last row of a packed tile is written as a whole vector.
        var left = GemmPlan.RoundUp((plan.BlockRows + TTile.Rows) * depth + S.Width, line);
        var sums = TStage.Direct && !isLong ? 0 : GemmPlan.RoundUp(plan.BlockRows * stride, line);
        var totals = isLong ? GemmPlan.RoundUp(plan.BlockRows * columns, line) * sizeof(double) / sizeof(T) : 0;
        var right = local ? GemmPlan.RoundUp(job->Size.K * width, line) : 0;
        var run = Math.Max(
            GemmPacking.RunElements<T, S, V>(depth, TTile.Rows, plan.BlockRows),
            local ? GemmPacking.RunElements<T, S, V>(depth, Panel, GemmPacking.PanelsTogether * Panel) : 0);
        var memory = (T*)WorkerScratch.Current.Rent(ScratchSlot.Gemm, (nuint)((left + sums + totals + right + run) * sizeof(T)));
        var after = memory + left + sums + totals;
        return new Buffers
        {
            Left = memory, Sums = memory + left, Totals = (double*)(memory + left + sums), Right = after, Run = after + right, Stride = stride,
        };
    }

    private struct Job
    {
        public TStage* Stage;
        public GemmSize Size;
        public GemmPlan Plan;
        public nint Groups;
        public nint Item;
        public nint FirstColumn;
        public nint Columns;
        public T* Packed;
    }

    private struct Buffers
    {
        public T* Left;
        public T* Sums;
        public double* Totals;
        public T* Right;
        public T* Run;
        public nint Stride;
    }

    /// <summary>Packed Right: for each block along k its panels, one after the other.</summary>
    private readonly struct Panels(T* memory, nint width, nint first)
    {
        public T* At(nint k0, nint depth) => memory + k0 * width + first * depth;
    }
}
