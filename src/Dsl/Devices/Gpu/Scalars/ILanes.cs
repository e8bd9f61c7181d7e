using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Cpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The operations of generated device code on neighbouring elements, or on one: what <see cref="ISimd{T, V}"/> is for vectors. Passed as a struct
/// type parameter, so that ILGPU compiles each kernel for one width.
/// </summary>
/// <typeparam name="T">An element.</typeparam>
/// <typeparam name="V">Elements: T itself, or four of them.</typeparam>
/// <typeparam name="M">A condition of each.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ILanes<T, V, M> : IArithmetic<V>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
{
    /// <summary>How many elements there are.</summary>
    static abstract int Width { get; }

    /// <summary>The same number in each.</summary>
    static abstract V Splat(T value);

    /// <summary>The same condition for each.</summary>
    static abstract M Splat(bool value);

    /// <summary>first, first + step, ... as numbers.</summary>
    static abstract V Iota(int first, int step);

    /// <summary>The elements from one on, whose number is a multiple of the width.</summary>
    static abstract V Load(ArrayView<T> from, int at);

    /// <summary>The same of elements that may be shorter.</summary>
    static abstract V LoadShort<H>(ArrayView<H> from, int at)
        where H : unmanaged, IStored<T, H>;

    /// <summary>The ids from one on, as numbers.</summary>
    static abstract V LoadIds(ArrayView<int> from, int at);

    /// <summary>Writes the elements from one on, whose number is a multiple of the width.</summary>
    static abstract void Store(ArrayView<T> to, int at, V value);

    /// <summary>The same of elements that may be shorter: rounded.</summary>
    static abstract void StoreShort<H>(ArrayView<H> to, int at, V value)
        where H : unmanaged, IStored<T, H>;

    /// <summary>The same of ids: the nearest integers.</summary>
    static abstract void StoreIds(ArrayView<int> to, int at, V value);

    /// <summary>a &lt; b.</summary>
    static abstract M Less(V a, V b);

    /// <summary>a &lt;= b.</summary>
    static abstract M LessEqual(V a, V b);

    /// <summary>a == b.</summary>
    static abstract M Equal(V a, V b);

    /// <summary>Both.</summary>
    static abstract M And(M a, M b);

    /// <summary>Either or both.</summary>
    static abstract M Or(M a, M b);

    /// <summary>Not.</summary>
    static abstract M Not(M a);

    /// <summary>a if the condition holds, otherwise b.</summary>
    static abstract V Select(M condition, V a, V b);

    /// <summary>a if the condition holds, otherwise b.</summary>
    static abstract M Select(M condition, M a, M b);

    /// <summary>
    /// Uniform numbers in [0, 1) of 24 bits: <see cref="Philox.Word"/> at the positions from <paramref name="index"/> on, a multiple of the width,
    /// of <paramref name="stream"/> under the key <paramref name="seed"/>. The same for float and double, and on every device.
    /// </summary>
    static abstract V Random(uint seed, uint stream, uint index);

    /// <summary>The same from any position on.</summary>
    static abstract V RandomFrom(uint seed, uint stream, uint index);

    /// <summary>Whether each of <see cref="Random"/> is below a limit: their words tell, and need not become numbers.</summary>
    static abstract M RandomBelow(uint seed, uint stream, uint index, RandomLimit limit);

    /// <summary>The same of <see cref="RandomFrom"/>.</summary>
    static abstract M RandomBelowFrom(uint seed, uint stream, uint index, RandomLimit limit);

    /// <summary>The first so many, one at least, and for the others something else.</summary>
    static abstract V First(int count, V value, T other);

    /// <summary>The sum of all.</summary>
    static abstract T Sum(V value);

    /// <summary>The largest; NaN if any is.</summary>
    static abstract T Largest(V value);

    /// <summary>The smallest; NaN if any is.</summary>
    static abstract T Smallest(V value);

    /// <summary>Goes on with a search for the first of the largest.</summary>
    /// <param name="best">The largest so far.</param>
    /// <param name="place">Its place.</param>
    /// <param name="value">What comes next; NaN is larger than all numbers.</param>
    /// <param name="at">Its place.</param>
    static abstract void TakeLargest(ref T best, ref int place, V value, int at);

    /// <summary>Goes on with a search for the first of the smallest.</summary>
    /// <inheritdoc cref="TakeLargest"/>
    static abstract void TakeSmallest(ref T best, ref int place, V value, int at);
}
