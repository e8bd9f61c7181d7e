using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of packed operands on tensor cores, in tiles of 128 x 256, one group of eight warps to a multiprocessor, which goes from tile to tile.
/// Steps of both operands are copied into shared memory past the registers, two ahead of what is multiplied; those with which the next tile begins
/// while the sums of one are finished.
/// </summary>
[GroupsAtOnce(1, BroadTile.Threads)]
internal struct BroadTile<TStage, T, S, TProducts, TLeft, TRight, V, M, L> : IGpuStage<BroadTile<TStage, T, S, TProducts, TLeft, TRight, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TProducts : struct, IWideProducts
    where TLeft : struct, IStepLayout
    where TRight : struct, IStepLayout
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Steps that others are copied ahead, which <see cref="TensorCores.WaitForCopies"/> knows.</summary>
    private const int Ahead = 2;

    public GpuProduct<TStage, T> Product;
    public PackedOperands Operands;

    public static void Run(BroadTile<TStage, T, S, TProducts, TLeft, TRight, V, M, L> tile)
    {
        var (product, operands) = (tile.Product, tile.Operands);
        var shared = SharedMemory.GetDynamic<Quad<uint>>();
        int lane = Group.IdxX, warp = Group.IdxY, thread = (warp * Warp.WarpSize) + lane, half = warp / 4 * WideTile.HalfStep;
        int tiles = (int)product.Tiles, number = Grid.IdxX;
        var results = shared.SubView(BroadTile.Results, 2 * WideTile.HalfResults).Cast<T>();
        int place = (((warp * 16) + (lane / 4)) * WideTile.ResultStride) + (lane % 4 * 2);
        var own = results.SubView(place, (WideTile.Rows * WideTile.ResultStride) - place);
        WideWarpGroups.Declare();
        WideWarpGroups.Clear();
        var (batch, m, n) = product.Place(number, WideTile.Rows, WideTile.Columns);
        var from = Begin(product, operands, shared, thread, batch, m, n);
        bool isAnother;
        do
        {
            int steps = operands.Shares.Of(batch).Count, slot = 0, write = Ahead * WideTile.Step;
            Ready();
            for (int step = 0; step < steps; step++)
            {
                // After that the step before the last has been read by all, which lies where the next but one goes.
                Group.Barrier();
                TProducts.Multiply(ref shared[slot + half], ref shared[slot + WideTile.LeftStep], step);
                if (step + Ahead < steps) Copy(operands, shared, thread, write, from, step + Ahead);
                TensorCores.EndBatch();
                slot = slot == BroadTile.Last ? 0 : slot + WideTile.Step;
                write = write == BroadTile.Last ? 0 : write + WideTile.Step;
                Ready();
            }

            WarpGroups.WaitForProducts();
            Group.Barrier();
            number += Grid.DimX;
            isAnother = number < tiles;
            var (nextBatch, nextM, nextN) = product.Place(number, WideTile.Rows, WideTile.Columns);
            if (isAnother) from = Begin(product, operands, shared, thread, nextBatch, nextM, nextN);
            for (int part = 0; part < 4; part++)
            {
                WideSums<T, S>.Put(own, part);
                Group.Barrier();
                WideSums<T, S>.Store<TStage, V, M, L>(product, results, batch, m, n, part, thread, BroadTile.Threads, WideTile.Rows);
                Group.Barrier();
            }

            (batch, m, n) = (nextBatch, nextM, nextN);
        }
        while (isAnother);
    }

    /// <summary>What this thread has copied of the next step is there; all see it from the next barrier on.</summary>
    private static void Ready()
    {
        TensorCores.WaitForCopies();
        WarpGroups.ShowWrites();
    }

    /// <summary>Where this thread's chunks of a tile's first step are: of rows, and of each 128 columns. Has the first steps copied.</summary>
    private static (Quad<int> Rows, Quad<int> Columns, Quad<int> Others) Begin(
        GpuProduct<TStage, T> product, PackedOperands operands, ArrayView<Quad<uint>> shared, int thread, int batch, int m, int n)
    {
        var (item, first, steps) = operands.Shares.Of(batch);
        int left = (item * operands.Left.Item) + (first * TLeft.Advance(operands.Left));
        int right = (item * operands.Right.Item) + (first * TRight.Advance(operands.Right)), count = product.Sizes.Columns;
        var from = (
            PackedChunks.Add(TLeft.From(operands.Left, m, product.Sizes.Rows, thread), left),
            PackedChunks.Add(TRight.From(operands.Right, n, count, thread), right),
            PackedChunks.Add(TRight.From(operands.Right, n + PackedStep.Side, count, thread), right));
        for (int step = 0; step < Ahead; step++)
        {
            if (step < steps) Copy(operands, shared, thread, step * WideTile.Step, from, step);
            TensorCores.EndBatch();
        }

        return from;
    }

    private static void Copy(
        PackedOperands operands, ArrayView<Quad<uint>> shared, int thread, int to,
        (Quad<int> Rows, Quad<int> Columns, Quad<int> Others) from, int step)
    {
        int left = step * TLeft.Advance(operands.Left), right = step * TRight.Advance(operands.Right);
        int columns = to + WideTile.LeftStep + TRight.To(thread);
        PackedChunks.Copy(operands.Left, shared, to + TLeft.To(thread), from.Rows, left);
        PackedChunks.Copy(operands.Right, shared, columns, from.Columns, right);
        PackedChunks.Copy(operands.Right, shared, columns + PackedStep.Operand, from.Others, right);
    }
}

/// <summary>How such tiles lie in shared memory, in chunks of 16 bytes, as <see cref="WideTile"/> has it.</summary>
internal static class BroadTile
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    /// <summary>Where sums are on their way to be stored, behind four steps, and where the last of these begins.</summary>
    public const int Results = 4 * WideTile.Step, Last = 3 * WideTile.Step;

    /// <summary>All of it in bytes.</summary>
    public const int SharedBytes = WideTile.ChunkBytes * (Results + (2 * WideTile.HalfResults));
}
