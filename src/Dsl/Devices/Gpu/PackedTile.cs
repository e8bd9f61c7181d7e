using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of packed operands on tensor cores, by groups of eight warps: a tile of 128 x 128. Steps of 128 bytes of each row are copied into shared
/// memory past the registers, two ahead of what is multiplied. There the chunks of 16 bytes of a row change places by the row's number, so that rows
/// which are read together meet in no bank.
/// </summary>
internal struct PackedTile<TStage, T, S, TCore, V, M, L> : IGpuStage<PackedTile<TStage, T, S, TCore, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TCore : struct, IPackedCore
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Bytes of shared memory that a group asks for.</summary>
    public const int SharedBytes = 16 * Stages * PackedStep.Size;

    private const int Side = PackedStep.Side, Lanes = 32, Warps = 8, Threads = Lanes * Warps, Step = PackedOperands.Step;

    /// <summary>Steps in shared memory; <see cref="TensorCores.WaitForCopies"/> knows their number.</summary>
    private const int Stages = 3;

    private const int ResultStride = TensorSums<T, S>.Stride;

    public GpuProduct<TStage, T> Product;
    public PackedOperands Operands;

    public static void Run(PackedTile<TStage, T, S, TCore, V, M, L> tile)
    {
        var (product, operands) = (tile.Product, tile.Operands);
        var shared = SharedMemory.GetDynamic<Quad<uint>>();
        int lane = Group.IdxX, warp = Group.IdxY, thread = (warp * Lanes) + lane;
        var (batch, m, n) = product.Place(Side, Side);
        int item = batch % operands.Items, first = batch / operands.Items * operands.ShareSteps;
        int steps = IntrinsicMath.Min(operands.ShareSteps, (operands.Pitch / Step) - first);

        // What this thread copies of a step: a chunk of every 32nd row of each operand.
        int row = thread / Step, chunk = thread % Step, to = (row * Step) + (chunk ^ (row % Step));
        int from = (first * Step) + chunk;
        var left = Rows((item * operands.LeftItem) + from, m + row, product.Sizes.Rows - 1, operands.Pitch);
        var right = Rows((item * operands.RightItem) + from, n + row, product.Sizes.Columns - 1, operands.Pitch);
        int readLeft = TCore.Left(warp, lane), readRight = TCore.Right(warp, lane);
        var sums = TileSums<float, Float32>.All(TileSums<float, Float32>.All(TileSums<float, Float32>.None));
        for (int step = 0; step < Stages - 1; step++)
        {
            if (step < steps) Copy(operands, shared.SubView((step * PackedStep.Size) + to, PackedStep.Size - to), left, right, step * Step);
            TensorCores.EndBatch();
        }

        int read = 0, write = (Stages - 1) * PackedStep.Size;
        for (int step = 0; step < steps; step++)
        {
            TensorCores.WaitForCopies();
            TCore.ShowCopies();
            Group.Barrier();
            int next = step + Stages - 1;
            if (next < steps) Copy(operands, shared.SubView(write + to, PackedStep.Size - to), left, right, next * Step);
            TensorCores.EndBatch();
            sums = TCore.Multiply(shared, read + readLeft, read + readRight, sums);
            read = read == (Stages - 1) * PackedStep.Size ? 0 : read + PackedStep.Size;
            write = write == (Stages - 1) * PackedStep.Size ? 0 : write + PackedStep.Size;
        }

        Group.Barrier();
        var result = shared.Cast<T>();
        for (int number = 0; number < 4; number++)
        {
            var part = TCore.Part(warp, number);
            int place = ((part.Row + (lane / 4)) * ResultStride) + part.Column + (lane % 4 * 2);
            TensorSums<T, S>.Put(result.SubView(place, (Side * ResultStride) - place), TileSums<float, Float32>.Of(sums, number));
        }

        Group.Barrier();
        for (int i = thread * L.Width; i < Side * Side; i += Threads * L.Width)
            product.Store<V, M, L>(batch, m + (i / Side), n + (i % Side), L.Load(result, (i / Side * ResultStride) + (i % Side)));
    }

    /// <summary>Where four rows begin, each 32 after the other; of rows that there are not, the last: what becomes of them is not stored.</summary>
    private static Quad<int> Rows(int from, int row, int last, int pitch) => new(
        from + (IntrinsicMath.Min(row, last) * pitch), from + (IntrinsicMath.Min(row + 32, last) * pitch),
        from + (IntrinsicMath.Min(row + 64, last) * pitch), from + (IntrinsicMath.Min(row + 96, last) * pitch));

    private static void Copy(PackedOperands operands, ArrayView<Quad<uint>> to, Quad<int> left, Quad<int> right, int at)
    {
        Copy(operands.Left, to, left, at);
        Copy(operands.Right, to.SubView(PackedStep.Operand, (96 * Step) + 1), right, at);
    }

    private static void Copy(ArrayView<Quad<uint>> from, ArrayView<Quad<uint>> to, Quad<int> rows, int at)
    {
        TensorCores.Copy(ref to[0], ref from[rows.X + at]);
        TensorCores.Copy(ref to[32 * Step], ref from[rows.Y + at]);
        TensorCores.Copy(ref to[64 * Step], ref from[rows.Z + at]);
        TensorCores.Copy(ref to[96 * Step], ref from[rows.W + at]);
    }
}
