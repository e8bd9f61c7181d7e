using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>A step of packed operands in shared memory, in chunks: 128 rows of the left one, and 128 columns of the right one behind them.</summary>
internal static class PackedStep
{
    /// <summary>Rows or columns.</summary>
    public const int Side = StepShare.Count;

    /// <summary>What one operand takes.</summary>
    public const int Operand = Side * PackedOperands.Step;

    /// <summary>What both take.</summary>
    public const int Both = 2 * Operand;
}

/// <summary>By what eight warps multiply a step.</summary>
internal interface IPackedCore
{
    /// <summary>Chunks of a step.</summary>
    static abstract int Step { get; }

    /// <summary>Whether <see cref="Multiply"/> returns while a step is still being read, so that others are better copied after it.</summary>
    static abstract bool IsAhead { get; }

    /// <summary>Whether what it reads is read on until the next step is multiplied, and only the one before is not.</summary>
    static abstract bool ReadsOn { get; }

    /// <summary>Waits for this thread's copies of the step that is next, which all see from the next barrier on.</summary>
    /// <param name="shared">The group's memory.</param>
    /// <param name="right">
    /// The first chunk of the right operand that this thread has copied, with <see cref="StepLayout.Between"/> between each and the next.
    /// </param>
    static abstract void Ready(ArrayView<Quad<uint>> shared, int right);

    /// <summary>Where a lane begins to read the left operand.</summary>
    static abstract int Left(int warp, int lane);

    /// <summary>Where it begins to read the right operand.</summary>
    static abstract int Right(int warp, int lane);

    /// <summary>What comes before the first step.</summary>
    static abstract void Begin();

    /// <summary>Adds the products of a step, of which a lane reads from these places on.</summary>
    static abstract Quad<Quad<Quad<float>>> Multiply(ArrayView<Quad<uint>> shared, int left, int right, Quad<Quad<Quad<float>>> sums);

    /// <summary>The sums with the step's, if they are waited for with each.</summary>
    static abstract Quad<Quad<Quad<float>>> Add(Quad<Quad<Quad<float>>> sums);

    /// <summary>The sums, once all steps have been added.</summary>
    static abstract Quad<Quad<Quad<float>>> Finish(Quad<Quad<Quad<float>>> sums);

    /// <summary>The first row and column of one of the four parts, of 16 × 32 sums, that a warp has.</summary>
    static abstract (int Row, int Column) Part(int warp, int number);
}

/// <summary>By <c>mma.sync</c>: each warp has 64 × 32, whose operands it reads into registers.</summary>
[GroupsAtOnce(2, 256)]
internal readonly struct WarpCore<TWord, TLeft, TRight> : IPackedCore
    where TWord : struct, IOperandWord
    where TLeft : struct, IStepLayout
    where TRight : struct, IStepLayout
{
    private const int Rows = 64, Columns = 32;

    public static int Step => PackedStep.Both;

    public static bool IsAhead => false;

    public static bool ReadsOn => false;

    public static void Ready(ArrayView<Quad<uint>> shared, int right) => TensorCores.WaitForCopies();

    public static void Begin()
    {
    }

    public static int Left(int warp, int lane) => TLeft.Left(Part(warp, 0).Row, lane);

    public static int Right(int warp, int lane) => PackedStep.Operand + TRight.Right(Part(warp, 0).Column, lane);

    public static Quad<Quad<Quad<float>>> Multiply(ArrayView<Quad<uint>> shared, int left, int right, Quad<Quad<Quad<float>>> sums)
    {
        sums = Multiply2(shared, left, right, 1, Multiply2(shared, left, right, 0, sums));
        return Multiply2(shared, left, right, 3, Multiply2(shared, left, right, 2, sums));
    }

    public static Quad<Quad<Quad<float>>> Add(Quad<Quad<Quad<float>>> sums) => sums;

    public static Quad<Quad<Quad<float>>> Finish(Quad<Quad<Quad<float>>> sums) => sums;

    public static (int Row, int Column) Part(int warp, int number)
        => ((warp / (PackedStep.Side / Columns) * Rows) + (16 * number), warp % (PackedStep.Side / Columns) * Columns);

    /// <summary>Two chunks along k.</summary>
    private static Quad<Quad<Quad<float>>> Multiply2(
        ArrayView<Quad<uint>> shared, int left, int right, int number, Quad<Quad<Quad<float>>> sums)
    {
        Quad<uint> first = TRight.Load(shared, right, 0, number), second = TRight.Load(shared, right, 1, number);
        return new(
            Multiply(TLeft.Load(shared, left, 0, number), first, second, sums.X),
            Multiply(TLeft.Load(shared, left, 1, number), first, second, sums.Y),
            Multiply(TLeft.Load(shared, left, 2, number), first, second, sums.Z),
            Multiply(TLeft.Load(shared, left, 3, number), first, second, sums.W));
    }

    private static Quad<Quad<float>> Multiply(Quad<uint> a, Quad<uint> first, Quad<uint> second, Quad<Quad<float>> sums) => new(
        WordSums<TWord>.Add(a, first.X, first.Y, sums.X), WordSums<TWord>.Add(a, first.Z, first.W, sums.Y),
        WordSums<TWord>.Add(a, second.X, second.Y, sums.Z), WordSums<TWord>.Add(a, second.Z, second.W, sums.W));
}

/// <summary>
/// By <see cref="WarpGroups"/>: four warps have 64 × 128, whose operands are read from where they lie. A step is multiplied while the next is waited
/// for.
/// </summary>
internal readonly struct WarpGroupCore<TWord, TLeft, TRight> : IPackedCore
    where TWord : struct, IGroupWord
    where TLeft : struct, IStepLayout
    where TRight : struct, IStepLayout
{
    private const int Warps = 4, Rows = 64;

    public static int Step => PackedStep.Both;

    public static bool IsAhead => true;

    public static bool ReadsOn => true;

    public static void Ready(ArrayView<Quad<uint>> shared, int right)
    {
        TensorCores.WaitForCopies();
        WarpGroups.ShowWrites();
    }

    public static void Begin()
    {
        WarpGroups.Declare();
        WarpGroups.Clear();
    }

    // Turned or not, 64 rows are as long.
    public static int Left(int warp, int lane) => warp / Warps * Rows * PackedOperands.Step;

    public static int Right(int warp, int lane) => PackedStep.Operand;

    public static Quad<Quad<Quad<float>>> Multiply(ArrayView<Quad<uint>> shared, int left, int right, Quad<Quad<Quad<float>>> sums)
    {
        if (TLeft.IsTurned && TRight.IsTurned) WarpGroups.MultiplyTurned(ref shared[left], ref shared[right]);
        else if (TLeft.IsTurned) WarpGroups.MultiplyTurnedLeft(ref shared[left], ref shared[right]);
        else if (TRight.IsTurned) WarpGroups.MultiplyTurnedRight(ref shared[left], ref shared[right]);
        else TWord.Multiply(ref shared[left], ref shared[right]);
        return sums;
    }

    public static Quad<Quad<Quad<float>>> Add(Quad<Quad<Quad<float>>> sums) => sums;

    public static Quad<Quad<Quad<float>>> Finish(Quad<Quad<Quad<float>>> sums)
    {
        WarpGroups.WaitForProducts();
        return WarpGroups.Read();
    }

    public static (int Row, int Column) Part(int warp, int number) => (16 * warp, 32 * number);
}
