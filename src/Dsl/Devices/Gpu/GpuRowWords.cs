using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

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

    /// <summary>Tiles of which there is room: for a product one of an operand and two of the other; for two at once both of each.</summary>
    public const int OfProduct = 3, OfPair = 4;

    /// <summary>Bytes that a group takes for so many tiles, and a number for each of its threads, beyond what is left to each stage.</summary>
    public static int BytesBeyond(int tiles) => (16 * tiles * Fours) + (sizeof(float) * GpuRowBlocks.MostThreads) - SharedLimit.OfStage;

    /// <summary>Where a piece lies.</summary>
    public static int Place(int own, int piece) => (own * Pieces) + (piece ^ ((own ^ (own >> 2)) & (Pieces - 1)));

    /// <summary>How many instructions there are along so many terms: each takes two pieces.</summary>
    public static int Steps(int terms, int termsOfWord) => (terms + (8 * termsOfWord) - 1) / (8 * termsOfWord);

    /// <summary>The bits of a word that are of terms, if there are so many from the first of its piece on.</summary>
    public static uint There<TWord>(int terms, int word)
        where TWord : struct, IOperandWord
    {
        // Each a choice without a branch, as one of three would not be.
        uint lower = terms > word * TWord.Terms ? uint.MaxValue : 0, upper = terms > (word * TWord.Terms) + 1 ? uint.MaxValue : 0xFFFFu;
        return TWord.Terms == 2 ? lower & upper : lower;
    }
}

/// <summary>Fills it.</summary>
internal static class GpuRowWords<TOperand, TStage, T, S, TWord, TWidth>
    where TOperand : struct, IGpuRowOperand<TStage, T>
    where TStage : struct
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
    /// <param name="most">How many may be filled: those of a tile, or of two.</param>
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
        // Of a side, which is a power of two.
        int bits = most > GpuRowWords.Side ? 7 : 6, side = 1 << bits;
        if (TWidth.IsFour && TOperand.Fours && alongOwn)
        {
            int fours = bits - 2;
            for (int i = thread; i < pieces << fours; i += threads)
            {
                int four = (i & ((1 << fours) - 1)) * 4, piece = i >> fours;
                if (four < count) Turned(stage, at, e, to, own, four, k, piece);
            }

            return;
        }

        // Two or four at a time, whose values are on their way at once. Those that there are not are read as others. Threads beside each other read
        // what lies side by side.
        if (TOperand.IsAlongK(e))
        {
            int piece = thread % GpuRowWords.Pieces, first = k + (piece * Depth), step = threads / GpuRowWords.Pieces;
            bool byFours = TWidth.IsFour && TOperand.Fours && alongK;
            var there = There(e.Terms - first);
            int last = piece < pieces ? count : 0;
            for (int one = thread / GpuRowWords.Pieces; one < side; one += 4 * step)
            {
                int far = one + (2 * step);
                var near = Two(stage, at, e, own, count, first, one, step, byFours);
                Pair<Quad<uint>> others = default;
                if (far < side) others = Two(stage, at, e, own, count, first, far, step, byFours);
                Put(to, one, step, piece, last, there, near);
                if (far < side) Put(to, far, step, piece, last, there, others);
            }

            return;
        }

        for (int i = thread; i < GpuRowWords.Pieces << bits; i += threads)
        {
            int one = i & (side - 1), piece = i >> bits, first = k + (piece * Depth);
            var a = Piece(stage, at, e, own + Math.Min(one, count - 1), first, byFours: false);
            if (piece < pieces & one < count) to[GpuRowWords.Place(one, piece)] = Both(a, There(e.Terms - first));
        }
    }

    /// <summary>A piece of each of two, so many apart.</summary>
    private static Pair<Quad<uint>> Two(
        TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int count, int first, int one, int step, bool byFours) => new(
            Piece(stage, at, e, own + Math.Min(one, count - 1), first, byFours),
            Piece(stage, at, e, own + Math.Min(one + step, count - 1), first, byFours));

    private static void Put(ArrayView<Quad<uint>> to, int one, int step, int piece, int last, Quad<uint> there, Pair<Quad<uint>> two)
    {
        if (one < last) to[GpuRowWords.Place(one, piece)] = Both(two.X, there);
        if (one + step < last) to[GpuRowWords.Place(one + step, piece)] = Both(two.Y, there);
    }

    /// <summary>The bits of a piece's words that are of terms, if there are so many from its first on.</summary>
    private static Quad<uint> There(int terms) => new(
        GpuRowWords.There<TWord>(terms, 0), GpuRowWords.There<TWord>(terms, 1),
        GpuRowWords.There<TWord>(terms, 2), GpuRowWords.There<TWord>(terms, 3));

    private static Quad<uint> Both(Quad<uint> a, Quad<uint> b) => new(a.X & b.X, a.Y & b.Y, a.Z & b.Z, a.W & b.W);

    /// <summary>A piece of a row or column, in which terms that there are not are the last ones, or what follows these in the same four.</summary>
    private static Quad<uint> Piece(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k, bool byFours)
    {
        int last = e.Terms - 1;
        if (TOperand.IsShort && TWord.Terms == 2 && byFours)
        {
            var low = TOperand.Words(stage, at, e, own, Math.Min(k, last & ~3));
            var high = TOperand.Words(stage, at, e, own, Math.Min(k + 4, last & ~3));
            return new(low.X, low.Y, high.X, high.Y);
        }

        return Words(Terms(stage, at, e, own, k, byFours), TWord.Terms == 1 ? default : Terms(stage, at, e, own, k + 4, byFours));
    }

    private static Quad<float> Terms(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k, bool byFours)
    {
        int last = e.Terms - 1;
        return Quads<T, S>.Singles(byFours
            ? TOperand.Elements<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, e, own, Math.Min(k, last & ~3))
            : new(
                One(stage, at, e, own, Math.Min(k, last)), One(stage, at, e, own, Math.Min(k + 1, last)),
                One(stage, at, e, own, Math.Min(k + 2, last)), One(stage, at, e, own, Math.Min(k + 3, last))));
    }

    private static T One(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TOperand.Elements<T, bool, S>(stage, at, e, own, k);

    /// <summary>A piece of each of four neighbours, which are read at once.</summary>
    private static void Turned(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, ArrayView<Quad<uint>> to, int first, int own, int k, int piece)
    {
        int term = k + (piece * Depth);
        var there = There(e.Terms - term);
        var four = TOperand.IsShort && TWord.Terms == 2 ? TurnedWords(stage, at, e, first + own, term) : TurnedTerms(stage, at, e, first + own, term);
        to[GpuRowWords.Place(own, piece)] = Both(four.X, there);
        to[GpuRowWords.Place(own + 1, piece)] = Both(four.Y, there);
        to[GpuRowWords.Place(own + 2, piece)] = Both(four.Z, there);
        to[GpuRowWords.Place(own + 3, piece)] = Both(four.W, there);
    }

    private static Quad<Quad<uint>> TurnedWords(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int term)
    {
        Pair<uint> a = WordsOf(stage, at, e, own, term), b = WordsOf(stage, at, e, own, term + 1);
        Pair<uint> c = WordsOf(stage, at, e, own, term + 2), d = WordsOf(stage, at, e, own, term + 3);
        Pair<uint> f = WordsOf(stage, at, e, own, term + 4), g = WordsOf(stage, at, e, own, term + 5);
        Pair<uint> h = WordsOf(stage, at, e, own, term + 6), i = WordsOf(stage, at, e, own, term + 7);
        return new(
            new(Halves.Lower(a.X, b.X), Halves.Lower(c.X, d.X), Halves.Lower(f.X, g.X), Halves.Lower(h.X, i.X)),
            new(Halves.Upper(a.X, b.X), Halves.Upper(c.X, d.X), Halves.Upper(f.X, g.X), Halves.Upper(h.X, i.X)),
            new(Halves.Lower(a.Y, b.Y), Halves.Lower(c.Y, d.Y), Halves.Lower(f.Y, g.Y), Halves.Lower(h.Y, i.Y)),
            new(Halves.Upper(a.Y, b.Y), Halves.Upper(c.Y, d.Y), Halves.Upper(f.Y, g.Y), Halves.Upper(h.Y, i.Y)));
    }

    private static Pair<uint> WordsOf(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TOperand.Words(stage, at, e, own, Math.Min(k, e.Terms - 1));

    private static Quad<Quad<uint>> TurnedTerms(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int term)
    {
        Quad<float> a = Neighbours(stage, at, e, own, term), b = Neighbours(stage, at, e, own, term + 1);
        Quad<float> c = Neighbours(stage, at, e, own, term + 2), d = Neighbours(stage, at, e, own, term + 3);
        Quad<float> f = default, g = default, h = default, i = default;
        if (TWord.Terms == 2)
        {
            f = Neighbours(stage, at, e, own, term + 4);
            g = Neighbours(stage, at, e, own, term + 5);
            h = Neighbours(stage, at, e, own, term + 6);
            i = Neighbours(stage, at, e, own, term + 7);
        }

        return new(
            Words(new(a.X, b.X, c.X, d.X), new(f.X, g.X, h.X, i.X)), Words(new(a.Y, b.Y, c.Y, d.Y), new(f.Y, g.Y, h.Y, i.Y)),
            Words(new(a.Z, b.Z, c.Z, d.Z), new(f.Z, g.Z, h.Z, i.Z)), Words(new(a.W, b.W, c.W, d.W), new(f.W, g.W, h.W, i.W)));
    }

    private static Quad<float> Neighbours(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => Quads<T, S>.Singles(TOperand.Elements<Quad<T>, Quad<bool>, Quads<T, S>>(stage, at, e, own, Math.Min(k, e.Terms - 1)));

    /// <summary>The words of four terms, or of eight.</summary>
    private static Quad<uint> Words(Quad<float> a, Quad<float> b) => TWord.Terms == 2
        ? new(TWord.Of(a.X, a.Y), TWord.Of(a.Z, a.W), TWord.Of(b.X, b.Y), TWord.Of(b.Z, b.W))
        : new(TWord.Of(a.X, 0), TWord.Of(a.Y, 0), TWord.Of(a.Z, 0), TWord.Of(a.W, 0));
}
