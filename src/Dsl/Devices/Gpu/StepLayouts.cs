using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// How a step of an operand lies in shared memory, and how 256 threads bring it there: four chunks each. The chunks of a row change places by the
/// row's number, so that rows which are read together meet in no bank.
/// </summary>
internal interface IStepLayout
{
    /// <summary>Whether chunks lie along the operand's own axis.</summary>
    static abstract bool IsTurned { get; }

    /// <summary>Where the chunks of a thread are in memory, in the first step.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="first">The tile's first row or column.</param>
    /// <param name="count">How many there are: of those that there are not, others are taken, and what becomes of them is not stored.</param>
    /// <param name="thread">The thread.</param>
    static abstract Quad<int> From(PackedOperand operand, int first, int count, int thread);

    /// <summary>How far it is from a step to the next.</summary>
    static abstract int Advance(PackedOperand operand);

    /// <summary>Where the first of them goes, with <see cref="StepLayout.Between"/> between each and the next.</summary>
    static abstract int To(int thread);

    /// <summary>Where a lane finds the rows of the left operand that it names, for a warp's first block of 16.</summary>
    static abstract int Left(int row, int lane);

    /// <summary>Where it finds those of the right one.</summary>
    static abstract int Right(int column, int lane);

    /// <summary>A block of 16 rows or columns, and two chunks along k, of which there are four in a step.</summary>
    static abstract Quad<uint> Load(ArrayView<Quad<uint>> shared, int at, int block, int number);
}

/// <summary>What layouts have in common.</summary>
internal static class StepLayout
{
    /// <summary>Chunks between what a thread copies.</summary>
    public const int Between = 256;
}

/// <summary>128 rows of eight chunks along k.</summary>
internal readonly struct RowsOfTerms : IStepLayout
{
    private const int Step = PackedOperands.Step;

    public static bool IsTurned => false;

    public static Quad<int> From(PackedOperand operand, int first, int count, int thread)
    {
        int row = first + (thread / Step), last = count - 1, chunk = thread % Step;
        return new(
            chunk + (IntrinsicMath.Min(row, last) * operand.Pitch), chunk + (IntrinsicMath.Min(row + 32, last) * operand.Pitch),
            chunk + (IntrinsicMath.Min(row + 64, last) * operand.Pitch), chunk + (IntrinsicMath.Min(row + 96, last) * operand.Pitch));
    }

    public static int Advance(PackedOperand operand) => Step;

    public static int To(int thread)
    {
        int row = thread / Step;
        return (row * Step) + ((thread % Step) ^ (row % Step));
    }

    public static int Left(int row, int lane) => ((row + (lane % 16)) * Step) + ((lane / 16) ^ (lane % 8));

    public static int Right(int column, int lane) => ((column + (lane % 8) + (lane / 16 * 8)) * Step) + ((lane / 8 % 2) ^ (lane % 8));

    public static Quad<uint> Load(ArrayView<Quad<uint>> shared, int at, int block, int number)
    {
        var blocks = shared.SubView(at ^ (2 * number), (48 * Step) + 1);
        return TensorCores.LoadBlocks(ref blocks[block * 16 * Step]);
    }
}

/// <summary>
/// 64 terms with eight chunks along the operand's own axis each, and 64 terms with the next eight behind them, of bfloat16: blocks are turned while
/// they are read.
/// </summary>
internal readonly struct TermsOfRows : IStepLayout
{
    private const int Terms = GpuMatrix.Step, Chunk = GpuMatrix.Chunk, Chunks = 8, HalfTerms = Terms / 2;

    public static bool IsTurned => true;

    public static Quad<int> From(PackedOperand operand, int first, int count, int thread)
    {
        int chunk = (first / Chunk) + (thread % Chunks), last = (count / Chunk) - 1, term = thread / Chunks * operand.Pitch;
        int near = term + IntrinsicMath.Min(chunk, last), far = term + IntrinsicMath.Min(chunk + Chunks, last), next = HalfTerms * operand.Pitch;
        return new(near, near + next, far, far + next);
    }

    public static int Advance(PackedOperand operand) => Terms * operand.Pitch;

    public static int To(int thread)
    {
        int term = thread / Chunks;
        return (term * Chunks) + ((thread % Chunks) ^ (term % Chunks));
    }

    public static int Left(int row, int lane) => Place((lane / 16 * Chunk) + (lane % 8), (row / Chunk) + (lane / 8 % 2));

    public static int Right(int column, int lane) => Place((lane / 8 % 2 * Chunk) + (lane % 8), (column / Chunk) + (lane / 16));

    public static Quad<uint> Load(ArrayView<Quad<uint>> shared, int at, int block, int number)
    {
        var blocks = shared.SubView(at ^ (2 * block), (48 * Chunks) + 1);
        return TensorCores.LoadTurnedBlocks(ref blocks[number * 16 * Chunks]);
    }

    private static int Place(int term, int chunk) => (chunk / Chunks * Terms * Chunks) + (term * Chunks) + (chunk % Chunks ^ (term % Chunks));
}
