using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>One of the two operands: rows of the left, columns of the right.</summary>
internal interface IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>Whether elements lie densely along k, rather than along the operand's own axis.</summary>
    static abstract bool IsAlongK { get; }

    /// <summary>Whether four neighbours are read at once.</summary>
    static abstract bool IsFour { get; }

    /// <summary>How many rows or columns there are.</summary>
    static abstract int Count(ProductSizes sizes);

    /// <summary>Neighbours.</summary>
    static abstract V Elements<V, M, L>(TStage stage, int batch, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>The left one.</summary>
internal readonly struct LeftOperand<TStage, T, TAlong, TWidth> : IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where TAlong : struct, IDirection
    where TWidth : struct, IWidth
{
    public static bool IsAlongK => TAlong.IsAlongK;

    public static bool IsFour => TWidth.IsFour;

    public static int Count(ProductSizes sizes) => sizes.Rows;

    public static V Elements<V, M, L>(TStage stage, int batch, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Left<V, M, L>(stage, batch, own, k);
}

/// <summary>The right one.</summary>
internal readonly struct RightOperand<TStage, T, TAlong, TWidth> : IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where TAlong : struct, IDirection
    where TWidth : struct, IWidth
{
    public static bool IsAlongK => TAlong.IsAlongK;

    public static bool IsFour => TWidth.IsFour;

    public static int Count(ProductSizes sizes) => sizes.Columns;

    public static V Elements<V, M, L>(TStage stage, int batch, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Right<V, M, L>(stage, batch, k, own);
}

/// <summary>Along what an operand lies densely, as a type: so each kernel has the code for one of the two.</summary>
internal interface IDirection
{
    static abstract bool IsAlongK { get; }
}

internal readonly struct AlongK : IDirection
{
    public static bool IsAlongK => true;
}

internal readonly struct AlongOwn : IDirection
{
    public static bool IsAlongK => false;
}

/// <summary>How many neighbours are read at once, as a type.</summary>
internal interface IWidth
{
    static abstract bool IsFour { get; }
}

internal readonly struct OneByOne : IWidth
{
    public static bool IsFour => false;
}

internal readonly struct FourAtOnce : IWidth
{
    public static bool IsFour => true;
}

/// <summary>Elements of an operand.</summary>
internal static class Operand<TOperand, TStage, T, S>
    where TOperand : struct, IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>An element; beyond the operand zero.</summary>
    public static T One(GpuProduct<TStage, T> product, int batch, int own, int k) => At<T, bool, S>(product, batch, own, k);

    /// <summary>Four neighbours, read at once or one by one; beyond the operand zeros.</summary>
    public static Quad<T> Four(GpuProduct<TStage, T> product, int batch, int own, int k)
    {
        if (TOperand.IsFour) return At<Quad<T>, Quad<bool>, Quads<T, S>>(product, batch, own, k);
        int right = TOperand.IsAlongK ? 1 : 0, down = 1 - right;
        return new(
            One(product, batch, own, k), One(product, batch, own + down, k + right),
            One(product, batch, own + (2 * down), k + (2 * right)), One(product, batch, own + (3 * down), k + (3 * right)));
    }

    // What there is not, something else is read for: without a branch many are on their way at once.
    private static V At<V, M, L>(GpuProduct<TStage, T> product, int batch, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        int lastOwn = TOperand.Count(product.Sizes) - (TOperand.IsAlongK ? 1 : L.Width);
        int lastK = product.Sizes.Terms - (TOperand.IsAlongK ? L.Width : 1);
        V values = TOperand.Elements<V, M, L>(product.Stage, batch, IntrinsicMath.Min(own, lastOwn), IntrinsicMath.Min(k, lastK));
        return L.Select(L.Splat(own <= lastOwn & k <= lastK), values, L.Create(0d));
    }
}

/// <summary>
/// Which elements of a step are a thread's, where 256 threads share 128 rows, or columns, with 16 elements along k each: twice four neighbours.
/// </summary>
internal static class StepShare
{
    /// <summary>Rows or columns of a step.</summary>
    public const int Count = 128;

    /// <summary>Elements of each, along k.</summary>
    public const int Depth = 16;

    /// <summary>The row or column of the first of four.</summary>
    /// <param name="isAlongK">Whether they lie along k.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="number">0 or 1.</param>
    public static int Own(bool isAlongK, int thread, int number) => isAlongK ? (thread >> 2) + (number * 64) : (thread & 31) << 2;

    /// <summary>Its place along k.</summary>
    /// <inheritdoc cref="Own"/>
    public static int K(bool isAlongK, int thread, int number) => isAlongK ? (thread & 3) << 2 : (thread >> 5) + (number * 8);
}
