using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of packed operands on tensor cores, by groups of eight warps: a tile of 128 x 128. Steps of 128 bytes of each row are copied into shared
/// memory past the registers, two ahead of what is multiplied.
/// </summary>
internal struct PackedTile<TStage, T, S, TCore, TLeft, TRight, V, M, L> : IGpuStage<PackedTile<TStage, T, S, TCore, TLeft, TRight, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TCore : struct, IPackedCore
    where TLeft : struct, IStepLayout
    where TRight : struct, IStepLayout
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Bytes of shared memory that a group asks for.</summary>
    public static int SharedBytes => 16 * Stages * TCore.Step;

    private const int Side = PackedStep.Side, Lanes = 32, Warps = 8, Threads = Lanes * Warps;

    /// <summary>
    /// How many steps ahead others are copied, which <see cref="TensorCores.WaitForCopies"/> knows, and how many are in shared memory with what is
    /// multiplied.
    /// </summary>
    private const int Ahead = 2, Stages = Ahead + 1;

    private const int ResultStride = TensorSums<T, S>.Stride;

    public GpuProduct<TStage, T> Product;
    public PackedOperands Operands;

    public static void Run(PackedTile<TStage, T, S, TCore, TLeft, TRight, V, M, L> tile)
    {
        var (product, operands) = (tile.Product, tile.Operands);
        var shared = SharedMemory.GetDynamic<Quad<uint>>();
        int lane = Group.IdxX, warp = Group.IdxY, thread = (warp * Lanes) + lane;
        var (batch, m, n) = product.Place(Side, Side);
        var (item, first, steps) = operands.Shares.Of(batch);

        // What this thread copies of a step.
        int toLeft = TLeft.To(thread), toRight = PackedStep.Operand + TRight.To(thread);
        int stepLeft = TLeft.Advance(operands.Left), stepRight = TRight.Advance(operands.Right);
        int firstLeft = (item * operands.Left.Item) + (first * stepLeft), firstRight = (item * operands.Right.Item) + (first * stepRight);
        var left = PackedChunks.Add(TLeft.From(operands.Left, m, product.Sizes.Rows, thread), firstLeft);
        var right = PackedChunks.Add(TRight.From(operands.Right, n, product.Sizes.Columns, thread), firstRight);
        int readLeft = TCore.Left(warp, lane), readRight = TCore.Right(warp, lane);
        var sums = TileSums<float, Float32>.All(TileSums<float, Float32>.All(TileSums<float, Float32>.None));
        TCore.Begin();
        for (int step = 0; step < Ahead; step++)
        {
            if (step < steps)
            {
                PackedChunks.Copy(operands.Left, shared, (step * TCore.Step) + toLeft, left, step * stepLeft);
                PackedChunks.Copy(operands.Right, shared, (step * TCore.Step) + toRight, right, step * stepRight);
            }
            TensorCores.EndBatch();
        }

        int read = 0, write = Ahead * TCore.Step;
        TCore.Ready(shared, toRight);
        for (int step = 0; step < steps; step++)
        {
            Group.Barrier();
            if (TCore.IsAhead) sums = TCore.Multiply(shared, read + readLeft, read + readRight, sums);
            // After that the step before has been read by all, where the next but one goes.
            if (TCore.ReadsOn) Group.Barrier();

            int next = step + Ahead;
            if (next < steps)
            {
                PackedChunks.Copy(operands.Left, shared, write + toLeft, left, next * stepLeft);
                PackedChunks.Copy(operands.Right, shared, write + toRight, right, next * stepRight);
            }
            TensorCores.EndBatch();
            if (!TCore.IsAhead) sums = TCore.Multiply(shared, read + readLeft, read + readRight, sums);
            read = read == (Stages - 1) * TCore.Step ? 0 : read + TCore.Step;
            write = write == (Stages - 1) * TCore.Step ? 0 : write + TCore.Step;
            TCore.Ready(shared, read + toRight);
            sums = TCore.Add(sums);
        }

        sums = TCore.Finish(sums);
        Group.Barrier();
        var result = shared.Cast<T>();
        for (int number = 0; number < 4; number++)
        {
            var part = TCore.Part(warp, number);
            int place = ((part.Row + (lane / 4)) * ResultStride) + part.Column + (lane % 4 * 2);
            TensorSums<T, S>.Put(result.SubView(place, (Side * ResultStride) - place), ResultStride, TileSums<float, Float32>.Of(sums, number));
        }

        Group.Barrier();
        for (int i = thread * L.Width; i < Side * Side; i += Threads * L.Width)
            product.Store<V, M, L>(batch, m + (i / Side), n + (i % Side), L.Load(result, (i / Side * ResultStride) + (i % Side)));
    }
}
