namespace MageDsl.Devices.Cpu;

/// <summary>
/// A generated contraction stage, seen by the GEMM driver as rows of its two operands and of its result:
/// <c>C[batch, m, n] = sum over k of Left[batch, m, k] * Right[batch, k, n]</c>, then the epilogue in <see cref="Store"/>.
/// Packing asks for runs of elements; a plain operand answers with a pointer into its tensor, a fused one
/// (prologue, window view, several axes in one) computes the run into <c>scratch</c>.
/// </summary>
public unsafe interface IContraction<T>
    where T : unmanaged
{
    /// <summary>True: a run of Left goes along k and its row is m. False: it goes along m and its row is k.</summary>
    static abstract bool LeftAlongK { get; }

    /// <summary>True: a run of Right goes along k and its row is n. False: it goes along n and its row is k.</summary>
    static abstract bool RightAlongK { get; }

    /// <summary>True: the result is stored as is, with unit stride along n, at <see cref="Target"/>; <see cref="Store"/> is never called.</summary>
    static abstract bool Direct { get; }

    /// <summary>Elements [start, start + count) of a row of Left; scratch has room for count elements.</summary>
    T* Left<S, V>(nint batch, nint row, nint start, nint count, T* scratch)
        where S : struct, ISimd<T, V> where V : unmanaged;

    /// <summary>Elements [start, start + count) of a row of Right; scratch has room for count elements.</summary>
    T* Right<S, V>(nint batch, nint row, nint start, nint count, T* scratch)
        where S : struct, ISimd<T, V> where V : unmanaged;

    /// <summary>Takes <c>sums[i] = C[batch, m, n + i]</c> for i &lt; count, complete over k, through the epilogue to its outputs.</summary>
    void Store<S, V>(nint batch, nint m, nint n, nint count, T* sums)
        where S : struct, ISimd<T, V> where V : unmanaged;

    /// <summary>Where C[batch, 0, 0] lies, and the stride of m, if <see cref="Direct"/>.</summary>
    T* Target(nint batch, out nint stride);
}
