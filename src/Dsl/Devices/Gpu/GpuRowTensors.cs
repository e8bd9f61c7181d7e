using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Products of a row block on tensor cores: each warp goes from tile to tile of 16 x 32 of the result, and reads both operands from where they lie
/// into the words that it multiplies, without shared memory or barriers in between. A block's rows are few, so little is read twice.
/// </summary>
/// <remarks>
/// Which terms a lane has is of no account as long as it is the same in both operands: here those of its two words are neighbours.
/// </remarks>
internal readonly struct GpuRowTensors<T, S, TWord> : IGpuRowCore<T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
{
    /// <summary>Rows and columns of a warp's tile; of a product of the instruction's the words along the terms.</summary>
    private const int TileRows = 16, TileColumns = 32, Words = 8;

    /// <inheritdoc/>
    public static void Rows<TStage>(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK));

    /// <inheritdoc/>
    public static void Sums<TStage>(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfSums(at, m, n, leftAlongK, rightAlongK, begin));

    private static void Run<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        // A warp is a row of the group's threads; of its lanes four have a row of a tile.
        int g = Group.IdxX >> 2, t = Group.IdxX & 3;
        int across = (e.Columns + TileColumns - 1) / TileColumns, tiles = (e.Rows + TileRows - 1) / TileRows * across;
        Group.Barrier();
        for (int tile = Group.IdxY; tile < tiles; tile += Group.DimY)
        {
            int m0 = tile / across * TileRows, n0 = tile % across * TileColumns;
            int m = m0 + g, n = n0 + (2 * t);
            Quad<Quad<float>> sums = new(
                Begun<TStage>(at, e, m, n), Begun<TStage>(at, e, m, n + 8), Begun<TStage>(at, e, m, n + 16), Begun<TStage>(at, e, m, n + 24));
            // Rows and columns that there are not are read as the last one, and their sums dropped.
            int top = e.FirstRow + Math.Min(m, e.Rows - 1), bottom = e.FirstRow + Math.Min(m + 8, e.Rows - 1), last = e.Columns - 1;
            Quad<int> columns = new(
                Math.Min(n0 + g, last), Math.Min(n0 + g + 8, last), Math.Min(n0 + g + 16, last), Math.Min(n0 + g + 24, last));
            for (int step = 0; step < e.Terms; step += Words * TWord.Terms)
            {
                int k = step + (2 * TWord.Terms * t);
                var (some, others) = (Some(e, k), Some(e, k + TWord.Terms));
                Quad<uint> a = new(
                    Left(stage, at, top, some), Left(stage, at, bottom, some), Left(stage, at, top, others), Left(stage, at, bottom, others));
                sums = new(
                    Multiply(stage, at, a, columns.X, some, others, sums.X), Multiply(stage, at, a, columns.Y, some, others, sums.Y),
                    Multiply(stage, at, a, columns.Z, some, others, sums.Z), Multiply(stage, at, a, columns.W, some, others, sums.W));
            }

            End(stage, at, e, m, n, sums.X);
            End(stage, at, e, m, n + 8, sums.Y);
            End(stage, at, e, m, n + 16, sums.Z);
            End(stage, at, e, m, n + 24, sums.W);
        }
    }

    private static Quad<float> Multiply<TStage>(
        TStage stage, GpuBlockRows<T> at, Quad<uint> a, int column, TermPair some, TermPair others, Quad<float> sums)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => TWord.Multiply(a, Right(stage, at, column, some), Right(stage, at, column, others), sums);

    /// <summary>The terms of a word. Those that there are not are read as the last one, and count as zero in the left operand.</summary>
    private static TermPair Some(GpuRowExtent e, int k) => new()
    {
        First = e.FirstTerm + Math.Min(k, e.Terms - 1), Second = e.FirstTerm + Math.Min(k + 1, e.Terms - 1),
        IsFirst = k < e.Terms, IsSecond = k + 1 < e.Terms,
    };

    private static uint Left<TStage>(TStage stage, GpuBlockRows<T> at, int row, TermPair k)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        T zero = S.Create(0d), first = S.Select(k.IsFirst, TStage.Left(stage, at, at.Item, row, k.First), zero);
        T second = TWord.Terms == 1 ? zero : S.Select(k.IsSecond, TStage.Left(stage, at, at.Item, row, k.Second), zero);
        return TWord.Of(S.ToSingle(first), S.ToSingle(second));
    }

    private static uint Right<TStage>(TStage stage, GpuBlockRows<T> at, int column, TermPair k)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        var first = S.ToSingle(TStage.Right(stage, at, at.Item, k.First, column));
        return TWord.Of(first, TWord.Terms == 1 ? 0 : S.ToSingle(TStage.Right(stage, at, at.Item, k.Second, column)));
    }

    private static Quad<float> Begun<TStage>(GpuBlockRows<T> at, GpuRowExtent e, int m, int n)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => new(
            S.ToSingle(GpuRowSums<TStage, T, S>.Begun(at, e, m, n)), S.ToSingle(GpuRowSums<TStage, T, S>.Begun(at, e, m, n + 1)),
            S.ToSingle(GpuRowSums<TStage, T, S>.Begun(at, e, m + 8, n)), S.ToSingle(GpuRowSums<TStage, T, S>.Begun(at, e, m + 8, n + 1)));

    private static void End<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<float> sums)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        GpuRowSums<TStage, T, S>.End(stage, at, e, m, n, S.FromSingle(sums.X));
        GpuRowSums<TStage, T, S>.End(stage, at, e, m, n + 1, S.FromSingle(sums.Y));
        GpuRowSums<TStage, T, S>.End(stage, at, e, m + 8, n, S.FromSingle(sums.Z));
        GpuRowSums<TStage, T, S>.End(stage, at, e, m + 8, n + 1, S.FromSingle(sums.W));
    }

    private struct TermPair
    {
        public int First, Second;
        public bool IsFirst, IsSecond;
    }
}
