using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Products of a row block in plain arithmetic: the group goes from tile to tile of the result, each thread has 4 x 4 sums of it, and both operands
/// pass through shared memory in steps along what is summed. Sides of tiles are powers of two, so that nothing is divided.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuRowProduct<T, S> : IGpuRowCore<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    private const int DepthBits = 3;

    /// <summary>The terms of a step.</summary>
    private const int Depth = 1 << DepthBits;

    /// <summary>The most columns of a tile.</summary>
    private const int MostTile = 128;

    /// <summary>What the tiles take, in fours.</summary>
    internal const int LeftFours = Depth * GpuRowBlocks.MostHeight / 4, RightFours = Depth * MostTile / 4;

    /// <inheritdoc/>
    public static int TileRows => 4;

    /// <inheritdoc/>
    public static int StepRows => TileRows;

    /// <inheritdoc/>
    public static ArrayView<Quad<T>> Tiles() => SharedMemory.Allocate<Quad<T>>(LeftFours + RightFours);

    /// <inheritdoc/>
    public static void Loop<TStage, R>(TStage stage, GpuBlockRows<T> at)
        where TStage : struct, IGpuRowLoop<TStage, T>
        where R : struct, IGpuTeam<T>
        => GpuRowLoop.Run<TStage, T, T, bool, S, R>(stage, at);

    /// <inheritdoc/>
    public static void Rows<TStage>(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK), (at.Height + 3) / 4);

    /// <inheritdoc/>
    public static void Pair<TStage>(
        TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK, bool otherLeftAlongK, bool otherRightAlongK)
        where TStage : struct, IGpuRowPair<TStage, T>
    {
        var tile = new Tile(at, (at.Height + 3) / 4);
        var e = GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK);
        var o = GpuRowExtent.OfRows(at, n, k, otherLeftAlongK, otherRightAlongK);
        Group.Barrier();
        int m0 = 0;
        do
        {
            int n0 = 0;
            do
            {
                var c = Terms<TStage, GpuRowLeft<TStage, T>, GpuRowRight<TStage, T>>(stage, at, e, tile, m0, n0, default);
                var d = Terms<TStage, GpuRowOtherLeft<TStage, T>, GpuRowOtherRight<TStage, T>>(stage, at, o, tile, m0, n0, default);
                if (tile.IsIn)
                {
                    int m = m0 + (4 * tile.Y), first = n0 + (4 * tile.X);
                    End(stage, at, e, m, first, c.X, d.X);
                    End(stage, at, e, m + 1, first, c.Y, d.Y);
                    End(stage, at, e, m + 2, first, c.Z, d.Z);
                    End(stage, at, e, m + 3, first, c.W, d.W);
                }

                n0 += tile.Columns;
            }
            while (n0 < e.Columns);
            m0 += tile.Rows;
        }
        while (m0 < e.Rows);
    }

    /// <inheritdoc/>
    public static void Sums<TStage>(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfSums(at, m, n, leftAlongK, rightAlongK, begin), GpuRowBlocks.MostHeight / 4);

    /// <summary>The tiles that a group goes through, and the place of a thread in each.</summary>
    private readonly struct Tile
    {
        /// <summary>Exponents of how many threads there are along x and y.</summary>
        private readonly int xBits, yBits;

        /// <param name="at">Where the tiles of operands lie.</param>
        /// <param name="threadRows">Threads that the rows of a tile are worth.</param>
        public Tile(GpuBlockRows<T> at, int threadRows)
        {
            Thread = (Group.IdxY * Group.DimX) + Group.IdxX;
            int all = Bits(Group.DimX * Group.DimY);
            yBits = Math.Min(Bits(threadRows), all);
            xBits = Math.Min(all - yBits, Bits(MostTile / 4));
            Lefts = at.Tiles.SubView(0, LeftFours);
            Rights = at.Tiles.SubView(LeftFours, RightFours);
        }

        public ArrayView<Quad<T>> Lefts { get; }

        public ArrayView<Quad<T>> Rights { get; }

        public int Thread { get; }

        /// <summary>Exponents of the rows and columns.</summary>
        public int RowBits => yBits + 2;

        /// <inheritdoc cref="RowBits"/>
        public int ColumnBits => xBits + 2;

        public int Rows => 1 << RowBits;

        public int Columns => 1 << ColumnBits;

        /// <summary>Whether the thread has sums: those that are too many only load.</summary>
        public bool IsIn => Thread >> xBits < 1 << yBits;

        public int X => Thread & ((1 << xBits) - 1);

        public int Y => IsIn ? Thread >> xBits : 0;
    }

    private static void Run<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int threadRows)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        var tile = new Tile(at, threadRows);
        Group.Barrier();
        // Loops with barriers are gone through once at least, so that all that follows comes after one: drivers copy it for each way around.
        int m0 = 0;
        do
        {
            int n0 = 0;
            do
            {
                int m = m0 + (4 * tile.Y), n = n0 + (4 * tile.X);
                Quad<Quad<T>> c = new(
                    Begun<TStage>(at, e, m, n), Begun<TStage>(at, e, m + 1, n), Begun<TStage>(at, e, m + 2, n), Begun<TStage>(at, e, m + 3, n));
                c = Terms<TStage, GpuRowLeft<TStage, T>, GpuRowRight<TStage, T>>(stage, at, e, tile, m0, n0, c);
                if (tile.IsIn)
                {
                    End(stage, at, e, m, n, c.X);
                    End(stage, at, e, m + 1, n, c.Y);
                    End(stage, at, e, m + 2, n, c.Z);
                    End(stage, at, e, m + 3, n, c.W);
                }

                n0 += tile.Columns;
            }
            while (n0 < e.Columns);
            m0 += tile.Rows;
        }
        while (m0 < e.Rows);
    }

    /// <summary>The sums of a thread in a tile, with all terms added.</summary>
    private static Quad<Quad<T>> Terms<TStage, TLeft, TRight>(
        TStage stage, GpuBlockRows<T> at, GpuRowExtent e, Tile tile, int m0, int n0, Quad<Quad<T>> c)
        where TStage : struct
        where TLeft : struct, IGpuRowOperand<TStage, T>
        where TRight : struct, IGpuRowOperand<TStage, T>
    {
        int threads = Group.DimX * Group.DimY;
        var left = tile.Lefts.Cast<T>();
        var right = tile.Rights.Cast<T>();
        int k0 = 0;
        do
        {
            for (int i = tile.Thread; i < Depth * tile.Rows; i += threads)
            {
                int kk = e.LeftAlongK != 0 ? i & (Depth - 1) : i >> tile.RowBits;
                int mm = e.LeftAlongK != 0 ? i >> DepthBits : i & (tile.Rows - 1);
                left[(kk * tile.Rows) + mm] = m0 + mm < e.Rows && k0 + kk < e.Terms
                    ? TLeft.Elements<T, bool, S>(stage, at, e, m0 + mm, k0 + kk) : S.Create(0d);
            }

            for (int i = tile.Thread; i < Depth * tile.Columns; i += threads)
            {
                int kk = e.RightAlongK != 0 ? i & (Depth - 1) : i >> tile.ColumnBits;
                int nn = e.RightAlongK != 0 ? i >> DepthBits : i & (tile.Columns - 1);
                right[(kk * tile.Columns) + nn] = n0 + nn < e.Columns && k0 + kk < e.Terms
                    ? TRight.Elements<T, bool, S>(stage, at, e, n0 + nn, k0 + kk) : S.Create(0d);
            }

            Group.Barrier();
            for (int kk = 0; kk < Depth; kk++)
            {
                Quad<T> a = tile.Lefts[(kk * tile.Rows / 4) + tile.Y], b = tile.Rights[(kk * tile.Columns / 4) + tile.X];
                c = new(Add(a.X, b, c.X), Add(a.Y, b, c.Y), Add(a.Z, b, c.Z), Add(a.W, b, c.W));
            }

            Group.Barrier();
            k0 += Depth;
        }
        while (k0 < e.Terms);

        return c;
    }

    /// <summary>The exponent of the power of two that is no less.</summary>
    private static int Bits(int number)
    {
        int bits = 0;
        while (1 << bits < number) bits++;
        return bits;
    }

    private static Quad<T> Add(T a, Quad<T> b, Quad<T> c) => new(S.Fma(a, b.X, c.X), S.Fma(a, b.Y, c.Y), S.Fma(a, b.Z, c.Z), S.Fma(a, b.W, c.W));

    private static Quad<T> Begun<TStage>(GpuBlockRows<T> at, GpuRowExtent e, int m, int n)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => new(
            GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 1),
            GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 2), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 3));

    private static void End<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<T> sums)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n, sums.X);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 1, sums.Y);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 2, sums.Z);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 3, sums.W);
    }

    private static void End<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<T> sums, Quad<T> others)
        where TStage : struct, IGpuRowPair<TStage, T>
    {
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n, sums.X, others.X);
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n + 1, sums.Y, others.Y);
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n + 2, sums.Z, others.Z);
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n + 3, sums.W, others.W);
    }
}
