using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Sums of tiles of 128 x 256, which pass through shared memory in four parts of 64 columns: <see cref="Put(ArrayView{T}, int)"/>, a barrier,
/// <see cref="Store"/>, and another.
/// </summary>
internal static class WideSums<T, S>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>A lane's sums of a part.</summary>
    /// <param name="own">Where the first of them goes.</param>
    /// <param name="part">The part.</param>
    public static void Put(ArrayView<T> own, int part)
    {
        if (part == 0) Put(own, WideWarpGroups.Read0());
        else if (part == 1) Put(own, WideWarpGroups.Read1());
        else if (part == 2) Put(own, WideWarpGroups.Read2());
        else Put(own, WideWarpGroups.Read3());
    }

    /// <summary>Finishes what threads have put there, which share rows of a part that begin with row m of the product.</summary>
    public static void Store<TStage, V, M, L>(
        GpuProduct<TStage, T> product, ArrayView<T> results, int batch, int m, int n, int part, int thread, int threads, int rows)
        where TStage : struct, IGpuContraction<TStage, T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        for (int i = thread * L.Width; i < rows * WideTile.PartColumns; i += threads * L.Width)
        {
            int row = i / WideTile.PartColumns, column = i % WideTile.PartColumns;
            product.Store<V, M, L>(
                batch, m + row, n + (part * WideTile.PartColumns) + column, L.Load(results, (row * WideTile.ResultStride) + column));
        }
    }

    private static void Put(ArrayView<T> results, Pair<Quad<Quad<float>>> sums)
    {
        TensorSums<T, S>.Put(results, WideTile.ResultStride, sums.X);
        TensorSums<T, S>.Put(results.SubView(32, results.IntLength - 32), WideTile.ResultStride, sums.Y);
    }
}
