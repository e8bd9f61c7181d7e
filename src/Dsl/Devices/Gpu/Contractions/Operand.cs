using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>One of the two operands: rows of the left, columns of the right.</summary>
internal interface IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>How many rows or columns there are.</summary>
    static abstract int Count(GpuProduct<TStage, T> product);

    /// <summary>Whether elements lie densely along k.</summary>
    static abstract bool IsAlongK(GpuProduct<TStage, T> product);

    /// <summary>An element.</summary>
    static abstract T Element(TStage stage, int batch, int own, int k);
}

/// <summary>The left one.</summary>
internal readonly struct LeftOperand<TStage, T> : IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    public static int Count(GpuProduct<TStage, T> product) => product.Sizes.Rows;

    public static bool IsAlongK(GpuProduct<TStage, T> product) => product.LeftAlongK != 0;

    public static T Element(TStage stage, int batch, int own, int k) => TStage.Left(stage, batch, own, k);
}

/// <summary>The right one.</summary>
internal readonly struct RightOperand<TStage, T> : IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    public static int Count(GpuProduct<TStage, T> product) => product.Sizes.Columns;

    public static bool IsAlongK(GpuProduct<TStage, T> product) => product.RightAlongK != 0;

    public static T Element(TStage stage, int batch, int own, int k) => TStage.Right(stage, batch, k, own);
}

/// <summary>Elements of an operand.</summary>
internal static class Operand<TOperand, TStage, T, S>
    where TOperand : struct, IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>
    /// An element; beyond the operand zero. One that there is, is read in any case: without a branch many of them are on their way at once.
    /// </summary>
    public static T At(GpuProduct<TStage, T> product, int batch, int own, int k)
    {
        int lastOwn = TOperand.Count(product) - 1, lastK = product.Sizes.Terms - 1;
        T value = TOperand.Element(product.Stage, batch, IntrinsicMath.Min(own, lastOwn), IntrinsicMath.Min(k, lastK));
        return own <= lastOwn & k <= lastK ? value : S.Create(0d);
    }
}

/// <summary>
/// Which elements of a step are a thread's, where 256 threads share 128 rows, or columns, with 16 elements along k each: eight, that neighbouring
/// threads have neighbours of.
/// </summary>
internal readonly struct StepShare
{
    /// <summary>Rows or columns of a step.</summary>
    public const int Count = 128;

    /// <summary>Elements of each, along k.</summary>
    public const int Depth = 16;

    private readonly int own, k, ownStep, kStep;

    /// <param name="isAlongK">Whether neighbours lie along k.</param>
    /// <param name="thread">The thread.</param>
    public StepShare(bool isAlongK, int thread)
    {
        own = isAlongK ? thread >> 4 : thread & (Count - 1);
        k = isAlongK ? thread & (Depth - 1) : thread >> 7;
        ownStep = isAlongK ? 16 : 0;
        kStep = isAlongK ? 0 : 2;
    }

    /// <summary>The row or column of one of the eight.</summary>
    public int Own(int number) => own + (number * ownStep);

    /// <summary>Its place along k.</summary>
    public int K(int number) => k + (number * kStep);
}
