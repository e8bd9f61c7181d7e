using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product in plain arithmetic, by groups of 16 x 16 threads: each has sixty-four sums of a tile of 128 x 128, in four blocks of 4 x 4. What they
/// come to passes through shared memory once more, so that neighbouring threads store neighbours, and the epilogue is in the code once.
/// </summary>
internal struct LargeTile<TStage, T, S, TLeft, TRight, V, M, L> : IGpuStage<LargeTile<TStage, T, S, TLeft, TRight, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TLeft : struct, IOperand<TStage, T>
    where TRight : struct, IOperand<TStage, T>
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Rows and columns of a tile.</summary>
    private const int Side = StepShare.Count;

    private const int Threads = 16;
    private const int Depth = StepShare.Depth;

    // In fours. One more than a row has, so that threads which go along k do not all meet in one bank.
    private const int Stride = (Side / 4) + 1;

    private const int Half = Stride * Depth;

    public GpuProduct<TStage, T> Product;

    public static void Run(LargeTile<TStage, T, S, TLeft, TRight, V, M, L> tile)
    {
        var product = tile.Product;
        var shared = SharedMemory.Allocate<Quad<T>>(2 * Half);
        int x = Group.IdxX, y = Group.IdxY, thread = (y * Threads) + x;
        var (batch, m, n) = product.Place(Side, Side);
        var left = shared.SubView(y, Half - y);
        var right = shared.SubView(Half + x, Half - x);
        var sums = TileSums<T, S>.All(TileSums<T, S>.All(TileSums<T, S>.None));
        for (int k = 0; k < product.Sizes.Terms; k += Depth)
        {
            Fill<TLeft>(product, batch, m, k, thread, shared.SubView(0, Half));
            Fill<TRight>(product, batch, n, k, thread, shared.SubView(Half, Half));
            Group.Barrier();
            sums = Multiply4(left, right, 0, Multiply4(left, right, 4, Multiply4(left, right, 8, Multiply4(left, right, 12, sums))));
            Group.Barrier();
        }

        var elements = shared.Cast<T>();
        for (int part = 0; part < 4; part++)
        {
            shared[(y * Stride) + x] = TileSums<T, S>.Of(sums.X, part);
            shared[(y * Stride) + Threads + x] = TileSums<T, S>.Of(sums.Y, part);
            shared[((Threads + y) * Stride) + x] = TileSums<T, S>.Of(sums.Z, part);
            shared[((Threads + y) * Stride) + Threads + x] = TileSums<T, S>.Of(sums.W, part);
            Group.Barrier();
            for (int i = thread * L.Width; i < 2 * Threads * Side; i += Threads * Threads * L.Width)
            {
                int row = i / Side, column = i % Side, own = m + (row / Threads * (Side / 2)) + (row % Threads * 4) + part;
                product.Store<V, M, L>(batch, own, n + column, L.Load(elements, (row * 4 * Stride) + column));
            }

            Group.Barrier();
        }
    }

    private static void Fill<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, int thread, ArrayView<Quad<T>> to)
        where TOperand : struct, IOperand<TStage, T>
    {
        // Both are read before the first is written, and so are on their way together.
        Quad<T> some = Load<TOperand>(product, batch, first, k, thread, 0), others = Load<TOperand>(product, batch, first, k, thread, 1);
        Put<TOperand>(to, thread, 0, some);
        Put<TOperand>(to, thread, 1, others);
    }

    private static Quad<T> Load<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, int thread, int number)
        where TOperand : struct, IOperand<TStage, T>
    {
        int own = StepShare.Own(TOperand.IsAlongK, thread, number), term = StepShare.K(TOperand.IsAlongK, thread, number);
        return Operand<TOperand, TStage, T, S>.Four(product, batch, first + own, k + term);
    }

    private static void Put<TOperand>(ArrayView<Quad<T>> to, int thread, int number, Quad<T> values)
        where TOperand : struct, IOperand<TStage, T>
    {
        int own = StepShare.Own(TOperand.IsAlongK, thread, number), term = StepShare.K(TOperand.IsAlongK, thread, number);
        if (!TOperand.IsAlongK)
        {
            to[(term * Stride) + (own / 4)] = values;
            return;
        }

        var elements = to.Cast<T>();
        int at = (term * 4 * Stride) + own;
        elements[at] = values.X;
        elements[at + (4 * Stride)] = values.Y;
        elements[at + (8 * Stride)] = values.Z;
        elements[at + (12 * Stride)] = values.W;
    }

    // The order of terms is of no account, as long as it is always the same.
    private static Quad<Quad<Quad<T>>> Multiply4(ArrayView<Quad<T>> left, ArrayView<Quad<T>> right, int term, Quad<Quad<Quad<T>>> sums)
        => Multiply(left, right, term, Multiply(left, right, term + 1, Multiply(left, right, term + 2, Multiply(left, right, term + 3, sums))));

    private static Quad<Quad<Quad<T>>> Multiply(ArrayView<Quad<T>> left, ArrayView<Quad<T>> right, int term, Quad<Quad<Quad<T>>> sums)
    {
        Quad<T> top = left[term * Stride], bottom = left[(term * Stride) + Threads];
        Quad<T> first = right[term * Stride], second = right[(term * Stride) + Threads];
        return new(
            TileSums<T, S>.Add(top, first, sums.X), TileSums<T, S>.Add(top, second, sums.Y),
            TileSums<T, S>.Add(bottom, first, sums.Z), TileSums<T, S>.Add(bottom, second, sums.W));
    }
}
