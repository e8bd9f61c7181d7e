namespace MageDsl.Devices.Cpu;

/// <summary>
/// The operations that generated code for the CPU is written in: <typeparamref name="V"/> is a vector of <typeparamref name="T"/>.
/// Passed as a struct type parameter, so that the JIT compiles each kernel for one width with nothing left to dispatch.
/// Comparisons give all-ones lanes; a mask is itself a <typeparamref name="V"/>.
/// </summary>
public unsafe interface ISimd<T, V> : IArithmetic<V>
    where T : unmanaged
    where V : unmanaged
{
    /// <summary>Lanes in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Loads <see cref="Width"/> elements.</summary>
    static abstract V Load(T* p);

    /// <summary>Stores <see cref="Width"/> elements.</summary>
    static abstract void Store(T* p, V v);

    /// <summary>
    /// As <see cref="Store"/>, past the caches where the address allows: for results that are too large to be found there again.
    /// </summary>
    static abstract void StoreStream(T* p, V v);

    /// <summary>Loads the first <paramref name="n"/> (1 to Width-1) elements, zero elsewhere; touches nothing beyond.</summary>
    static abstract V LoadTail(T* p, nint n);

    /// <summary>Stores the first <paramref name="n"/> lanes; touches nothing beyond.</summary>
    static abstract void StoreTail(T* p, V v, nint n);

    /// <summary>Lane l holds <c>p[i + l]</c> where <c>lo &lt;= i + l &lt; hi</c> and zero elsewhere, where nothing is read.</summary>
    static abstract V LoadWindow(T* p, nint i, nint lo, nint hi);

    /// <summary>Lane l holds <c>p[l * stride]</c> for l &lt; n (n &lt;= Width), zero elsewhere.</summary>
    static abstract V LoadStrided(T* p, nint stride, nint n);

    /// <summary>Stores lane l to <c>p[l * stride]</c> for l &lt; n.</summary>
    static abstract void StoreStrided(T* p, nint stride, V v, nint n);

    /// <summary>Lane l holds <c>(T)p[l * stride]</c> for l &lt; n, zero elsewhere.</summary>
    static abstract V LoadIds(int* p, nint stride, nint n);

    /// <summary>Stores lane l, rounded to int, to <c>p[l * stride]</c> for l &lt; n.</summary>
    static abstract void StoreIds(int* p, nint stride, V v, nint n);

    /// <summary>Lane l holds <c>p[(nint)index_l * stride]</c> for l &lt; n, zero elsewhere.</summary>
    static abstract V LoadGather(T* p, V index, nint stride, nint n);

    /// <summary>The same value in every lane.</summary>
    static abstract V Create(T value);

    /// <summary>Lane l holds <c>start + l * step</c>.</summary>
    static abstract V Iota(nint start, nint step);

    /// <summary>Lane 0.</summary>
    static abstract T First(V v);

    /// <summary>Lanes below <paramref name="n"/> of v, <paramref name="neutral"/> elsewhere.</summary>
    static abstract V Keep(V v, nint n, V neutral);

    /// <summary>Mask of a &lt; b.</summary>
    static abstract V Less(V a, V b);

    /// <summary>Mask of a &lt;= b.</summary>
    static abstract V LessEqual(V a, V b);

    /// <summary>Mask of a == b.</summary>
    static abstract V Equal(V a, V b);

    /// <summary>Mask and.</summary>
    static abstract V And(V a, V b);

    /// <summary>Mask or.</summary>
    static abstract V Or(V a, V b);

    /// <summary>Mask not.</summary>
    static abstract V Not(V a);

    /// <summary>a where the mask is set, b elsewhere.</summary>
    static abstract V Select(V mask, V a, V b);

    /// <summary>Sum of the lanes.</summary>
    static abstract T Sum(V v);

    /// <summary>Sum of the lanes, in double precision from here on.</summary>
    static abstract double Total(V v);

    /// <summary>Adds lane l to <c>totals[l]</c>.</summary>
    static abstract void AddTotals(double* totals, V v);

    /// <summary>Lane l holds <c>totals[l]</c>, rounded.</summary>
    static abstract V LoadTotals(double* totals);

    /// <summary>Largest lane; NaN if any is.</summary>
    static abstract T Max(V v);

    /// <summary>Smallest lane; NaN if any is.</summary>
    static abstract T Min(V v);

    /// <summary>
    /// Uniform numbers in [0, 1), 24 bits each: lane l is <see cref="Philox.Word"/> at position <c>index + l * step</c> of
    /// <paramref name="stream"/> under the key <paramref name="seed"/>. The same for float and double and for every width.
    /// </summary>
    static abstract V Random(uint seed, uint stream, uint index, uint step);

    /// <summary>
    /// Memory for so many of the same numbers, the thread's own until it asks again under this <paramref name="number"/>.
    /// </summary>
    static abstract T* RandomMemory(int number, nint count);

    /// <summary>
    /// As many of the same numbers as a loop needs in a row, from position <paramref name="index"/> on, made together, which takes half the
    /// time. They begin at <paramref name="to"/> or one behind, and can be read to the next whole vector.
    /// </summary>
    static abstract T* Randoms(T* to, uint seed, uint stream, uint index, nint count);
}
