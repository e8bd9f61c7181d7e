using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>A launch of a row block: where its scratch lies, how high its blocks are, and how its products are computed.</summary>
/// <param name="Device">The device.</param>
/// <param name="Block">The parts.</param>
/// <param name="Items">Items of the batch.</param>
/// <param name="ItemRows">Rows of each.</param>
/// <param name="InOrder">Items that one group takes in order.</param>
/// <param name="Fours">Whether what lies side by side can be taken by fours.</param>
internal readonly record struct GpuRowBlockLaunch<TBlock, T, S>(
    GpuDevice Device, TBlock Block, nint Items, nint ItemRows, nint InOrder, bool Fours)
    where TBlock : struct, IGpuRowBlock<TBlock, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>Threads that share a row.</summary>
    private const int Lanes = 32;

    /// <summary>What groups may have of the device's memory, all together, if that leaves one of them.</summary>
    private const long MostSlices = 256 << 20;

    private static bool IsFloat => typeof(T) == typeof(float);

    private bool IsOnTensorCores => IsFloat && Device.HasShuffles && Device.Traits.MultipliesOnTensorCores(Device.Precision);

    /// <summary>Launches it.</summary>
    public void Run()
    {
        var tiles = TBlock.HasPairs ? GpuRowWords.OfPair : GpuRowWords.OfProduct;
        var bytes = IsOnTensorCores ? Math.Max(0, Device.SharedBytes - GpuRowWords.BytesBeyond(tiles)) : Device.SharedBytes;
        if (bytes > 0) Run<SharedByLaunch<T>>(bytes / Unsafe.SizeOf<T>());
        else if (IsFloat) Run<SharedFloats<T>>(Fixed(SharedFloats<T>.Elements));
        else Run<SharedDoubles<T>>(Fixed(SharedDoubles<T>.Elements));
    }

    /// <summary>Elements of memory whose size is fixed; none where a group has less than that and the tiles of a product.</summary>
    private int Fixed(int elements)
    {
        var tiles = (4 * (GpuRowProduct<T, S>.LeftFours + GpuRowProduct<T, S>.RightFours)) + GpuRowBlocks.MostThreads;
        return (elements + tiles) * Unsafe.SizeOf<T>() <= Device.Accelerator.MaxSharedMemoryPerGroup ? elements : 0;
    }

    /// <summary>With scratch in memory of so many elements, or if not even one row fits into that, in the device's.</summary>
    private void Run<TMemory>(int elements)
        where TMemory : struct, IGpuBlockMemory<T>
    {
        var height = Height(elements);
        if (height == 0) Launch<GlobalSlices<T>>(GpuRowBlocks.MostHeight);
        else Launch<TMemory>(height);
    }

    /// <summary>The most rows whose scratch fits into so many elements; 0 if that is none.</summary>
    private int Height(int elements) => (int)Math.Min(GpuRowBlocks.MostHeight, elements / Math.Max(1, Block.Scratch));

    private void Launch<TMemory>(int mostHeight)
        where TMemory : struct, IGpuBlockMemory<T>
    {
        if (!Device.HasShuffles) Launch<TMemory, GpuGroupTeam<T, S>, GpuRowProduct<T, S>>(mostHeight);
        else if (!IsOnTensorCores) Launch<TMemory, GpuWarpTeam<T, S>, GpuRowProduct<T, S>>(mostHeight);
        else if (TBlock.HasPairs) Launch<TMemory, TilesOfPair>(mostHeight);
        else Launch<TMemory, TilesOfProduct>(mostHeight);
    }

    private void Launch<TMemory, TTiles>(int mostHeight)
        where TMemory : struct, IGpuBlockMemory<T>
        where TTiles : struct, IGpuRowTiles
    {
        switch (Device.Precision)
        {
            case Precision.Float32: LaunchTensors<TMemory, TTiles, Float32Word>(mostHeight); break;
            case Precision.Tf32: LaunchTensors<TMemory, TTiles, Tf32Word>(mostHeight); break;
            default: LaunchTensors<TMemory, TTiles, BFloat16Word>(mostHeight); break;
        }
    }

    private void LaunchTensors<TMemory, TTiles, TWord>(int mostHeight)
        where TMemory : struct, IGpuBlockMemory<T>
        where TTiles : struct, IGpuRowTiles
        where TWord : struct, IOperandWord
    {
        if (Fours) Launch<TMemory, GpuWarpTeam<T, S>, GpuRowTensors<T, S, TMemory, TTiles, TWord, FourAtOnce>>(mostHeight);
        else Launch<TMemory, GpuWarpTeam<T, S>, GpuRowTensors<T, S, TMemory, TTiles, TWord, OneByOne>>(mostHeight);
    }

    private void Launch<TMemory, R, P>(int mostHeight)
        where TMemory : struct, IGpuBlockMemory<T>
        where R : struct, IGpuTeam<T>
        where P : struct, IGpuRowCore<T>
    {
        var block = Block;
        var height = BlockHeight(mostHeight, P.TileRows, P.StepRows);
        var blocks = (int)GpuLauncher.Groups(ItemRows, height);
        block.Place(height);
        var scratch = block.Scratch * height;
        var before = typeof(TMemory) == typeof(GlobalSlices<T>) ? Whole(scratch) : 0;
        var slice = before + Whole(block.Sums);
        GpuLauncher.CheckIndices((nint)slice);
        var ranges = TBlock.HasSums ? 1 : blocks;
        var tasks = Items / InOrder * ranges;
        var groups = slice == 0 ? tasks
            : Math.Min(tasks, Math.Clamp(MostSlices / (slice * Unsafe.SizeOf<T>()), 1, Device.BusyGroups));
        var bytes = (nint)(((groups * slice) + 1) * Unsafe.SizeOf<T>());
        using var arena = new GpuArena(Device, bytes);
        var launch = new GpuRowBlock<TBlock, T, S, TMemory, R, P>
        {
            Block = block, Memory = arena.At(0, bytes).GpuView<T>(Device), Slice = (int)slice, Scratch = (int)before,
            Tasks = checked((int)tasks), Items = (int)InOrder, Blocks = (int)(TBlock.HasSums ? blocks : 1), Ranges = (int)ranges,
            Rows = (int)ItemRows, Height = height,
        };
        var (x, y) = Threads(typeof(P) != typeof(GpuRowProduct<T, S>), height);
        var shared = typeof(TMemory) == typeof(SharedByLaunch<T>) ? (int)Math.Max(1, scratch) * Unsafe.SizeOf<T>() : 0;
        Device.Launch(launch, groups, x, y, shared);
    }

    /// <summary>
    /// The rows of a block: of as few blocks as there can be, or some more if their rows are nearer to whole tiles, because each reads what is common
    /// to all rows once more, which is worth about a tile. All but the last are of equal height, and if there is room for it of whole steps.
    /// </summary>
    private int BlockHeight(int mostHeight, int tile, int step)
    {
        var (rows, least) = (ItemRows, (int)GpuLauncher.Groups(ItemRows, mostHeight));
        var blocks = Enumerable.Range(least, least + 1).MinBy(blocks => blocks * (1 + GpuLauncher.Groups(GpuLauncher.Groups(rows, blocks), tile)));
        var height = (int)GpuLauncher.Groups(rows, blocks);
        var whole = (int)GpuLauncher.Groups(height, step) * step;
        return blocks > 1 && whole <= mostHeight ? whole : height;
    }

    /// <summary>So many, up to a multiple of four.</summary>
    private static long Whole(long elements) => (elements + 3) / 4 * 4;

    /// <summary>
    /// The threads of a group. Tensor cores want whole warps, also of a device that imitates them; few threads are better where memory is for few
    /// rows, because most would have no sums where heads are narrow.
    /// </summary>
    private (int X, int Y) Threads(bool inWarps, int height)
    {
        var most = Device.SharedBytes > 0 ? GpuRowBlocks.MostThreads : GpuRowBlocks.FewThreads;
        var threads = Math.Min(Device.GroupSize, most);
        if (inWarps) threads = Math.Max(threads, 2 * Lanes);
        var x = Math.Min(threads, Lanes);
        if (Device.HasShuffles && x == Lanes) x = Side(threads, height);
        return (x, threads / x);
    }

    /// <summary>
    /// Threads of a warp side by side along a row: as many as go through all rows in the fewest turns, and of these as many as there are. What a row
    /// takes beside its elements is worth two more of each thread's.
    /// </summary>
    private int Side(int threads, int height)
    {
        var times = (int)GpuLauncher.Groups(Block.Length, Fours ? 4 : 1);
        return new[] { Lanes, Lanes / 2, Lanes / 4 }.MinBy(x => GpuLauncher.Groups(height, threads / x) * (2 + GpuLauncher.Groups(times, x)));
    }
}
