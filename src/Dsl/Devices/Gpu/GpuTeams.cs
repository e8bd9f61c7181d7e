using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The threads that share a row, Group.DimX of them side by side, and how they combine what each of them has. All of a group call it; each gets the
/// result.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuTeam<T>
    where T : unmanaged
{
    /// <summary>Memory that the others take, an element for each thread of a group.</summary>
    static abstract ArrayView<TElement> Memory<TElement>()
        where TElement : unmanaged;

    /// <summary>The sum.</summary>
    static abstract T Sum(ArrayView<T> shared, T value);

    /// <summary>The largest; NaN if any is.</summary>
    static abstract T Max(ArrayView<T> shared, T value);

    /// <summary>The smallest; NaN if any is.</summary>
    static abstract T Min(ArrayView<T> shared, T value);

    /// <summary>The place of the largest: of equals the smallest place, of NaNs too, which are larger than all numbers.</summary>
    static abstract int ArgMax(ArrayView<T> shared, ArrayView<int> places, T value, int place);

    /// <summary>The place of the smallest: of equals the smallest place, of NaNs too, which are smaller than all numbers.</summary>
    static abstract int ArgMin(ArrayView<T> shared, ArrayView<int> places, T value, int place);
}

/// <summary>As many threads as there are in a group, at most, on devices without shuffles: they share memory, and wait for each other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuGroupTeam<T, S> : IGpuTeam<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <inheritdoc/>
    public static ArrayView<TElement> Memory<TElement>()
        where TElement : unmanaged => SharedMemory.Allocate<TElement>(GpuThread.Most);

    /// <inheritdoc/>
    public static T Sum(ArrayView<T> shared, T value) => GpuReduce<T, S>.SumX(shared, value);

    /// <inheritdoc/>
    public static T Max(ArrayView<T> shared, T value) => GpuReduce<T, S>.MaxX(shared, value);

    /// <inheritdoc/>
    public static T Min(ArrayView<T> shared, T value) => GpuReduce<T, S>.MinX(shared, value);

    /// <inheritdoc/>
    public static int ArgMax(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        => GpuPlaces<T, S>.ArgMaxX(shared, places, value, place);

    /// <inheritdoc/>
    public static int ArgMin(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        => GpuPlaces<T, S>.ArgMinX(shared, places, value, place);
}

/// <summary>Threads of one warp: they pass values to each other, with neither memory nor barriers.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuWarpTeam<T, S> : IGpuTeam<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>None.</summary>
    public static ArrayView<TElement> Memory<TElement>()
        where TElement : unmanaged => default;

    /// <inheritdoc/>
    public static T Sum(ArrayView<T> shared, T value) => Combined<Sums<T, S>>(value);

    /// <inheritdoc/>
    public static T Max(ArrayView<T> shared, T value) => Combined<Largest<T, S>>(value);

    /// <inheritdoc/>
    public static T Min(ArrayView<T> shared, T value) => Combined<Smallest<T, S>>(value);

    /// <inheritdoc/>
    public static int ArgMax(ArrayView<T> shared, ArrayView<int> places, T value, int place) => Place<Largest<T, S>>(value, place);

    /// <inheritdoc/>
    public static int ArgMin(ArrayView<T> shared, ArrayView<int> places, T value, int place) => Place<Smallest<T, S>>(value, place);

    /// <summary>In turns, each with one twice as far away. For both the lower goes first: of equals that differ, as zeros do, they get one.</summary>
    internal static T Combined<C>(T value)
        where C : struct, ICombination<T>
    {
        for (var i = 1; i < IntrinsicMath.Min(Group.DimX, Warp.WarpSize); i *= 2)
        {
            var other = Warp.ShuffleXor(value, i);
            value = (Group.IdxX & i) == 0 ? C.Of(value, other) : C.Of(other, value);
        }
        return value;
    }

    private static int Place<C>(T value, int place)
        where C : struct, ICombination<T>
    {
        FindPlace<C>(ref value, ref place);
        return place;
    }

    /// <summary>The same for a value and its place.</summary>
    internal static void FindPlace<C>(ref T value, ref int place)
        where C : struct, ICombination<T>
    {
        for (var i = 1; i < IntrinsicMath.Min(Group.DimX, Warp.WarpSize); i *= 2)
        {
            GpuPlaces<T, S>.Better<C>(ref value, ref place, Warp.ShuffleXor(value, i), Warp.ShuffleXor(place, i));
        }
    }
}

/// <summary>Threads of whole warps, or of a part of one: each warp combines what it has, and what the warps have goes through memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuWarpsTeam<T, S> : IGpuTeam<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <inheritdoc/>
    public static ArrayView<TElement> Memory<TElement>()
        where TElement : unmanaged => SharedMemory.Allocate<TElement>(GpuThread.Most);

    /// <inheritdoc/>
    public static T Sum(ArrayView<T> shared, T value) => Combined<Sums<T, S>>(shared, value);

    /// <inheritdoc/>
    public static T Max(ArrayView<T> shared, T value) => Combined<Largest<T, S>>(shared, value);

    /// <inheritdoc/>
    public static T Min(ArrayView<T> shared, T value) => Combined<Smallest<T, S>>(shared, value);

    /// <inheritdoc/>
    public static int ArgMax(ArrayView<T> shared, ArrayView<int> places, T value, int place) => Place<Largest<T, S>>(shared, places, value, place);

    /// <inheritdoc/>
    public static int ArgMin(ArrayView<T> shared, ArrayView<int> places, T value, int place) => Place<Smallest<T, S>>(shared, places, value, place);

    /// <summary>How many warps a row has.</summary>
    private static int Warps => (Group.DimX + Warp.WarpSize - 1) / Warp.WarpSize;

    /// <summary>Whose values lie here: the first warp's of the row, and this one's.</summary>
    private static int First => Group.IdxY * Warps;

    private static int Self => First + (Group.IdxX / Warp.WarpSize);

    private static bool IsFirstOfWarp => Group.IdxX % Warp.WarpSize == 0;

    private static T Combined<C>(ArrayView<T> shared, T value)
        where C : struct, ICombination<T>
    {
        value = GpuWarpTeam<T, S>.Combined<C>(value);
        Group.Barrier();
        if (IsFirstOfWarp) shared[Self] = value;
        Group.Barrier();
        var result = shared[First];
        for (var i = 1; i < Warps; i++) result = C.Of(result, shared[First + i]);
        return result;
    }

    private static int Place<C>(ArrayView<T> shared, ArrayView<int> places, T value, int place)
        where C : struct, ICombination<T>
    {
        GpuWarpTeam<T, S>.FindPlace<C>(ref value, ref place);
        Group.Barrier();
        if (IsFirstOfWarp) (shared[Self], places[Self]) = (value, place);
        Group.Barrier();
        (value, place) = (shared[First], places[First]);
        for (var i = 1; i < Warps; i++) GpuPlaces<T, S>.Better<C>(ref value, ref place, shared[First + i], places[First + i]);
        return place;
    }
}
