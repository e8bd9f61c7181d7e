using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Two products of a row block at once, as <see cref="GpuRowTensors{T, S, TMemory, TTiles, TWord, TWidth}"/> computes one: tiles of all four operands
/// are in shared memory, and a warp has the sums of both when it stores what is made of them.
/// </summary>
internal static class GpuRowTensorPair<TStage, T, S, TWord, TWidth>
    where TStage : struct, IGpuRowPair<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where TWidth : struct, IWidth
{
    private const int Lanes = 32, WarpRows = 16, WarpColumns = 32, Across = GpuRowWords.Side / WarpColumns;

    /// <param name="stage">The products.</param>
    /// <param name="at">The rows.</param>
    /// <param name="e">What of the first.</param>
    /// <param name="o">What of the other.</param>
    public static void Run(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, GpuRowExtent o)
    {
        // Of operands along k four terms may be read at once, of right ones across it four columns.
        bool leftAlongK = e.LeftAlongK != 0, rightAlongK = e.RightAlongK != 0;
        bool otherLeftAlongK = o.LeftAlongK != 0, otherRightAlongK = o.RightAlongK != 0;
        int thread = (Group.IdxY * Group.DimX) + Group.IdxX, warp = thread / Lanes, lane = thread % Lanes;
        int row = warp / Across * WarpRows, column = warp % Across * WarpColumns;
        int height = Group.DimX * Group.DimY / (Lanes * Across) * WarpRows, depth = GpuRowWords.Words * TWord.Terms;
        bool isOneStep = e.Terms <= depth;
        var words = at.Tiles.Cast<Quad<uint>>();
        var left = words.SubView(0, GpuRowWords.Fours);
        var right = words.SubView(GpuRowWords.Fours, GpuRowWords.Fours);
        var otherLeft = words.SubView(2 * GpuRowWords.Fours, GpuRowWords.Fours);
        var otherRight = words.SubView(3 * GpuRowWords.Fours, GpuRowWords.Fours);
        int m0 = 0;
        do
        {
            int n0 = 0;
            do
            {
                Quad<Quad<float>> sums = default, others = default;
                bool isTile = m0 + row < e.Rows & n0 + column < e.Columns;
                int k0 = 0;
                do
                {
                    Group.Barrier();
                    if (!isOneStep | n0 == 0)
                    {
                        GpuRowWords<GpuRowLeft<TStage, T>, TStage, T, S, TWord, TWidth>
                            .Fill(stage, at, e, left, m0, height, k0, leftAlongK, alongOwn: false);
                        GpuRowWords<GpuRowOtherLeft<TStage, T>, TStage, T, S, TWord, TWidth>
                            .Fill(stage, at, o, otherLeft, m0, height, k0, otherLeftAlongK, alongOwn: false);
                    }

                    GpuRowWords<GpuRowRight<TStage, T>, TStage, T, S, TWord, TWidth>
                        .Fill(stage, at, e, right, n0, GpuRowWords.Side, k0, rightAlongK, !rightAlongK);
                    GpuRowWords<GpuRowOtherRight<TStage, T>, TStage, T, S, TWord, TWidth>
                        .Fill(stage, at, o, otherRight, n0, GpuRowWords.Side, k0, otherRightAlongK, !otherRightAlongK);
                    Group.Barrier();
                    // A warp without rows or columns goes along, for no step.
                    int steps = isTile ? GpuRowWords.Steps(Math.Min(depth, e.Terms - k0), TWord.Terms) : 0;
                    sums = GpuRowMultiply<TWord>.Tile(left, right, lane, row, column, steps, sums);
                    others = GpuRowMultiply<TWord>.Tile(otherLeft, otherRight, lane, row, column, steps, others);
                    k0 += depth;
                }
                while (k0 < e.Terms);

                End(stage, at, e, m0 + row + (lane / 4), n0 + column + (8 * (lane % 4)), sums, others);
                n0 += GpuRowWords.Side;
            }
            while (n0 < e.Columns);
            m0 += height;
        }
        while (m0 < e.Rows);
    }

    private static void End(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<Quad<float>> sums, Quad<Quad<float>> others)
    {
        EndRow(stage, at, e, m, n, GpuRowMultiply<TWord>.Upper(sums), GpuRowMultiply<TWord>.Upper(others));
        EndRow(stage, at, e, m + 8, n, GpuRowMultiply<TWord>.Lower(sums), GpuRowMultiply<TWord>.Lower(others));
    }

    /// <summary>Eight neighbours.</summary>
    private static void EndRow(
        TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Pair<Quad<float>> sums, Pair<Quad<float>> others)
    {
        if (TWidth.IsFour && TStage.StoreEights)
        {
            Pair<Quad<T>> own = new(Quads<T, S>.Of(sums.X), Quads<T, S>.Of(sums.Y)), other = new(Quads<T, S>.Of(others.X), Quads<T, S>.Of(others.Y));
            GpuRowPairSums<TStage, T>.End<Pair<Quad<T>>, Pair<Quad<bool>>, Eights<T, S>>(stage, at, e, m, n, own, other);
            return;
        }

        EndFour(stage, at, e, m, n, sums.X, others.X);
        EndFour(stage, at, e, m, n + 4, sums.Y, others.Y);
    }

    private static void EndFour(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<float> sums, Quad<float> others)
    {
        var (own, other) = (Quads<T, S>.Of(sums), Quads<T, S>.Of(others));
        if (TWidth.IsFour && TStage.StoreFours)
        {
            GpuRowPairSums<TStage, T>.End<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, e, m, n, own, other);
            return;
        }

        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n, own.X, other.X);
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n + 1, own.Y, other.Y);
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n + 2, own.Z, other.Z);
        GpuRowPairSums<TStage, T>.End<T, bool, S>(stage, at, e, m, n + 3, own.W, other.W);
    }
}
