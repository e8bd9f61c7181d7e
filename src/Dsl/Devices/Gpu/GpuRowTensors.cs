using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Products of a row block on tensor cores: each warp goes from tile to tile of 16 x 32 of the result, and reads both operands from where they lie
/// into the words that it multiplies, without shared memory or barriers in between. A block's rows are few, so little is read twice.
/// </summary>
/// <remarks>
/// With the lane as 4 g + t it has of the instruction's eight columns the g-th, and of its words along the terms the t-th and the one four later.
/// Which columns and terms these are is of no account, as long as it is the same everywhere: so of the tile's columns it has four neighbours, one in
/// each of four instructions, and of sixteen terms too, and both are read and stored at once where they lie side by side.
/// </remarks>
internal readonly struct GpuRowTensors<T, S, TWord, TWidth> : IGpuRowCore<T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where TWidth : struct, IWidth
{
    private const int TileColumns = 32, Step = 16;

    /// <inheritdoc/>
    public static int TileRows => 16;

    /// <inheritdoc/>
    public static void Rows<TStage>(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK), leftAlongK, rightAlongK, !rightAlongK);

    /// <inheritdoc/>
    public static void Sums<TStage>(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where TStage : struct, IGpuRowContraction<TStage, T>
        // The first of a block's rows is any number, so nothing is read by four along these.
        => Run(stage, at, GpuRowExtent.OfSums(at, m, n, leftAlongK, rightAlongK, begin), false, false, !rightAlongK);

    /// <param name="stage">The product.</param>
    /// <param name="at">The rows.</param>
    /// <param name="e">What of it.</param>
    /// <param name="leftAlongK">Whether four terms of the left operand may be read at once.</param>
    /// <param name="rightAlongK">The same of the right one.</param>
    /// <param name="rightAlongOwn">Whether four columns of it may be.</param>
    private static void Run<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, bool leftAlongK, bool rightAlongK, bool rightAlongOwn)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        // A warp is a row of the group's threads.
        int g = Group.IdxX >> 2, t = Group.IdxX & 3;
        int down = (e.Rows + TileRows - 1) / TileRows, tiles = (e.Columns + TileColumns - 1) / TileColumns * down;
        Group.Barrier();
        for (int tile = Group.IdxY; tile < tiles; tile += Group.DimY)
        {
            // Those with the same columns follow each other, so that warps side by side read the same of the right operand, which is the larger.
            int m0 = tile % down * TileRows, n0 = tile / down * TileColumns;
            int m = Anchors.Here(m0 + g), n = Anchors.Here(n0 + (8 * t));
            var sums = Begun<TStage>(at, e, m, n);
            // Rows and columns that there are not are read as the last ones, and their sums dropped.
            int top = Anchors.Here(e.FirstRow + Math.Min(m, e.Rows - 1)), bottom = Anchors.Here(e.FirstRow + Math.Min(m + 8, e.Rows - 1));
            int column = n0 + (4 * g), last = e.Columns - 1;
            Quad<int> columns = new(
                Anchors.Here(Math.Min(column, TWidth.IsFour && TStage.RightFours && rightAlongOwn ? e.Columns - 4 : last)),
                Anchors.Here(Math.Min(column + 1, last)), Anchors.Here(Math.Min(column + 2, last)), Anchors.Here(Math.Min(column + 3, last)));
            for (int step = 0; step < e.Terms; step += Step)
            {
                var terms = Terms(e, step + (4 * t));
                var (upper, lower) = (Left(stage, at, top, terms, leftAlongK), Left(stage, at, bottom, terms, leftAlongK));
                var right = Right(stage, at, columns, terms, rightAlongK, rightAlongOwn);
                sums = new(
                    Multiply(upper, lower, right.X, sums.X), Multiply(upper, lower, right.Y, sums.Y),
                    Multiply(upper, lower, right.Z, sums.Z), Multiply(upper, lower, right.W, sums.W));
            }

            End(stage, at, e, m, n, sums);
        }
    }

    /// <summary>
    /// Four terms, from one on. Those that there are not are read as the last ones, and count as zero in the left operand.
    /// </summary>
    private static TermQuad Terms(GpuRowExtent e, int k)
    {
        int last = e.Terms - 1;
        return new()
        {
            First = e.FirstTerm + Math.Min(k, last - 3),
            Each = new(
                e.FirstTerm + Math.Min(k, last), e.FirstTerm + Math.Min(k + 1, last),
                e.FirstTerm + Math.Min(k + 2, last), e.FirstTerm + Math.Min(k + 3, last)),
            Are = new(k <= last, k + 1 <= last, k + 2 <= last, k + 3 <= last),
        };
    }

    /// <summary>Four terms of a row.</summary>
    private static Quad<float> Left<TStage>(TStage stage, GpuBlockRows<T> at, int row, TermQuad k, bool isAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        Quad<T> values = TWidth.IsFour && TStage.LeftFours && isAlongK
            ? TStage.Left<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, at.Item, row, k.First)
            : new(
                TStage.Left<T, bool, S>(stage, at, at.Item, row, k.Each.X), TStage.Left<T, bool, S>(stage, at, at.Item, row, k.Each.Y),
                TStage.Left<T, bool, S>(stage, at, at.Item, row, k.Each.Z), TStage.Left<T, bool, S>(stage, at, at.Item, row, k.Each.W));
        return Singles(Quads<T, S>.Select(k.Are, values, Quads<T, S>.Create(0d)));
    }

    /// <summary>Four terms of each of four columns.</summary>
    private static Quad<Quad<float>> Right<TStage>(
        TStage stage, GpuBlockRows<T> at, Quad<int> columns, TermQuad k, bool isAlongK, bool isAlongOwn)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        if (TWidth.IsFour && TStage.RightFours && isAlongOwn)
        {
            Quad<float> x = Row(stage, at, k.Each.X, columns.X), y = Row(stage, at, k.Each.Y, columns.X);
            Quad<float> z = Row(stage, at, k.Each.Z, columns.X), w = Row(stage, at, k.Each.W, columns.X);
            return new(new(x.X, y.X, z.X, w.X), new(x.Y, y.Y, z.Y, w.Y), new(x.Z, y.Z, z.Z, w.Z), new(x.W, y.W, z.W, w.W));
        }

        return new(
            Column(stage, at, columns.X, k, isAlongK), Column(stage, at, columns.Y, k, isAlongK),
            Column(stage, at, columns.Z, k, isAlongK), Column(stage, at, columns.W, k, isAlongK));
    }

    private static Quad<float> Row<TStage>(TStage stage, GpuBlockRows<T> at, int k, int column)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Singles(TStage.Right<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, at.Item, k, column));

    private static Quad<float> Column<TStage>(TStage stage, GpuBlockRows<T> at, int column, TermQuad k, bool isAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Singles(TWidth.IsFour && TStage.RightFours && isAlongK
            ? TStage.Right<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, at.Item, k.First, column)
            : new(
                TStage.Right<T, bool, S>(stage, at, at.Item, k.Each.X, column), TStage.Right<T, bool, S>(stage, at, at.Item, k.Each.Y, column),
                TStage.Right<T, bool, S>(stage, at, at.Item, k.Each.Z, column), TStage.Right<T, bool, S>(stage, at, at.Item, k.Each.W, column)));

    /// <summary>Adds the products of sixteen terms, four of which are the lane's: one instruction, or two where a word is one number.</summary>
    private static Quad<float> Multiply(Quad<float> upper, Quad<float> lower, Quad<float> right, Quad<float> sums)
    {
        if (TWord.Terms == 2)
        {
            Quad<uint> both = new(
                TWord.Of(upper.X, upper.Y), TWord.Of(lower.X, lower.Y), TWord.Of(upper.Z, upper.W), TWord.Of(lower.Z, lower.W));
            return TWord.Multiply(both, TWord.Of(right.X, right.Y), TWord.Of(right.Z, right.W), sums);
        }

        Quad<uint> first = new(TWord.Of(upper.X, 0), TWord.Of(lower.X, 0), TWord.Of(upper.Y, 0), TWord.Of(lower.Y, 0));
        Quad<uint> second = new(TWord.Of(upper.Z, 0), TWord.Of(lower.Z, 0), TWord.Of(upper.W, 0), TWord.Of(lower.W, 0));
        return TWord.Multiply(
            second, TWord.Of(right.Z, 0), TWord.Of(right.W, 0), TWord.Multiply(first, TWord.Of(right.X, 0), TWord.Of(right.Y, 0), sums));
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
        => Singles(TWidth.IsFour && TStage.StoreFours
            ? GpuRowSums<TStage, T, S>.Begun<Quad<T>, Quad<bool>, Quads<T, S>>(at, e, m, n)
            : new(
                GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 1),
                GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 2), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 3)));

    private static void End<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<Quad<float>> sums)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        EndFour(stage, at, e, m, n, sums.X.X, sums.Y.X, sums.Z.X, sums.W.X);
        EndFour(stage, at, e, m, n + 4, sums.X.Y, sums.Y.Y, sums.Z.Y, sums.W.Y);
        EndFour(stage, at, e, m + 8, n, sums.X.Z, sums.Y.Z, sums.Z.Z, sums.W.Z);
        EndFour(stage, at, e, m + 8, n + 4, sums.X.W, sums.Y.W, sums.Z.W, sums.W.W);
    }

    private static void EndFour<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, float x, float y, float z, float w)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        Quad<T> sums = new(S.FromSingle(x), S.FromSingle(y), S.FromSingle(z), S.FromSingle(w));
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

    private static Quad<float> Singles(Quad<T> values)
        => new(S.ToSingle(values.X), S.ToSingle(values.Y), S.ToSingle(values.Z), S.ToSingle(values.W));

    private struct TermQuad
    {
        public int First;
        public Quad<int> Each;
        public Quad<bool> Are;
    }
}
