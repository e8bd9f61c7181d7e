using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product on tensor cores, by groups of eight warps: a tile of 128 x 128, of which each warp has 64 x 32 in sixteen blocks of 16 x 8. Elements
/// are rounded to words on their way into shared memory, where one step of them lies while the next is on its way. Sums are of 32 bits, and pass
/// through shared memory once more, so that neighbouring threads store neighbours, and the epilogue is in the code once.
/// </summary>
internal struct TensorTile<TStage, T, S, TWord> : IGpuStage<TensorTile<TStage, T, S, TWord>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
{
    /// <summary>Rows and columns of a tile.</summary>
    private const int Side = StepShare.Count;

    private const int Lanes = 32, Warps = 8;

    private const int Threads = Lanes * Warps;
    private const int WarpRows = 64, WarpColumns = 32;

    /// <summary>Words of a step, along k.</summary>
    private const int Depth = StepShare.Depth;

    // In words: lanes that read the same word of eight rows meet in no bank.
    private const int Stride = Depth + 4;

    private const int OperandSize = Side * Stride, StageSize = 2 * OperandSize;

    // For the sums, of 16 rows for each of the two warps that are below each other.
    private const int ResultRows = 16 * (Side / WarpRows), ResultStride = Side + 4;

    public GpuProduct<TStage, T> Product;

    public static void Run(TensorTile<TStage, T, S, TWord> tile)
    {
        var product = tile.Product;
        var words = SharedMemory.Allocate<uint>(2 * StageSize);
        int lane = Group.IdxX, warp = Group.IdxY, warpM = warp / (Side / WarpColumns), warpN = warp % (Side / WarpColumns);
        var (batch, m, n) = product.Place(Side, Side);

        // Of every block the row, or column, and the word that are this lane's.
        int left = (((warpM * WarpRows) + (lane / 4)) * Stride) + (lane % 4);
        int right = OperandSize + (((warpN * WarpColumns) + (lane / 4)) * Stride) + (lane % 4);
        var sums = Sums<float, Float32>.All(Sums<float, Float32>.All(Sums<float, Float32>.None));
        StepShare leftShare = new(product.LeftAlongK != 0, (warp * Lanes) + lane), rightShare = new(product.RightAlongK != 0, (warp * Lanes) + lane);
        var left0 = Load<LeftOperand<TStage, T>>(product, batch, m, 0, leftShare, 0);
        var left4 = Load<LeftOperand<TStage, T>>(product, batch, m, 0, leftShare, 4);
        var right0 = Load<RightOperand<TStage, T>>(product, batch, n, 0, rightShare, 0);
        var right4 = Load<RightOperand<TStage, T>>(product, batch, n, 0, rightShare, 4);
        int stage = 0;
        for (int k = 0; k < product.Sizes.Terms;)
        {
            Put(words.SubView(stage, OperandSize), leftShare, 0, left0);
            Put(words.SubView(stage, OperandSize), leftShare, 4, left4);
            Put(words.SubView(stage + OperandSize, OperandSize), rightShare, 0, right0);
            Put(words.SubView(stage + OperandSize, OperandSize), rightShare, 4, right4);
            Group.Barrier();
            k += Depth * TWord.Terms;
            if (k < product.Sizes.Terms)
            {
                left0 = Load<LeftOperand<TStage, T>>(product, batch, m, k, leftShare, 0);
                left4 = Load<LeftOperand<TStage, T>>(product, batch, m, k, leftShare, 4);
                right0 = Load<RightOperand<TStage, T>>(product, batch, n, k, rightShare, 0);
                right4 = Load<RightOperand<TStage, T>>(product, batch, n, k, rightShare, 4);
            }

            sums = Multiply(words.SubView(stage + left, OperandSize - left), words.SubView(stage + right, StageSize - right), sums);
            stage = StageSize - stage;
        }

        Group.Barrier();
        var result = words.Cast<float>();
        int at = (((warpM * 16) + (lane / 4)) * ResultStride) + (warpN * WarpColumns) + (lane % 4 * 2);
        for (int part = 0; part < 4; part++)
        {
            var row = Sums<float, Float32>.Of(sums, part);
            Put(result.SubView(at, ResultRows * ResultStride - at), row);
            Group.Barrier();
            for (int i = (warp * Lanes) + lane; i < ResultRows * Side; i += Threads)
            {
                int below = i / Side, column = i % Side;
                int own = m + (below / 16 * WarpRows) + (part * 16) + (below % 16);
                product.Store(batch, own, n + column, S.FromSingle(result[(below * ResultStride) + column]));
            }

            Group.Barrier();
        }
    }

    private static void Put(ArrayView<float> result, Four<Four<float>> row)
    {
        Put(result, 0, row.X);
        Put(result, 8, row.Y);
        Put(result, 16, row.Z);
        Put(result, 24, row.W);
    }

    private static void Put(ArrayView<float> result, int column, Four<float> sums)
    {
        result[column] = sums.X;
        result[column + 1] = sums.Y;
        result[(8 * ResultStride) + column] = sums.Z;
        result[(8 * ResultStride) + column + 1] = sums.W;
    }

    private static Four<Four<Four<float>>> Multiply(ArrayView<uint> left, ArrayView<uint> right, Four<Four<Four<float>>> sums)
        => Multiply(left, right, 8, Multiply(left, right, 0, sums));

    private static Four<Four<Four<float>>> Multiply(ArrayView<uint> left, ArrayView<uint> right, int word, Four<Four<Four<float>>> sums)
    {
        Four<uint> first = new(Right(right, 0, word), Right(right, 1, word), Right(right, 2, word), Right(right, 3, word));
        Four<uint> second = new(Right(right, 0, word + 4), Right(right, 1, word + 4), Right(right, 2, word + 4), Right(right, 3, word + 4));
        return new(
            Multiply(Left(left, 0, word), first, second, sums.X), Multiply(Left(left, 1, word), first, second, sums.Y),
            Multiply(Left(left, 2, word), first, second, sums.Z), Multiply(Left(left, 3, word), first, second, sums.W));
    }

    private static Four<Four<float>> Multiply(Four<uint> a, Four<uint> first, Four<uint> second, Four<Four<float>> sums)
        => new(
            TWord.Multiply(a, first.X, second.X, sums.X), TWord.Multiply(a, first.Y, second.Y, sums.Y),
            TWord.Multiply(a, first.Z, second.Z, sums.Z), TWord.Multiply(a, first.W, second.W, sums.W));

    private static Four<uint> Left(ArrayView<uint> words, int block, int word)
    {
        int at = (block * 16 * Stride) + word, below = at + (8 * Stride);
        return new(words[at], words[below], words[at + 4], words[below + 4]);
    }

    private static uint Right(ArrayView<uint> words, int block, int word) => words[(block * 8 * Stride) + word];

    /// <summary>Four of a thread's words of a step.</summary>
    private static Four<uint> Load<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, StepShare share, int number)
        where TOperand : struct, IOperand<TStage, T>
        => new(
            Word<TOperand>(product, batch, first, k, share, number), Word<TOperand>(product, batch, first, k, share, number + 1),
            Word<TOperand>(product, batch, first, k, share, number + 2), Word<TOperand>(product, batch, first, k, share, number + 3));

    private static uint Word<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, StepShare share, int number)
        where TOperand : struct, IOperand<TStage, T>
    {
        int own = first + share.Own(number), term = k + (share.K(number) * TWord.Terms);
        float low = At<TOperand>(product, batch, own, term), high = TWord.Terms == 1 ? 0 : At<TOperand>(product, batch, own, term + 1);
        return TWord.Of(low, high);
    }

    private static float At<TOperand>(GpuProduct<TStage, T> product, int batch, int own, int term)
        where TOperand : struct, IOperand<TStage, T>
        => S.ToSingle(Operand<TOperand, TStage, T, S>.At(product, batch, own, term));

    private static void Put(ArrayView<uint> to, StepShare share, int number, Four<uint> words)
    {
        to[(share.Own(number) * Stride) + share.K(number)] = words.X;
        to[(share.Own(number + 1) * Stride) + share.K(number + 1)] = words.Y;
        to[(share.Own(number + 2) * Stride) + share.K(number + 2)] = words.Z;
        to[(share.Own(number + 3) * Stride) + share.K(number + 3)] = words.W;
    }
}
