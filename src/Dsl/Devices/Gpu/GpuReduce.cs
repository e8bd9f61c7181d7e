using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// What the threads of a group make of their values together. All of them call it, side by side in rows of Group.DimX, a power of two, and
/// Group.DimY, another. Memory is of one element a thread; other use of it after wants a barrier first.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuReduce<T, S>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    // About the root of the most threads that share a row: both steps are short, and no barrier is in a loop.
    private const int Stride = 16;

    /// <summary>The sum over the threads of a row, for all of them.</summary>
    public static T SumX(ArrayView<T> shared, T value) => AlongX<Sum>(shared, value);

    /// <summary>The largest over the threads of a row, for all of them; NaN if any is.</summary>
    public static T MaxX(ArrayView<T> shared, T value) => AlongX<Largest>(shared, value);

    /// <summary>The smallest over the threads of a row, for all of them; NaN if any is.</summary>
    public static T MinX(ArrayView<T> shared, T value) => AlongX<Smallest>(shared, value);

    /// <summary>The sum over the rows, for each thread of a row.</summary>
    public static T SumY(ArrayView<T> shared, T value) => AlongY<Sum>(shared, value);

    /// <summary>The largest over the rows, for each thread of a row; NaN if any is.</summary>
    public static T MaxY(ArrayView<T> shared, T value) => AlongY<Largest>(shared, value);

    /// <summary>The smallest over the rows, for each thread of a row; NaN if any is.</summary>
    public static T MinY(ArrayView<T> shared, T value) => AlongY<Smallest>(shared, value);

    /// <summary>
    /// The place of the largest over the threads of a row, for all of them: of equals the smallest place, of NaNs too, which are larger than all
    /// numbers.
    /// </summary>
    public static int ArgMaxX(ArrayView<T> shared, ArrayView<int> places, T value, int place) => PlaceAlongX<Largest>(shared, places, value, place);

    /// <summary>
    /// The place of the smallest over the threads of a row, for all of them: of equals the smallest place, of NaNs too, which are smaller than all
    /// numbers.
    /// </summary>
    public static int ArgMinX(ArrayView<T> shared, ArrayView<int> places, T value, int place) => PlaceAlongX<Smallest>(shared, places, value, place);

    /// <summary>The same over the rows, for each thread of a row.</summary>
    public static int ArgMaxY(ArrayView<T> shared, ArrayView<int> places, T value, int place) => PlaceAlongY<Largest>(shared, places, value, place);

    /// <summary>The same over the rows, for each thread of a row.</summary>
    public static int ArgMinY(ArrayView<T> shared, ArrayView<int> places, T value, int place) => PlaceAlongY<Smallest>(shared, places, value, place);

    /// <summary>Whether a later value is larger than the largest so far; NaN is larger than all numbers, and nothing is larger than NaN.</summary>
    public static bool IsBetterMax(T best, T value) => S.And(S.Equal(best, best), S.Not(S.LessEqual(value, best)));

    /// <summary>The same for the smallest.</summary>
    public static bool IsBetterMin(T best, T value) => S.And(S.Equal(best, best), S.Not(S.LessEqual(best, value)));

    private static T AlongX<C>(ArrayView<T> shared, T value)
        where C : struct, ICombination
        => Along<C>(shared, value, Group.IdxX, Group.DimX, 1);

    private static T AlongY<C>(ArrayView<T> shared, T value)
        where C : struct, ICombination
        => Along<C>(shared, value, Group.IdxY, Group.DimY, Group.DimX);

    /// <summary>In two steps: threads so far apart combine those up to the next, then each thread what these have.</summary>
    private static T Along<C>(ArrayView<T> shared, T value, int index, int length, int step)
        where C : struct, ICombination
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

    private static int PlaceAlongX<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        where C : struct, ICombination
        => PlaceAlong<C>(shared, places, value, place, Group.IdxX, Group.DimX, 1);

    private static int PlaceAlongY<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        where C : struct, ICombination
        => PlaceAlong<C>(shared, places, value, place, Group.IdxY, Group.DimY, Group.DimX);

    private static int PlaceAlong<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place, int index, int length, int step)
        where C : struct, ICombination
    {
        var self = (Group.IdxY * Group.DimX) + Group.IdxX;
        Group.Barrier();
        shared[self] = value;
        places[self] = place;
        Group.Barrier();
        if (index % Stride == 0)
        {
            for (var i = 1; i < Stride && index + i < length; i++)
            {
                Better<C>(ref value, ref place, shared[self + (i * step)], places[self + (i * step)]);
            }
            shared[self] = value;
            places[self] = place;
        }
        Group.Barrier();
        var first = self - (index * step);
        var (best, result) = (shared[first], places[first]);
        for (var i = Stride; i < length; i += Stride) Better<C>(ref best, ref result, shared[first + (i * step)], places[first + (i * step)]);
        return result;
    }

    /// <summary>The better of two, of equals the one at the smaller place.</summary>
    private static void Better<C>(ref T best, ref int place, T other, int otherPlace)
        where C : struct, ICombination
    {
        var better = C.Of(best, other);
        if (!Same(best, better) | (Same(other, better) & otherPlace < place)) place = otherPlace;
        best = better;
    }

    private static bool Same(T a, T b) => S.Or(S.Equal(a, b), S.And(S.Not(S.Equal(a, a)), S.Not(S.Equal(b, b))));

    private interface ICombination
    {
        static abstract T Of(T a, T b);
    }

    private readonly struct Sum : ICombination
    {
        public static T Of(T a, T b) => S.Add(a, b);
    }

    private readonly struct Largest : ICombination
    {
        public static T Of(T a, T b) => S.Max(a, b);
    }

    private readonly struct Smallest : ICombination
    {
        public static T Of(T a, T b) => S.Min(a, b);
    }
}
