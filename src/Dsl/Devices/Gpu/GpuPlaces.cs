using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// At which place the threads of a group have an extremum, through memory that they share, as in <see cref="GpuReduce{V, A}"/>: of equals the
/// smallest place, of NaNs too, which are larger and smaller than all numbers.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuPlaces<T, S>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    // As in GpuReduce.
    private const int Stride = 16;

    /// <summary>The place of the largest over the threads of a row, for all of them.</summary>
    public static int ArgMaxX(ArrayView<T> shared, ArrayView<int> places, T value, int place) => AlongX<Largest<T, S>>(shared, places, value, place);

    /// <summary>The place of the smallest over the threads of a row, for all of them.</summary>
    public static int ArgMinX(ArrayView<T> shared, ArrayView<int> places, T value, int place) => AlongX<Smallest<T, S>>(shared, places, value, place);

    /// <summary>The place of the largest over the rows, for each thread of a row.</summary>
    public static int ArgMaxY(ArrayView<T> shared, ArrayView<int> places, T value, int place) => AlongY<Largest<T, S>>(shared, places, value, place);

    /// <summary>The place of the smallest over the rows, for each thread of a row.</summary>
    public static int ArgMinY(ArrayView<T> shared, ArrayView<int> places, T value, int place) => AlongY<Smallest<T, S>>(shared, places, value, place);

    /// <summary>The better of two, of equals the one at the smaller place.</summary>
    internal static void Better<C>(ref T best, ref int place, T other, int otherPlace)
        where C : struct, ICombination<T>
    {
        var better = C.Of(best, other);
        if (!Same(best, better) | (Same(other, better) & otherPlace < place)) place = otherPlace;
        best = better;
    }

    private static bool Same(T a, T b) => S.Or(S.Equal(a, b), S.And(S.Not(S.Equal(a, a)), S.Not(S.Equal(b, b))));

    private static int AlongX<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        where C : struct, ICombination<T>
        => Along<C>(shared, places, value, place, Group.IdxX, Group.DimX, 1);

    private static int AlongY<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        where C : struct, ICombination<T>
        => Along<C>(shared, places, value, place, Group.IdxY, Group.DimY, Group.DimX);

    private static int Along<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place, int index, int length, int step)
        where C : struct, ICombination<T>
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
}
