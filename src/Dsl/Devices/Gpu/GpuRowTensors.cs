using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Products of a row block on tensor cores: a warp has 16 x 32 sums, the group those of up to 64 rows and columns. Both operands pass through shared
/// memory as the words that are multiplied, in steps along what is summed: so each number is read and rounded once by a group, whichever warps
/// multiply it.
/// </summary>
/// <remarks>
/// With the lane as 4 g + t it has of the sums of an instruction the g-th row and the one eight later, and the columns 2 t and 2 t + 1 of eight.
/// Which columns these are is of no account: so of the tile's columns those of an instruction are four apart, and a lane has eight neighbours, which
/// it stores by fours where they lie side by side.
/// </remarks>
internal readonly struct GpuRowTensors<T, S, TMemory, TTiles, TWord, TWidth> : IGpuRowCore<T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TMemory : struct, IGpuBlockMemory<T>
    where TTiles : struct, IGpuRowTiles
    where TWord : struct, IOperandWord
    where TWidth : struct, IWidth
{
    private const int Lanes = 32, WarpRows = 16, WarpColumns = 32, Across = GpuRowWords.Side / WarpColumns;

    /// <inheritdoc/>
    public static int TileRows => GpuRowWords.Side;

    /// <inheritdoc/>
    public static int StepRows => WarpRows;

    /// <inheritdoc/>
    public static ArrayView<Quad<T>> Tiles() => TTiles.Allocate<Quad<T>>();

    /// <inheritdoc/>
    public static void Loop<TStage, R>(TStage stage, GpuBlockRows<T> at)
        where TStage : struct, IGpuRowLoop<TStage, T>
        where R : struct, IGpuTeam<T>
    {
        if (TStage.IsByFours) GpuRowLoop.Run<TStage, T, Quad<T>, Quad<bool>, Quads<T, S>, R>(stage, at);
        else GpuRowLoop.Run<TStage, T, T, bool, S, R>(stage, at);
    }

    /// <inheritdoc/>
    public static void Rows<TStage>(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
        // The first of a block's rows is any number, so nothing is read by four along these; nor below.
        => Run(stage, at, GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK), false, leftAlongK, false, rightAlongK, !rightAlongK);

    /// <inheritdoc/>
    public static void Pair<TStage>(
        TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK, bool otherLeftAlongK, bool otherRightAlongK)
        where TStage : struct, IGpuRowPair<TStage, T>
        => GpuRowTensorPair<TStage, T, S, TWord, TWidth>.Run(
            stage, at, GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK), GpuRowExtent.OfRows(at, n, k, otherLeftAlongK, otherRightAlongK));

    /// <inheritdoc/>
    public static void Sums<TStage>(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfSums(at, m, n, leftAlongK, rightAlongK, begin), true, false, !leftAlongK, false, !rightAlongK);

    /// <param name="stage">The product.</param>
    /// <param name="at">The rows.</param>
    /// <param name="e">What of it.</param>
    /// <param name="isOfSums">Whether it is one of those that may have many rows, and not of those that may have many columns.</param>
    /// <param name="leftAlongK">Whether four terms of the left operand may be read at once.</param>
    /// <param name="leftAlongOwn">Whether four rows of it may be.</param>
    /// <param name="rightAlongK">The same of the right one.</param>
    /// <param name="rightAlongOwn">Whether four columns of it may be.</param>
    private static void Run<TStage>(
        TStage stage, GpuBlockRows<T> at, GpuRowExtent e, bool isOfSums, bool leftAlongK, bool leftAlongOwn, bool rightAlongK,
        bool rightAlongOwn)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        // The tiles of two warps lie side by side.
        int thread = (Group.IdxY * Group.DimX) + Group.IdxX, warp = thread / Lanes, lane = thread % Lanes;
        int row = warp / Across * WarpRows, column = warp % Across * WarpColumns;
        int height = Group.DimX * Group.DimY / (Lanes * Across) * WarpRows, depth = GpuRowWords.Words * TWord.Terms;
        // Where all terms are there in one step, two tiles are filled at once: of columns, or of rows that have one tile of these.
        bool isOneStep = e.Terms <= depth;
        bool isWide = !isOfSums && isOneStep, isTall = isOfSums && isOneStep && e.Columns <= GpuRowWords.Side;
        int down = isTall ? 2 * height : height, across = isWide ? 2 * GpuRowWords.Side : GpuRowWords.Side;
        bool isOneRight = isOneStep && e.Columns <= across;
        // What lies in scratch as words is read from there.
        bool isHeld = TStage.LeftHeld && TMemory.IsOfGroup && TWord.Terms == 2;
        var held = at.Scratch.Cast<Quad<uint>>();
        var words = at.Tiles.Cast<Quad<uint>>();
        int ofLeft = isOfSums ? 2 * GpuRowWords.Fours : GpuRowWords.Fours;
        var left = words.SubView(0, ofLeft);
        var right = words.SubView(ofLeft, (GpuRowWords.OfProduct * GpuRowWords.Fours) - ofLeft);
        // Loops with barriers are gone through once at least, so that all that follows comes after one: drivers copy it for each way around.
        int m0 = 0;
        do
        {
            int n0 = 0;
            do
            {
                int m = m0 + row + (lane / 4), n = n0 + column + (8 * (lane % 4));
                var sums = Begun<TStage>(at, e, m, n);
                int k0 = 0;
                do
                {
                    // What is all there in one step stays for the next tiles.
                    bool fillsLeft = !isHeld & (!isOneStep | n0 == 0), fillsRight = !isOneRight | m0 == 0;
                    if (fillsLeft | fillsRight) Group.Barrier();
                    if (fillsLeft)
                    {
                        GpuRowWords<GpuRowLeft<TStage, T>, TStage, T, S, TWord, TWidth>
                            .Fill(stage, at, e, left, m0, down, k0, leftAlongK, leftAlongOwn);
                    }

                    if (fillsRight)
                    {
                        GpuRowWords<GpuRowRight<TStage, T>, TStage, T, S, TWord, TWidth>
                            .Fill(stage, at, e, right, n0, across, k0, rightAlongK, rightAlongOwn);
                    }

                    if (fillsLeft | fillsRight) Group.Barrier();
                    int below = 0, beside = 0;
                    bool isAnother;
                    do
                    {
                        // A warp without rows or columns goes along, for no step: with a branch sums would be copied at every turn.
                        bool isTile = m0 + below + row < e.Rows & n0 + beside + column < e.Columns;
                        int terms = isTile ? Math.Min(depth, e.Terms - k0) : 0;
                        int inTileColumn = beside + column, inTileRow = below + row;
                        sums = isHeld
                            ? GpuRowMultiply<TWord>.Held(
                                TStage.LeftPieces(stage), held, at.Count, isOfSums, right, lane, m0 + inTileRow, inTileColumn, k0, terms, sums)
                            : GpuRowMultiply<TWord>.Tile(left, right, lane, inTileRow, inTileColumn, GpuRowWords.Steps(terms, TWord.Terms), sums);
                        if (k0 + depth >= e.Terms) End(stage, at, e, m + below, n + beside, sums);
                        isAnother = isOfSums ? isTall & below == 0 & m0 + height < e.Rows : isWide & beside == 0 & n0 + GpuRowWords.Side < e.Columns;
                        if (isAnother)
                        {
                            below = isOfSums ? height : 0;
                            beside = isOfSums ? 0 : GpuRowWords.Side;
                            sums = Begun<TStage>(at, e, m + below, n + beside);
                        }
                    }
                    while (isAnother);
                    k0 += depth;
                }
                while (k0 < e.Terms);

                n0 += across;
            }
            while (n0 < e.Columns);
            m0 += down;
        }
        while (m0 < e.Rows);
    }

    /// <summary>What sums begin with: of the lane's two rows eight neighbours each.</summary>
    private static Quad<Quad<float>> Begun<TStage>(GpuBlockRows<T> at, GpuRowExtent e, int m, int n)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        Quad<float> a = BegunFour<TStage>(at, e, m, n), b = BegunFour<TStage>(at, e, m, n + 4);
        Quad<float> c = BegunFour<TStage>(at, e, m + 8, n), d = BegunFour<TStage>(at, e, m + 8, n + 4);
        return new(new(a.X, b.X, c.X, d.X), new(a.Y, b.Y, c.Y, d.Y), new(a.Z, b.Z, c.Z, d.Z), new(a.W, b.W, c.W, d.W));
    }

    private static Quad<float> BegunFour<TStage>(GpuBlockRows<T> at, GpuRowExtent e, int m, int n)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Quads<T, S>.Singles(TWidth.IsFour && TStage.StoreFours
            ? GpuRowSums<TStage, T, S>.Begun<Quad<T>, Quad<bool>, Quads<T, S>>(at, e, m, n)
            : new(
                GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 1),
                GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 2), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 3)));

    private static void End<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<Quad<float>> sums)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        Pair<Quad<float>> upper = GpuRowMultiply<TWord>.Upper(sums), lower = GpuRowMultiply<TWord>.Lower(sums);
        EndFour(stage, at, e, m, n, upper.X);
        EndFour(stage, at, e, m, n + 4, upper.Y);
        EndFour(stage, at, e, m + 8, n, lower.X);
        EndFour(stage, at, e, m + 8, n + 4, lower.Y);
    }

    private static void EndFour<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<float> four)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        var sums = Quads<T, S>.Of(four);
        if (TWidth.IsFour && TStage.StoreFours)
        {
            GpuRowSums<TStage, T, S>.End<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, e, m, n, sums);
            return;
        }

        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n, sums.X);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 1, sums.Y);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 2, sums.Z);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 3, sums.W);
    }
}

/// <summary>The memory of a group for tiles. Each is a kernel of its own: how much it is, the kernel says.</summary>
internal interface IGpuRowTiles
{
    /// <summary>All of it.</summary>
    static abstract ArrayView<TQuad> Allocate<TQuad>()
        where TQuad : unmanaged;
}

/// <summary>For one product at a time.</summary>
internal readonly struct TilesOfProduct : IGpuRowTiles
{
    public static ArrayView<TQuad> Allocate<TQuad>()
        where TQuad : unmanaged => SharedMemory.Allocate<TQuad>(GpuRowWords.OfProduct * GpuRowWords.Fours);
}

/// <summary>For two.</summary>
internal readonly struct TilesOfPair : IGpuRowTiles
{
    public static ArrayView<TQuad> Allocate<TQuad>()
        where TQuad : unmanaged => SharedMemory.Allocate<TQuad>(GpuRowWords.OfPair * GpuRowWords.Fours);
}
