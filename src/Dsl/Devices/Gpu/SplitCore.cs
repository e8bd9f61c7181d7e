using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// By <see cref="SplitWarpGroups"/>, of <see cref="Float32Word"/>: four warps have 64 × 128. Of the right operand each thread splits what it has
/// copied itself, while the step before is multiplied, and what is left of it lies behind; the left one is split in registers. What a step adds up is
/// added to the sums by ordinary additions.
/// </summary>
internal readonly struct SplitCore : IPackedCore
{
    private const int WarpRows = 16;

    public static int Step => PackedStep.Both + SplitWarpGroups.Rest;

    public static bool IsAhead => true;

    public static bool ReadsOn => false;

    public static void Ready(ArrayView<Quad<uint>> shared, int right)
    {
        TensorCores.WaitForCopies();
        Split(shared, right);
        Split(shared, right + StepLayout.Between);
        Split(shared, right + (2 * StepLayout.Between));
        Split(shared, right + (3 * StepLayout.Between));
        WarpGroups.ShowWrites();
    }

    public static void Begin() => WarpGroups.Declare();

    public static int Left(int warp, int lane) => RowsOfTerms.Left(warp * WarpRows, lane);

    public static int Right(int warp, int lane) => PackedStep.Operand;

    public static Quad<Quad<Quad<float>>> Multiply(ArrayView<Quad<uint>> shared, int left, int right, Quad<Quad<Quad<float>>> sums)
    {
        Multiply(shared, left, right, 0);
        Multiply(shared, left, right, 1);
        Multiply(shared, left, right, 2);
        Multiply(shared, left, right, 3);
        SplitWarpGroups.EndBatch();
        return sums;
    }

    public static Quad<Quad<Quad<float>>> Add(Quad<Quad<Quad<float>>> sums)
    {
        WarpGroups.WaitForProducts();
        var step = WarpGroups.Read();
        return new(
            WordSums<Float32Word>.Both(sums.X, step.X), WordSums<Float32Word>.Both(sums.Y, step.Y), WordSums<Float32Word>.Both(sums.Z, step.Z),
            WordSums<Float32Word>.Both(sums.W, step.W));
    }

    public static Quad<Quad<Quad<float>>> Finish(Quad<Quad<Quad<float>>> sums) => sums;

    public static (int Row, int Column) Part(int warp, int number) => (WarpRows * warp, 32 * number);

    private static void Multiply(ArrayView<Quad<uint>> shared, int left, int right, int number)
    {
        var words = RowsOfTerms.Load(shared, left, 0, number);
        var first = Float32Word.High(words);
        SplitWarpGroups.Multiply(first, Float32Word.Low(words, first), ref shared[right], number);
    }

    private static void Split(ArrayView<Quad<uint>> shared, int at)
    {
        var words = shared[at];
        var first = Float32Word.High(words);
        shared[at] = first;
        shared[at + SplitWarpGroups.Rest] = Float32Word.Low(words, first);
    }
}
