using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of float32 on tensor cores, by groups of eight warps: a tile of 128 x 128, of which each warp has 64 x 32 in sixteen blocks of 16 x 8.
/// Elements are rounded to words on their way into shared memory, where one step of them lies while the next is on its way. Sums are of 32 bits, and
/// pass through shared memory once more, so that neighbouring threads store neighbours, and the epilogue is in the code once.
/// </summary>
[GroupsAtOnce(2, 256)]
internal struct TensorTile<TStage, T, S, TWord, TLeft, TRight, V, M, L> : IGpuStage<TensorTile<TStage, T, S, TWord, TLeft, TRight, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where TLeft : struct, IOperand<TStage, T>
    where TRight : struct, IOperand<TStage, T>
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Rows and columns of a tile.</summary>
    private const int Side = StepShare.Count;

    private const int Lanes = 32, Warps = 8, Threads = Lanes * Warps;
    private const int WarpRows = 64, WarpColumns = 32;

    /// <summary>Words of a step, along k.</summary>
    private const int Depth = StepShare.Depth;

    // In words. With these lanes that read four words of each of eight rows meet in no bank, nor do those that write four neighbours.
    private const int AlongKStride = Depth + 4, AlongOwnStride = Side + 8;

    private const int OperandSize = Side * AlongKStride, StageSize = 2 * OperandSize;

    // For the sums, of 16 rows for each of the two warps that are below each other.
    private const int ResultRows = 16 * (Side / WarpRows), ResultStride = TensorSums<T, S>.Stride;

    public GpuProduct<TStage, T> Product;

    public static void Run(TensorTile<TStage, T, S, TWord, TLeft, TRight, V, M, L> tile)
    {
        var product = tile.Product;
        var shared = SharedMemory.Allocate<Quad<uint>>(2 * StageSize / 4);
        var words = shared.Cast<uint>();
        int lane = Group.IdxX, warp = Group.IdxY, thread = (warp * Lanes) + lane;
        int warpM = warp / (Side / WarpColumns), warpN = warp % (Side / WarpColumns);
        var (batch, m, n) = product.Place(Side, Side);

        // Of every block the row, or column, and the word that are this lane's.
        int left = At<TLeft>((warpM * WarpRows) + (lane / 4), lane % 4);
        int right = OperandSize + At<TRight>((warpN * WarpColumns) + (lane / 4), lane % 4);
        var sums = TileSums<float, Float32>.All(TileSums<float, Float32>.All(TileSums<float, Float32>.None));
        var left0 = Load<TLeft>(product, batch, m, 0, thread, 0);
        var left1 = Load<TLeft>(product, batch, m, 0, thread, 1);
        var right0 = Load<TRight>(product, batch, n, 0, thread, 0);
        var right1 = Load<TRight>(product, batch, n, 0, thread, 1);
        int stage = 0;
        for (int k = 0; k < product.Sizes.Terms;)
        {
            Put<TLeft>(shared, stage, thread, 0, left0);
            Put<TLeft>(shared, stage, thread, 1, left1);
            Put<TRight>(shared, stage + OperandSize, thread, 0, right0);
            Put<TRight>(shared, stage + OperandSize, thread, 1, right1);
            Group.Barrier();
            k += Depth * TWord.Terms;
            if (k < product.Sizes.Terms)
            {
                left0 = Load<TLeft>(product, batch, m, k, thread, 0);
                left1 = Load<TLeft>(product, batch, m, k, thread, 1);
                right0 = Load<TRight>(product, batch, n, k, thread, 0);
                right1 = Load<TRight>(product, batch, n, k, thread, 1);
            }

            sums = Multiply(words.SubView(stage + left, OperandSize - left), words.SubView(stage + right, StageSize - right), sums);
            stage = StageSize - stage;
        }

        Group.Barrier();
        // T is float, or else the tile would not have been taken.
        var result = words.Cast<T>();
        int at = (((warpM * 16) + (lane / 4)) * ResultStride) + (warpN * WarpColumns) + (lane % 4 * 2);
        for (int part = 0; part < 4; part++)
        {
            TensorSums<T, S>.Put(result.SubView(at, (ResultRows * ResultStride) - at), ResultStride, TileSums<float, Float32>.Of(sums, part));
            Group.Barrier();
            for (int i = thread * L.Width; i < ResultRows * Side; i += Threads * L.Width)
            {
                int row = i / Side, column = i % Side, own = m + (row / 16 * WarpRows) + (part * 16) + (row % 16);
                product.Store<V, M, L>(batch, own, n + column, L.Load(result, (row * ResultStride) + column));
            }

            Group.Barrier();
        }
    }

    private static Quad<Quad<Quad<float>>> Multiply(ArrayView<uint> left, ArrayView<uint> right, Quad<Quad<Quad<float>>> sums)
        => Multiply(left, right, 8, Multiply(left, right, 0, sums));

    private static Quad<Quad<Quad<float>>> Multiply(ArrayView<uint> left, ArrayView<uint> right, int word, Quad<Quad<Quad<float>>> sums)
    {
        Quad<uint> first = new(Right(right, 0, word), Right(right, 8, word), Right(right, 16, word), Right(right, 24, word));
        Quad<uint> second = new(Right(right, 0, word + 4), Right(right, 8, word + 4), Right(right, 16, word + 4), Right(right, 24, word + 4));
        return new(
            Multiply(Left(left, 0, word), first, second, sums.X), Multiply(Left(left, 16, word), first, second, sums.Y),
            Multiply(Left(left, 32, word), first, second, sums.Z), Multiply(Left(left, 48, word), first, second, sums.W));
    }

    private static Quad<Quad<float>> Multiply(Quad<uint> a, Quad<uint> first, Quad<uint> second, Quad<Quad<float>> sums)
        => new(
            WordSums<TWord>.Add(a, first.X, second.X, sums.X), WordSums<TWord>.Add(a, first.Y, second.Y, sums.Y),
            WordSums<TWord>.Add(a, first.Z, second.Z, sums.Z), WordSums<TWord>.Add(a, first.W, second.W, sums.W));

    private static Quad<uint> Left(ArrayView<uint> words, int row, int word)
        => new(words[At<TLeft>(row, word)], words[At<TLeft>(row + 8, word)], words[At<TLeft>(row, word + 4)], words[At<TLeft>(row + 8, word + 4)]);

    private static uint Right(ArrayView<uint> words, int column, int word) => words[At<TRight>(column, word)];

    /// <summary>Where a word of an operand lies in shared memory.</summary>
    private static int At<TOperand>(int own, int word)
        where TOperand : struct, IOperand<TStage, T>
        => TOperand.IsAlongK ? (own * AlongKStride) + word : (word * AlongOwnStride) + own;

    /// <summary>Four of a thread's words of a step, neighbours.</summary>
    private static Quad<uint> Load<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, int thread, int number)
        where TOperand : struct, IOperand<TStage, T>
    {
        int own = first + StepShare.Own(TOperand.IsAlongK, thread, number), term = k + (StepShare.K(TOperand.IsAlongK, thread, number) * TWord.Terms);
        return OperandWords<TOperand, TStage, T, S, TWord>.Four(product, batch, own, term);
    }

    private static void Put<TOperand>(ArrayView<Quad<uint>> shared, int first, int thread, int number, Quad<uint> words)
        where TOperand : struct, IOperand<TStage, T>
    {
        int own = StepShare.Own(TOperand.IsAlongK, thread, number), word = StepShare.K(TOperand.IsAlongK, thread, number);
        shared[(first + At<TOperand>(own, word)) / 4] = words;
    }
}
