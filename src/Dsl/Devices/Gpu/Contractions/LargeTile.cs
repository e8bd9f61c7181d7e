using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product in plain arithmetic, by groups of 16 x 16 threads: each has sixty-four sums of a tile of 128 x 128, in four blocks of 4 x 4. What they
/// come to passes through shared memory once more, so that neighbouring threads store neighbours, and the epilogue is in the code once.
/// </summary>
internal struct LargeTile<TStage, T, S> : IGpuStage<LargeTile<TStage, T, S>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>Rows and columns of a tile.</summary>
    private const int Side = StepShare.Count;

    /// <summary>Threads of a group, along each of its two axes.</summary>
    private const int Threads = 16;

    private const int Depth = StepShare.Depth;

    // In fours. One more than a row has, so that threads which go along k do not all meet in one bank.
    private const int Stride = (Side / 4) + 1;

    private const int Half = Stride * Depth;

    public GpuProduct<TStage, T> Product;

    public static void Run(LargeTile<TStage, T, S> tile)
    {
        var product = tile.Product;
        var shared = SharedMemory.Allocate<Four<T>>(2 * Half);
        var elements = shared.Cast<T>();
        int x = Group.IdxX, y = Group.IdxY;
        var (batch, m, n) = product.Place(Side, Side);
        var left = shared.SubView(y, Half - y);
        var right = shared.SubView(Half + x, Half - x);
        StepShare leftShare = new(product.LeftAlongK != 0, (y * Threads) + x), rightShare = new(product.RightAlongK != 0, (y * Threads) + x);
        var sums = Sums<T, S>.All(Sums<T, S>.All(Sums<T, S>.None));
        for (int k = 0; k < product.Sizes.Terms; k += Depth)
        {
            Fill<LeftOperand<TStage, T>>(product, batch, m, k, leftShare, elements);
            Fill<RightOperand<TStage, T>>(product, batch, n, k, rightShare, elements.SubView(4 * Half, 4 * Half));
            Group.Barrier();
            sums = Multiply4(left, right, 0, Multiply4(left, right, 4, Multiply4(left, right, 8, Multiply4(left, right, 12, sums))));
            Group.Barrier();
        }

        for (int part = 0; part < 4; part++)
        {
            shared[(y * Stride) + x] = Sums<T, S>.Of(sums.X, part);
            shared[(y * Stride) + Threads + x] = Sums<T, S>.Of(sums.Y, part);
            shared[((Threads + y) * Stride) + x] = Sums<T, S>.Of(sums.Z, part);
            shared[((Threads + y) * Stride) + Threads + x] = Sums<T, S>.Of(sums.W, part);
            Group.Barrier();
            for (int i = (y * Threads) + x; i < 2 * Threads * Side; i += Threads * Threads)
            {
                int row = i / Side, column = i % Side;
                product.Store(batch, m + (row / Threads * (Side / 2)) + (row % Threads * 4) + part, n + column, elements[(row * 4 * Stride) + column]);
            }

            Group.Barrier();
        }
    }

    private static void Fill<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, StepShare share, ArrayView<T> to)
        where TOperand : struct, IOperand<TStage, T>
    {
        // All are read before the first is written, and so are on their way together.
        Four<T> some = Load<TOperand>(product, batch, first, k, share, 0), others = Load<TOperand>(product, batch, first, k, share, 4);
        Put(to, share, 0, some);
        Put(to, share, 4, others);
    }

    private static Four<T> Load<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, StepShare share, int number)
        where TOperand : struct, IOperand<TStage, T>
        => new(
            At<TOperand>(product, batch, first, k, share, number), At<TOperand>(product, batch, first, k, share, number + 1),
            At<TOperand>(product, batch, first, k, share, number + 2), At<TOperand>(product, batch, first, k, share, number + 3));

    private static T At<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, StepShare share, int number)
        where TOperand : struct, IOperand<TStage, T>
        => Operand<TOperand, TStage, T, S>.At(product, batch, first + share.Own(number), k + share.K(number));

    private static void Put(ArrayView<T> to, StepShare share, int number, Four<T> values)
    {
        to[(share.K(number) * 4 * Stride) + share.Own(number)] = values.X;
        to[(share.K(number + 1) * 4 * Stride) + share.Own(number + 1)] = values.Y;
        to[(share.K(number + 2) * 4 * Stride) + share.Own(number + 2)] = values.Z;
        to[(share.K(number + 3) * 4 * Stride) + share.Own(number + 3)] = values.W;
    }

    // The order of terms is of no account, as long as it is always the same.
    private static Four<Four<Four<T>>> Multiply4(ArrayView<Four<T>> left, ArrayView<Four<T>> right, int term, Four<Four<Four<T>>> sums)
        => Multiply(left, right, term, Multiply(left, right, term + 1, Multiply(left, right, term + 2, Multiply(left, right, term + 3, sums))));

    private static Four<Four<Four<T>>> Multiply(ArrayView<Four<T>> left, ArrayView<Four<T>> right, int term, Four<Four<Four<T>>> sums)
    {
        Four<T> top = left[term * Stride], bottom = left[(term * Stride) + Threads];
        Four<T> first = right[term * Stride], second = right[(term * Stride) + Threads];
        return new(
            Sums<T, S>.Add(top, first, sums.X), Sums<T, S>.Add(top, second, sums.Y),
            Sums<T, S>.Add(bottom, first, sums.Z), Sums<T, S>.Add(bottom, second, sums.W));
    }
}
