using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of packed operands on tensor cores, by groups of eight warps: a tile of 128 x 128, of which each warp has 64 x 32. Steps of 128 bytes of
/// each row are copied into shared memory past the registers, two ahead of what is multiplied. There the chunks of 16 bytes of a row change places
/// by the row's number, so that rows which are read together meet in no bank.
/// </summary>
internal struct PackedTile<TStage, T, S, TWord, V, M, L> : IGpuStage<PackedTile<TStage, T, S, TWord, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Bytes of shared memory that a group asks for.</summary>
    public const int SharedBytes = 16 * Stages * StageSize;

    private const int Side = StepShare.Count, Lanes = 32, Warps = 8, Threads = Lanes * Warps;
    private const int WarpRows = 64, WarpColumns = 32;

    // In chunks.
    private const int Step = PackedOperands.Step, OperandSize = Side * Step, StageSize = 2 * OperandSize, Block = 16 * Step;

    /// <summary>Steps in shared memory; <see cref="TensorCores.WaitForCopies"/> knows their number.</summary>
    private const int Stages = 3;

    private const int ResultStride = TensorSums<T, S>.Stride;

    public GpuProduct<TStage, T> Product;
    public PackedOperands Operands;

    public static void Run(PackedTile<TStage, T, S, TWord, V, M, L> tile)
    {
        var (product, operands) = (tile.Product, tile.Operands);
        var shared = SharedMemory.GetDynamic<Quad<uint>>();
        int lane = Group.IdxX, warp = Group.IdxY, thread = (warp * Lanes) + lane;
        int warpM = warp / (Side / WarpColumns), warpN = warp % (Side / WarpColumns);
        var (batch, m, n) = product.Place(Side, Side);
        int item = batch % operands.Items, first = batch / operands.Items * operands.ShareSteps;
        int steps = IntrinsicMath.Min(operands.ShareSteps, (operands.Pitch / Step) - first);

        // What this thread copies of a step: a chunk of every 32nd row of each operand.
        int row = thread / Step, chunk = thread % Step, to = (row * Step) + (chunk ^ (row % Step));
        int from = (first * Step) + chunk;
        var left = Rows((item * operands.LeftItem) + from, m + row, product.Sizes.Rows - 1, operands.Pitch);
        var right = Rows((item * operands.RightItem) + from, n + row, product.Sizes.Columns - 1, operands.Pitch);

        // What this lane reads of the first block of each, in its first two chunks.
        int readLeft = (((warpM * WarpRows) + (lane % 16)) * Step) + ((lane / 16) ^ (lane % 8));
        int readRight = OperandSize + (((warpN * WarpColumns) + (lane % 8) + (lane / 16 * 8)) * Step) + ((lane / 8 % 2) ^ (lane % 8));
        var sums = TileSums<float, Float32>.All(TileSums<float, Float32>.All(TileSums<float, Float32>.None));
        for (int step = 0; step < Stages - 1; step++)
        {
            if (step < steps) Copy(operands, shared.SubView((step * StageSize) + to, StageSize - to), left, right, step * Step);
            TensorCores.EndBatch();
        }

        int read = 0, write = (Stages - 1) * StageSize;
        for (int step = 0; step < steps; step++)
        {
            TensorCores.WaitForCopies();
            Group.Barrier();
            int next = step + Stages - 1;
            if (next < steps) Copy(operands, shared.SubView(write + to, StageSize - to), left, right, next * Step);
            TensorCores.EndBatch();
            int a = read + readLeft, b = read + readRight;
            sums = Multiply(shared, a ^ 6, b ^ 6, Multiply(shared, a ^ 4, b ^ 4, Multiply(shared, a ^ 2, b ^ 2, Multiply(shared, a, b, sums))));
            read = read == (Stages - 1) * StageSize ? 0 : read + StageSize;
            write = write == (Stages - 1) * StageSize ? 0 : write + StageSize;
        }

        Group.Barrier();
        var result = shared.Cast<T>();
        int at = (((warpM * WarpRows) + (lane / 4)) * ResultStride) + (warpN * WarpColumns) + (lane % 4 * 2);
        for (int part = 0; part < 4; part++)
        {
            int place = at + (part * 16 * ResultStride);
            TensorSums<T, S>.Put(result.SubView(place, (Side * ResultStride) - place), TileSums<float, Float32>.Of(sums, part));
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
        Copy(operands.Right, to.SubView(OperandSize, (96 * Step) + 1), right, at);
    }

    private static void Copy(ArrayView<Quad<uint>> from, ArrayView<Quad<uint>> to, Quad<int> rows, int at)
    {
        TensorCores.Copy(ref to[0], ref from[rows.X + at]);
        TensorCores.Copy(ref to[32 * Step], ref from[rows.Y + at]);
        TensorCores.Copy(ref to[64 * Step], ref from[rows.Z + at]);
        TensorCores.Copy(ref to[96 * Step], ref from[rows.W + at]);
    }

    private static Quad<Quad<Quad<float>>> Multiply(ArrayView<Quad<uint>> shared, int left, int right, Quad<Quad<Quad<float>>> sums)
    {
        ArrayView<Quad<uint>> a = shared.SubView(left, (3 * Block) + 1), b = shared.SubView(right, Block + 1);
        Quad<uint> first = TensorCores.LoadBlocks(ref b[0]), second = TensorCores.LoadBlocks(ref b[Block]);
        return new(
            Multiply(TensorCores.LoadBlocks(ref a[0]), first, second, sums.X),
            Multiply(TensorCores.LoadBlocks(ref a[Block]), first, second, sums.Y),
            Multiply(TensorCores.LoadBlocks(ref a[2 * Block]), first, second, sums.Z),
            Multiply(TensorCores.LoadBlocks(ref a[3 * Block]), first, second, sums.W));
    }

    private static Quad<Quad<float>> Multiply(Quad<uint> a, Quad<uint> first, Quad<uint> second, Quad<Quad<float>> sums) => new(
        TWord.Multiply(a, first.X, first.Y, sums.X), TWord.Multiply(a, first.Z, first.W, sums.Y),
        TWord.Multiply(a, second.X, second.Y, sums.Z), TWord.Multiply(a, second.Z, second.W, sums.W));
}
