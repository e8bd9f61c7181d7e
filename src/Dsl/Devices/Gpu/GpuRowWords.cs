using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>One of the two operands of a product in a row block: rows of the left, columns of the right.</summary>
internal interface IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether four neighbours can be read at once, where sizes are such.</summary>
    static abstract bool Fours { get; }

    /// <summary>Whether it lies densely along what is summed.</summary>
    static abstract bool IsAlongK(GpuRowExtent e);

    /// <summary>How many rows or columns there are.</summary>
    static abstract int Count(GpuRowExtent e);

    /// <summary>Neighbours.</summary>
    static abstract V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>The left one.</summary>
internal readonly struct GpuRowLeft<TStage, T> : IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
{
    public static bool Fours => TStage.LeftFours;

    public static bool IsAlongK(GpuRowExtent e) => e.LeftAlongK != 0;

    public static int Count(GpuRowExtent e) => e.Rows;

    public static V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Left<V, M, L>(stage, at, at.Item, e.FirstRow + own, e.FirstTerm + k);
}

/// <summary>The right one.</summary>
internal readonly struct GpuRowRight<TStage, T> : IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
{
    public static bool Fours => TStage.RightFours;

    public static bool IsAlongK(GpuRowExtent e) => e.RightAlongK != 0;

    public static int Count(GpuRowExtent e) => e.Columns;

    public static V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Right<V, M, L>(stage, at, at.Item, e.FirstTerm + k, own);
}

/// <summary>
/// A step of an operand in shared memory: 64 rows or columns, of each 32 words along what is summed. They lie in pieces of four, so exchanged within
/// 128 bytes that neither eight rows that follow each other nor eight that are four apart meet in a bank.
/// </summary>
internal static class GpuRowWords
{
    /// <summary>Rows or columns.</summary>
    public const int Side = 64;

    /// <summary>The pieces of each, their words, and the pieces of all.</summary>
    public const int Pieces = 8, Words = 4 * Pieces, Fours = Side * Pieces;

    /// <summary>Where a piece lies.</summary>
    public static int Place(int own, int piece) => (own * Pieces) + (piece ^ ((own ^ (own >> 2)) & (Pieces - 1)));

    /// <summary>How many instructions there are along so many terms: each takes two pieces.</summary>
    public static int Steps(int terms, int termsOfWord) => (terms + (8 * termsOfWord) - 1) / (8 * termsOfWord);
}

/// <summary>Fills it.</summary>
internal static class GpuRowWords<TOperand, TStage, T, S, TWord, TWidth>
    where TOperand : struct, IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where TWidth : struct, IWidth
{
    /// <summary>Terms of a piece.</summary>
    private static int Depth => 4 * TWord.Terms;

    /// <summary>By all threads of the group.</summary>
    /// <param name="stage">The product.</param>
    /// <param name="at">The rows.</param>
    /// <param name="e">What of it.</param>
    /// <param name="to">Where to.</param>
    /// <param name="own">The first row or column.</param>
    /// <param name="most">How many may be filled.</param>
    /// <param name="k">The first term.</param>
    /// <param name="alongK">Whether four terms may be read at once.</param>
    /// <param name="alongOwn">Whether four rows or columns may be.</param>
    public static void Fill(
        TStage stage, GpuBlockRows<T> at, GpuRowExtent e, ArrayView<Quad<uint>> to, int own, int most, int k, bool alongK, bool alongOwn)
    {
        int thread = (Group.IdxY * Group.DimX) + Group.IdxX, threads = Group.DimX * Group.DimY;
        int count = Math.Min(most, TOperand.Count(e) - own);
        int pieces = 2 * GpuRowWords.Steps(Math.Min(GpuRowWords.Words * TWord.Terms, e.Terms - k), TWord.Terms);
        if (count <= 0 || pieces <= 0) return;
        if (TWidth.IsFour && TOperand.Fours && alongOwn)
        {
            for (int i = thread; i < pieces * (GpuRowWords.Side / 4); i += threads)
            {
                int four = i % (GpuRowWords.Side / 4) * 4, piece = i / (GpuRowWords.Side / 4);
                if (four < count) Turned(stage, at, e, to, own, four, k, piece);
            }

            return;
        }

        // Two at a time, and without a branch before their values are there: so all are on their way at once. Those that there are not are read as
        // others.
        bool isAlongK = TOperand.IsAlongK(e), byFours = TWidth.IsFour && TOperand.Fours && alongK;
        for (int i = thread; i < GpuRowWords.Fours; i += 2 * threads)
        {
            int one = Own(i, isAlongK), first = Number(i, isAlongK), other = Own(i + threads, isAlongK), second = Number(i + threads, isAlongK);
            var a = Piece(stage, at, e, own + Math.Min(one, count - 1), k + (first * Depth), byFours);
            var b = Piece(stage, at, e, own + Math.Min(other, count - 1), k + (second * Depth), byFours);
            if (one < count && first < pieces) to[GpuRowWords.Place(one, first)] = a;
            if (other < count && second < pieces) to[GpuRowWords.Place(other, second)] = b;
        }
    }

    /// <summary>Of which row or column the i-th piece is, and which of its pieces: threads beside each other read what lies side by side.</summary>
    private static int Own(int i, bool isAlongK) => isAlongK ? i / GpuRowWords.Pieces : i % GpuRowWords.Side;

    /// <inheritdoc cref="Own"/>
    private static int Number(int i, bool isAlongK) => isAlongK ? i % GpuRowWords.Pieces : i / GpuRowWords.Side;

    /// <summary>A piece of a row or column.</summary>
    private static Quad<uint> Piece(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k, bool byFours)
        => Words(Terms(stage, at, e, own, k, byFours), TWord.Terms == 1 ? default : Terms(stage, at, e, own, k + 4, byFours));

    /// <summary>Four terms; those that there are not are read as the last ones, or what follows in the same four, and count as zero.</summary>
    private static Quad<float> Terms(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k, bool byFours)
    {
        int last = e.Terms - 1;
        var values = byFours
            ? TOperand.Elements<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, e, own, Math.Min(k, last & ~3))
            : new(
                One(stage, at, e, own, Math.Min(k, last)), One(stage, at, e, own, Math.Min(k + 1, last)),
                One(stage, at, e, own, Math.Min(k + 2, last)), One(stage, at, e, own, Math.Min(k + 3, last)));
        return Quads<T, S>.Singles(Quads<T, S>.Select(new(k <= last, k + 1 <= last, k + 2 <= last, k + 3 <= last), values, Quads<T, S>.Create(0d)));
    }

    private static T One(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TOperand.Elements<T, bool, S>(stage, at, e, own, k);

    /// <summary>A piece of each of four neighbours, which are read at once.</summary>
    private static void Turned(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, ArrayView<Quad<uint>> to, int first, int own, int k, int piece)
    {
        int term = k + (piece * Depth);
        Quad<float> a = Neighbours(stage, at, e, first + own, term), b = Neighbours(stage, at, e, first + own, term + 1);
        Quad<float> c = Neighbours(stage, at, e, first + own, term + 2), d = Neighbours(stage, at, e, first + own, term + 3);
        Quad<float> f = default, g = default, h = default, i = default;
        if (TWord.Terms == 2)
        {
            f = Neighbours(stage, at, e, first + own, term + 4);
            g = Neighbours(stage, at, e, first + own, term + 5);
            h = Neighbours(stage, at, e, first + own, term + 6);
            i = Neighbours(stage, at, e, first + own, term + 7);
        }

        to[GpuRowWords.Place(own, piece)] = Words(new(a.X, b.X, c.X, d.X), new(f.X, g.X, h.X, i.X));
        to[GpuRowWords.Place(own + 1, piece)] = Words(new(a.Y, b.Y, c.Y, d.Y), new(f.Y, g.Y, h.Y, i.Y));
        to[GpuRowWords.Place(own + 2, piece)] = Words(new(a.Z, b.Z, c.Z, d.Z), new(f.Z, g.Z, h.Z, i.Z));
        to[GpuRowWords.Place(own + 3, piece)] = Words(new(a.W, b.W, c.W, d.W), new(f.W, g.W, h.W, i.W));
    }

    private static Quad<float> Neighbours(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
    {
        var values = TOperand.Elements<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, e, own, Math.Min(k, e.Terms - 1));
        return Quads<T, S>.Singles(Quads<T, S>.Select(Quads<T, S>.Splat(k < e.Terms), values, Quads<T, S>.Create(0d)));
    }

    /// <summary>The words of four terms, or of eight.</summary>
    private static Quad<uint> Words(Quad<float> a, Quad<float> b) => TWord.Terms == 2
        ? new(TWord.Of(a.X, a.Y), TWord.Of(a.Z, a.W), TWord.Of(b.X, b.Y), TWord.Of(b.Z, b.W))
        : new(TWord.Of(a.X, 0), TWord.Of(a.Y, 0), TWord.Of(a.Z, 0), TWord.Of(a.W, 0));
}
