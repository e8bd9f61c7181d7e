using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product in plain arithmetic, by groups of any size: each thread has sixteen sums of a tile, and both operands pass through shared memory in
/// steps along k.
/// </summary>
internal struct SmallTile<TStage, T, S, TLeft, TRight> : IGpuStage<SmallTile<TStage, T, S, TLeft, TRight>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TLeft : struct, IOperand<TStage, T>
    where TRight : struct, IOperand<TStage, T>
{
    /// <summary>The most rows or columns of a tile.</summary>
    private const int Most = 64;

    private const int Depth = 16;

    public GpuProduct<TStage, T> Product;

    public static void Run(SmallTile<TStage, T, S, TLeft, TRight> tile)
    {
        var product = tile.Product;
        var left = SharedMemory.Allocate<T>(Depth * Most);
        var right = SharedMemory.Allocate<T>(Depth * Most);
        int x = Group.IdxX, y = Group.IdxY, dx = Group.DimX, dy = Group.DimY, rows = 4 * dy, columns = 4 * dx;
        var (batch, m, n) = product.Place(rows, columns);
        var sums = TileSums<T, S>.All(TileSums<T, S>.None);
        for (int k = 0; k < product.Sizes.Terms; k += Depth)
        {
            Fill<TLeft>(product, batch, m, k, left, rows);
            Fill<TRight>(product, batch, n, k, right, columns);
            Group.Barrier();
            for (int term = 0; term < Depth; term++)
                sums = TileSums<T, S>.Add(Every(left, (term * rows) + y, dy), Every(right, (term * columns) + x, dx), sums);
            Group.Barrier();
        }

        Store(product, batch, m + y, n + x, sums.X);
        Store(product, batch, m + y + dy, n + x, sums.Y);
        Store(product, batch, m + y + (2 * dy), n + x, sums.Z);
        Store(product, batch, m + y + (3 * dy), n + x, sums.W);
    }

    /// <summary>A step's elements, [k, own], by all threads of the group.</summary>
    private static void Fill<TOperand>(GpuProduct<TStage, T> product, int batch, int first, int k, ArrayView<T> to, int size)
        where TOperand : struct, IOperand<TStage, T>
    {
        int threads = Group.DimX * Group.DimY;
        for (int i = (Group.IdxY * Group.DimX) + Group.IdxX; i < Depth * size; i += threads)
        {
            int term = TOperand.IsAlongK ? i % Depth : i / size, own = TOperand.IsAlongK ? i / Depth : i % size;
            to[(term * size) + own] = Operand<TOperand, TStage, T, S>.One(product, batch, first + own, k + term);
        }
    }

    private static Quad<T> Every(ArrayView<T> view, int first, int step)
        => new(view[first], view[first + step], view[first + (2 * step)], view[first + (3 * step)]);

    private static void Store(GpuProduct<TStage, T> product, int batch, int m, int n, Quad<T> sums)
    {
        product.Store<T, bool, S>(batch, m, n, sums.X);
        product.Store<T, bool, S>(batch, m, n + Group.DimX, sums.Y);
        product.Store<T, bool, S>(batch, m, n + (2 * Group.DimX), sums.Z);
        product.Store<T, bool, S>(batch, m, n + (3 * Group.DimX), sums.W);
    }
}
