namespace MageDsl.Devices.Cpu;

/// <summary>How a contraction is cut up. Only the cuts along k matter to the result, and those do not depend on the threads.</summary>
internal readonly struct GemmPlan
{
    // Measured on Zen 5 with AVX-512: a block of Left and a panel of Right have to lie in the second-level cache; the fewer blocks
    // along k the better, as each reads C again and writes it.
    private const int BlockRowsTarget = 168;
    private const int BlockBytesAlongK = 4096;
    private const int GroupColumnsTarget = 1024;

    // What one worker may hold of packed Right on its own, and what all of them may hold together.
    private const nint LocalBytes = 2 << 20;
    private const nint SharedBytes = 64 << 20;

    // Longer sums of floats go block by block into totals in double precision, and few terms at a time into a block. Below, the roundings of a
    // block are as few as a BLAS makes.
    private const nint LongSum = 8192;

    // Columns of a block whose totals are to lie in the second-level cache beside a block of Left.
    private const int LongColumnsTarget = 512;

    // Below this many multiplications, waking another thread costs more than it brings.
    private const nint SmallWork = 32 * 1024;

    private GemmPlan(nint depth, nint tileRows, nint blockRows, nint groupColumns, nint chunkColumns, bool local)
    {
        Depth = depth;
        TileRows = tileRows;
        BlockRows = blockRows;
        GroupColumns = groupColumns;
        ChunkColumns = chunkColumns;
        Local = local;
    }

    /// <summary>Steps of k in a block.</summary>
    public nint Depth { get; }

    /// <summary>Rows of a register tile; the last one of a block may be lower.</summary>
    public nint TileRows { get; }

    /// <summary>Rows of a block of C.</summary>
    public nint BlockRows { get; }

    /// <summary>Columns of a block of C, whole panels.</summary>
    public nint GroupColumns { get; }

    /// <summary>Columns of Right that are packed at a time, if not <see cref="Local"/>.</summary>
    public nint ChunkColumns { get; }

    /// <summary>True: a task packs the columns of Right that it needs by itself. False: all workers pack them together beforehand.</summary>
    public bool Local { get; }

    /// <summary>Whether a sum is so long that floats would lose digits.</summary>
    public static bool IsLong(nint k, int elementBytes) => elementBytes == sizeof(float) && k > LongSum;

    /// <summary>Chooses the cuts.</summary>
    /// <param name="size">The contraction.</param>
    /// <param name="threads">Threads to keep busy.</param>
    /// <param name="tileRows">Rows of the largest register tile.</param>
    /// <param name="panel">Columns of a panel.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    public static GemmPlan For(GemmSize size, int threads, int tileRows, int panel, int elementBytes)
    {
        var depth = DepthOf(size.K, elementBytes);
        var mostColumns = IsLong(size.K, elementBytes) ? LongColumnsTarget : GroupColumnsTarget;

        // The columns that a worker can pack for itself, and whether that leaves every thread its share.
        var columnBytes = Math.Max(1, size.K) * elementBytes;
        var localColumns = Math.Clamp(LocalBytes / columnBytes / panel * panel, panel, mostColumns);
        var oneBlock = size.M <= BlockRowsTarget;
        var enoughItems = size.Batch >= 4 * threads || (size.Batch >= threads && size.Batch % threads == 0);
        if (oneBlock || threads == 1 && size.N <= localColumns || enoughItems && localColumns >= Math.Min(size.N, 256))
        {
            var groups = DivideUp(size.N, localColumns);
            var work = size.M * size.N * Math.Max(1, size.K);
            if (!enoughItems && work >= SmallWork)
                groups = Balance(groups, threads, DivideUp(size.N, panel));
            var rows = Even(size.M, BlockRowsTarget);
            return new(depth, Even(rows, tileRows), rows, RoundUp(DivideUp(size.N, groups), panel), 0, local: true);
        }

        var chunks = DivideUp(size.N, Math.Max(GroupColumnsTarget, SharedBytes / columnBytes));
        var chunk = RoundUp(DivideUp(size.N, chunks), panel);
        var columnGroups = DivideUp(chunk, mostColumns);
        var blocks = DivideUp(size.M, BlockRowsTarget);
        if (blocks * columnGroups < 32 * threads)
            blocks = Balance(blocks, threads, DivideUp(size.M, tileRows));
        if (blocks * columnGroups < threads)
            columnGroups = Balance(columnGroups, threads, DivideUp(chunk, panel));
        var blockRows = DivideUp(size.M, blocks);
        return new(depth, Even(blockRows, tileRows), blockRows, RoundUp(DivideUp(chunk, columnGroups), panel), chunk, local: false);
    }

    /// <summary>Steps of k in a block; the same for every plan, as the order of a sum depends on it.</summary>
    public static nint DepthOf(nint k, int elementBytes)
    {
        var depths = Math.Max(1, DivideUp(k, BlockBytesAlongK / elementBytes));
        return Math.Max(4, RoundUp(DivideUp(k, depths), 4));
    }

    /// <summary>a / b, rounded up.</summary>
    public static nint DivideUp(nint a, nint b) => (a + b - 1) / b;

    /// <summary>The next multiple of b.</summary>
    public static nint RoundUp(nint a, nint b) => DivideUp(a, b) * b;

    /// <summary>The next multiple of the threads that there are parts for.</summary>
    private static nint Balance(nint count, int threads, nint most) => Math.Max(count, Math.Min(RoundUp(count, threads), most));

    /// <summary>The height of parts evened out: 11 and 11 rather than 14 and 8.</summary>
    private static nint Even(nint rows, nint tallest) => DivideUp(rows, DivideUp(rows, tallest));
}
