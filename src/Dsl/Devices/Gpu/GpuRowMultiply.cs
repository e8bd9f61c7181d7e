using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// What a warp multiplies of tiles of <see cref="GpuRowWords"/>: 16 rows and 32 columns. Of the columns those of an instruction are four apart, so
/// that a lane has eight neighbours of each of its two rows.
/// </summary>
internal static class GpuRowMultiply<TWord>
    where TWord : struct, IOperandWord
{
    // The terms of an instruction in bfloat16, and of a piece.
    private const int Step = 16, Piece = 8;

    /// <summary>The steps of a whole tile: so many that places follow from each other.</summary>
    private const int Whole = GpuRowWords.Pieces / 2;

    /// <summary>Adds the products of so many steps of a tile.</summary>
    public static Quad<Quad<float>> Tile(
        ArrayView<Quad<uint>> left, ArrayView<Quad<uint>> right, int lane, int row, int column, int steps, Quad<Quad<float>> sums)
    {
        int own = GpuRowWords.Place(row + (lane & 15), lane >> 4), one = Right(lane, column, 0), other = Right(lane, column, 2);
        var few = WordSums<TWord>.Begun(sums);
        // Pieces of two steps are exchanged alike.
        if (steps == Whole)
        {
            few = Add(TensorCores.LoadBlocks(ref left[own]), right, one, other, few);
            few = Add(TensorCores.LoadBlocks(ref left[own ^ 2]), right, one ^ 2, other ^ 2, few);
            few = Add(TensorCores.LoadBlocks(ref left[own ^ 4]), right, one ^ 4, other ^ 4, few);
            return WordSums<TWord>.Ended(sums, Add(TensorCores.LoadBlocks(ref left[own ^ 6]), right, one ^ 6, other ^ 6, few));
        }

        int end = 2 * steps;
        for (int step = 0; step < end; step += 2) few = Add(TensorCores.LoadBlocks(ref left[own ^ step]), right, one ^ step, other ^ step, few);
        return WordSums<TWord>.Ended(sums, few);
    }

    /// <summary>Adds the products of so many terms, of which the left ones are words in scratch.</summary>
    /// <param name="held">Where the left operand begins in scratch, and how far its rows are from each other, in pieces.</param>
    /// <param name="left">The scratch.</param>
    /// <param name="rows">The rows of the block.</param>
    /// <param name="isTurned">Whether these are what is summed, rather than the rows of the product.</param>
    /// <param name="right">The right tile.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="row">The warp's first row of the product.</param>
    /// <param name="column">Its first column in the tile.</param>
    /// <param name="k">The first term.</param>
    /// <param name="terms">How many terms there are, at most those of a tile.</param>
    /// <param name="sums">What they are added to.</param>
    public static Quad<Quad<float>> Held(
        Pair<int> held, ArrayView<Quad<uint>> left, int rows, bool isTurned, ArrayView<Quad<uint>> right, int lane, int row, int column, int k,
        int terms, Quad<Quad<float>> sums)
    {
        int one = Right(lane, column, 0), other = Right(lane, column, 2), last = held.Y - 1;
        // A lane names a row of scratch: of what is turned one of 16 terms, and else one of 16 rows; and there one of two pieces.
        int term = isTurned ? (lane & 7) + (8 * (lane >> 4)) : lane >> 4;
        int place = held.X + (isTurned
            ? Math.Min((row / Piece) + ((lane >> 3) & 1), last) + ((k + term) * held.Y)
            : (Math.Min(row + (lane & 15), rows - 1) * held.Y) + (k / Piece) + term);
        int perStep = isTurned ? Step * held.Y : 2, whole = terms / Step;
        if (whole == Whole)
        {
            sums = Add(Load(left, place, isTurned), right, one, other, sums);
            sums = Add(Load(left, place + perStep, isTurned), right, one ^ 2, other ^ 2, sums);
            sums = Add(Load(left, place + (2 * perStep), isTurned), right, one ^ 4, other ^ 4, sums);
            return Add(Load(left, place + (3 * perStep), isTurned), right, one ^ 6, other ^ 6, sums);
        }

        for (int step = 0; step < whole; step++)
        {
            sums = Add(Load(left, place, isTurned), right, one ^ (2 * step), other ^ (2 * step), sums);
            place += perStep;
        }

        int rest = terms - (whole * Step);
        if (rest <= 0) return sums;
        // What is no term any more may be anything, in a row or piece that there is.
        place -= isTurned ? Math.Max(0, term - (rest - 1)) * held.Y : Math.Max(0, (k / Piece) + (2 * whole) + term - last);
        var a = Load(left, place, isTurned);
        uint near = GpuRowWords.There<TWord>(rest, lane & 3), far = GpuRowWords.There<TWord>(rest - Piece, lane & 3);
        return Add(new(a.X & near, a.Y & near, a.Z & far, a.W & far), right, one ^ (2 * whole), other ^ (2 * whole), sums);
    }

    /// <summary>Of a lane's sums the eight neighbours in its first row.</summary>
    public static Pair<Quad<float>> Upper(Quad<Quad<float>> sums)
        => new(new(sums.X.X, sums.Y.X, sums.Z.X, sums.W.X), new(sums.X.Y, sums.Y.Y, sums.Z.Y, sums.W.Y));

    /// <summary>Those in the row eight later.</summary>
    public static Pair<Quad<float>> Lower(Quad<Quad<float>> sums)
        => new(new(sums.X.Z, sums.Y.Z, sums.Z.Z, sums.W.Z), new(sums.X.W, sums.Y.W, sums.Z.W, sums.W.W));

    /// <summary>The piece of the right tile that a lane names for the columns of two instructions.</summary>
    private static int Right(int lane, int column, int beside)
        => GpuRowWords.Place(column + (4 * (lane & 7)) + (lane >> 4) + beside, (lane >> 3) & 1);

    private static Quad<uint> Load(ArrayView<Quad<uint>> left, int place, bool isTurned)
        => isTurned ? TensorCores.LoadTurnedBlocks(ref left[place]) : TensorCores.LoadBlocks(ref left[place]);

    private static Quad<Quad<float>> Add(Quad<uint> a, ArrayView<Quad<uint>> right, int one, int other, Quad<Quad<float>> sums)
    {
        var b = TensorCores.LoadBlocks(ref right[one]);
        var c = TensorCores.LoadBlocks(ref right[other]);
        return new(
            TWord.Multiply(a, b.X, b.Y, sums.X), TWord.Multiply(a, b.Z, b.W, sums.Y),
            TWord.Multiply(a, c.X, c.Y, sums.Z), TWord.Multiply(a, c.Z, c.W, sums.W));
    }
}
