using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of whose operands one or both were computed before, because each element is costly and many tiles have it. They lie as the operand did,
/// densely.
/// </summary>
internal struct CopiedProduct<TStage, T, S, TLeft, TRight> : IGpuContraction<CopiedProduct<TStage, T, S, TLeft, TRight>, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TLeft : struct, IIsCopied
    where TRight : struct, IIsCopied
{
    /// <summary>The product as it was.</summary>
    public TStage Stage;

    /// <summary>Its operands, if they were computed.</summary>
    public CopiedOperand<T> Left, Right;

    public static GpuProductForm Form => TStage.Form;

    static V IGpuContraction<CopiedProduct<TStage, T, S, TLeft, TRight>, T>.Left<V, M, L>(
        CopiedProduct<TStage, T, S, TLeft, TRight> product, int batch, int m, int k)
        => TLeft.Value ? L.Load(product.Left.Elements, product.Left.Place(batch, m, k)) : TStage.Left<V, M, L>(product.Stage, batch, m, k);

    static V IGpuContraction<CopiedProduct<TStage, T, S, TLeft, TRight>, T>.Right<V, M, L>(
        CopiedProduct<TStage, T, S, TLeft, TRight> product, int batch, int k, int n)
        => TRight.Value ? L.Load(product.Right.Elements, product.Right.Place(batch, n, k)) : TStage.Right<V, M, L>(product.Stage, batch, k, n);

    public static void Store<V, M, L>(CopiedProduct<TStage, T, S, TLeft, TRight> product, int batch, int m, int n, V sum)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Store<V, M, L>(product.Stage, batch, m, n, sum);
}

/// <summary>Elements of an operand in memory of their own.</summary>
internal struct CopiedOperand<T>
    where T : unmanaged
{
    /// <summary>The elements.</summary>
    public ArrayView<T> Elements;

    /// <summary>From one element to the next along each axis; 0 for items that all have the same.</summary>
    public int Item, Own, Term;

    /// <summary>Where an element lies.</summary>
    public readonly int Place(int item, int own, int k) => (item * Item) + (own * Own) + (k * Term);
}

/// <summary>Whether an operand was computed before, as a type.</summary>
internal interface IIsCopied
{
    static abstract bool Value { get; }
}

internal readonly struct Copied : IIsCopied
{
    public static bool Value => true;
}

internal readonly struct NotCopied : IIsCopied
{
    public static bool Value => false;
}

/// <summary>Computes an operand: a thread makes an element, or four neighbours.</summary>
internal struct CopyOperand<TStage, T, S, TOperand, V, M, L> : IGpuStage<CopyOperand<TStage, T, S, TOperand, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TOperand : struct, IOperand<TStage, T>
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    public TStage Stage;
    public ArrayView<T> To;

    /// <summary>Elements along the axis along which the operand is dense, and along the other.</summary>
    public int Dense, Others;

    public static void Run(CopyOperand<TStage, T, S, TOperand, V, M, L> copy)
    {
        int at = GpuThread.Index * L.Width, row = at / copy.Dense, dense = at % copy.Dense, other = row % copy.Others;
        if (at >= copy.To.IntLength) return;
        var (own, k) = TOperand.IsAlongK ? (other, dense) : (dense, other);
        L.Store(copy.To, at, TOperand.Elements<V, M, L>(copy.Stage, row / copy.Others, own, k));
    }
}
