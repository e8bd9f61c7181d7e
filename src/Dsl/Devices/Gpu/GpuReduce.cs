using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// What the threads of a group make of their values together, through memory that they share. All of them call it, side by side in rows of
/// Group.DimX, a power of two, and Group.DimY, another. Memory is of one element a thread; other use of it after wants a barrier first.
/// </summary>
/// <typeparam name="V">A number, or several that have nothing to do with each other.</typeparam>
/// <typeparam name="A">What combines two.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuReduce<V, A>
    where V : unmanaged
    where A : struct, IArithmetic<V>
{
    // About the root of the most threads that share a row: both steps are short, and no barrier is in a loop.
    private const int Stride = 16;

    /// <summary>The sum over the threads of a row, for all of them.</summary>
    public static V SumX(ArrayView<V> shared, V value) => AlongX<Sums<V, A>>(shared, value);

    /// <summary>The largest over the threads of a row, for all of them; NaN if any is.</summary>
    public static V MaxX(ArrayView<V> shared, V value) => AlongX<Largest<V, A>>(shared, value);

    /// <summary>The smallest over the threads of a row, for all of them; NaN if any is.</summary>
    public static V MinX(ArrayView<V> shared, V value) => AlongX<Smallest<V, A>>(shared, value);

    /// <summary>The sum over the rows, for each thread of a row.</summary>
    public static V SumY(ArrayView<V> shared, V value) => AlongY<Sums<V, A>>(shared, value);

    /// <summary>The largest over the rows, for each thread of a row; NaN if any is.</summary>
    public static V MaxY(ArrayView<V> shared, V value) => AlongY<Largest<V, A>>(shared, value);

    /// <summary>The smallest over the rows, for each thread of a row; NaN if any is.</summary>
    public static V MinY(ArrayView<V> shared, V value) => AlongY<Smallest<V, A>>(shared, value);

    private static V AlongX<C>(ArrayView<V> shared, V value)
        where C : struct, ICombination<V>
        => Along<C>(shared, value, Group.IdxX, Group.DimX, 1);

    private static V AlongY<C>(ArrayView<V> shared, V value)
        where C : struct, ICombination<V>
        => Along<C>(shared, value, Group.IdxY, Group.DimY, Group.DimX);

    /// <summary>In two steps: threads so far apart combine those up to the next, then each thread what these have.</summary>
    private static V Along<C>(ArrayView<V> shared, V value, int index, int length, int step)
        where C : struct, ICombination<V>
    {
        var self = (Group.IdxY * Group.DimX) + Group.IdxX;
        Group.Barrier();
        shared[self] = value;
        Group.Barrier();
        if (index % Stride == 0)
        {
            for (var i = 1; i < Stride && index + i < length; i++) value = C.Of(value, shared[self + (i * step)]);
            shared[self] = value;
        }
        Group.Barrier();
        var first = self - (index * step);
        var result = shared[first];
        for (var i = Stride; i < length; i += Stride) result = C.Of(result, shared[first + (i * step)]);
        return result;
    }
}

/// <summary>How two values are combined.</summary>
internal interface ICombination<V>
    where V : unmanaged
{
    static abstract V Of(V a, V b);
}

internal readonly struct Sums<V, A> : ICombination<V>
    where V : unmanaged
    where A : struct, IArithmetic<V>
{
    public static V Of(V a, V b) => A.Add(a, b);
}

internal readonly struct Largest<V, A> : ICombination<V>
    where V : unmanaged
    where A : struct, IArithmetic<V>
{
    public static V Of(V a, V b) => A.Max(a, b);
}

internal readonly struct Smallest<V, A> : ICombination<V>
    where V : unmanaged
    where A : struct, IArithmetic<V>
{
    public static V Of(V a, V b) => A.Min(a, b);
}
