using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Launches additions to places that ids name. Terms are put in order by their keys; then those of a key are added up piece by piece, and
/// its pieces one after the other: no two threads add to one element, and a run repeats to the last bit. A few terms are not worth so many
/// launches: for each element all are looked through.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuScatter
{
    /// <summary>Adds.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="terms">The terms of each.</param>
    /// <param name="keys">The lines of each.</param>
    /// <param name="length">The elements of a line.</param>
    /// <param name="quads">Whether four of these are neighbours in all that lies in memory, as the sizes are.</param>
    public static void Add<TStage, T, S>(GpuDevice device, TStage stage, nint items, nint terms, nint keys, nint length, bool quads)
        where TStage : struct, IGpuScatter<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (items * keys * length == 0) return;
        var isByFours = quads && device.TakesQuads;
        if (terms <= FewTerms && items * keys * length * terms <= FewSteps)
        {
            if (isByFours) Few<TStage, T, Quad<T>, Quad<bool>, Quads<T, S>>(device, stage, items, terms, keys, length);
            else Few<TStage, T, T, bool, S>(device, stage, items, terms, keys, length);
            return;
        }

        var order = new GpuTermOrder(device, items, terms, keys);
        var elements = items * order.Pieces * length;
        GpuLauncher.CheckIndices(elements);
        var orderBytes = GpuArena.Aligned((nint)order.Bytes);
        var partBytes = order.Longs == 0 ? 0 : elements * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, orderBytes + partBytes);
        order.Take(arena.At(0, order.Bytes).GpuView<int>(device));
        var parts = arena.At(orderBytes, partBytes).GpuView<T>(device);

        device.Launch(new GpuCountTerms<TStage, T> { Stage = stage, Order = order }, items * order.Shares, device.GroupSize);
        GpuLauncher.Elements(device, new GpuAddShares { Order = order }, items * keys);
        device.Launch(new GpuFindFirsts { Order = order }, items, device.GroupSize);
        GpuLauncher.Elements(device, new GpuPlaceTerms<TStage, T> { Stage = stage, Order = order }, items * terms);
        if (isByFours) Sums<TStage, T, Quad<T>, Quad<bool>, Quads<T, S>>(device, stage, order, parts, (int)length);
        else Sums<TStage, T, T, bool, S>(device, stage, order, parts, (int)length);
    }

    private static void Few<TStage, T, V, M, L>(GpuDevice device, TStage stage, nint items, nint terms, nint keys, nint length)
        where TStage : struct, IGpuScatter<TStage, T>
        where T : unmanaged
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        var elements = items * keys * length;
        var few = new GpuAddFew<TStage, T, V, M, L>
        {
            Stage = stage, Terms = (int)terms, Keys = (int)keys, Length = (int)length, Elements = (int)elements,
        };
        GpuLauncher.Elements(device, few, elements / L.Width);
    }

    private static void Sums<TStage, T, V, M, L>(GpuDevice device, TStage stage, GpuTermOrder order, ArrayView<T> parts, int length)
        where TStage : struct, IGpuScatter<TStage, T>
        where T : unmanaged
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        var pieces = new GpuAddTerms<TStage, T, V, M, L> { Stage = stage, Order = order, Parts = parts, Length = length };
        GpuLauncher.Elements(device, pieces, (nint)order.Items * order.Pieces * length / L.Width);

        var x = Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)(length / L.Width)), Math.Min(Columns, device.GroupSize));
        var blocks = (int)GpuLauncher.Groups(length, x * L.Width);
        var joined = new GpuAddPieces<TStage, T, V, M, L> { Stage = stage, Order = order, Parts = parts, Length = length, Blocks = blocks };
        device.Launch(joined, (long)order.Items * order.Longs * blocks, x, device.GroupSize / x);
    }

    /// <summary>The most threads beside each other that join pieces.</summary>
    private const int Columns = 32;

    /// <summary>So many terms a thread looks through in no more time than the launches would take that put them in order.</summary>
    private const int FewTerms = 256;

    /// <summary>So often all threads together may look at one.</summary>
    private const int FewSteps = 1 << 22;
}

/// <summary>Adds up few terms, which are looked through for each element of the result, or for four.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuAddFew<TStage, T, V, M, L> : IGpuStage<GpuAddFew<TStage, T, V, M, L>>
    where TStage : struct, IGpuScatter<TStage, T>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <summary>The terms of an item, its lines, and the elements of each and of all.</summary>
    public int Terms, Keys, Length, Elements;

    /// <inheritdoc/>
    public static void Run(GpuAddFew<TStage, T, V, M, L> few)
    {
        var at = GpuThread.Index * L.Width;
        if (at >= few.Elements) return;
        var (line, element) = (at / few.Length, at % few.Length);
        var (item, key) = (line / few.Keys, line % few.Keys);
        var sum = L.Splat(default(T));
        for (var term = 0; term < few.Terms; term++)
        {
            if (TStage.Key(few.Stage, item, term) == key) sum = L.Add(sum, TStage.Term<V, M, L>(few.Stage, item, term, element));
        }
        TStage.Store<V, M, L>(few.Stage, item, key, element, sum);
    }
}

/// <summary>Adds up the terms of each piece: a thread for each element of its line, or for four.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuAddTerms<TStage, T, V, M, L> : IGpuStage<GpuAddTerms<TStage, T, V, M, L>>
    where TStage : struct, IGpuScatter<TStage, T>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <summary>The terms in order.</summary>
    public GpuTermOrder Order;

    /// <summary>[item, piece, element]: the sums of pieces that are not their key's only one.</summary>
    public ArrayView<T> Parts;

    /// <summary>The elements of a line.</summary>
    public int Length;

    /// <inheritdoc/>
    public static void Run(GpuAddTerms<TStage, T, V, M, L> stage)
    {
        var (order, at) = (stage.Order, GpuThread.Index * L.Width);
        if (at >= order.Items * order.Pieces * stage.Length) return;
        var (piece, element) = (at / stage.Length, at % stage.Length);
        var key = order.PieceKeys[piece];
        if (key < 0) return;
        var item = piece / order.Pieces;
        var line = (item * (order.Keys + 1)) + key;
        var firstPiece = order.FirstPieces[line];
        var place = item * order.Terms;
        var first = place + order.FirstPlaces[line] + ((piece % order.Pieces - firstPiece) * GpuTermOrder.PieceTerms);
        var end = IntrinsicMath.Min(first + GpuTermOrder.PieceTerms, place + order.FirstPlaces[line + 1]);
        var sum = L.Splat(default(T));
        // Four are read before the first of them is added.
        for (var i = first; i < end; i += 4)
        {
            var a = Term(stage, item, i, end, element);
            var b = Term(stage, item, i + 1, end, element);
            var c = Term(stage, item, i + 2, end, element);
            var d = Term(stage, item, i + 3, end, element);
            sum = L.Add(sum, a);
            if (i + 1 < end) sum = L.Add(sum, b);
            if (i + 2 < end) sum = L.Add(sum, c);
            if (i + 3 < end) sum = L.Add(sum, d);
        }
        if (order.FirstPieces[line + 1] - firstPiece > 1) L.Store(stage.Parts, at, sum);
        else TStage.Store<V, M, L>(stage.Stage, item, key, element, sum);
    }

    /// <summary>The term at a place, or the last before the end.</summary>
    private static V Term(GpuAddTerms<TStage, T, V, M, L> stage, int item, int place, int end, int element)
        => TStage.Term<V, M, L>(stage.Stage, item, stage.Order.Order[IntrinsicMath.Min(place, end - 1)], element);
}

/// <summary>Adds up the pieces of keys that have several: a group for each, and for some elements of its line.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuAddPieces<TStage, T, V, M, L> : IGpuStage<GpuAddPieces<TStage, T, V, M, L>>
    where TStage : struct, IGpuScatter<TStage, T>
    where T : unmanaged
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <inheritdoc cref="GpuAddTerms{TStage, T, V, M, L}.Stage"/>
    public TStage Stage;

    /// <inheritdoc cref="GpuAddTerms{TStage, T, V, M, L}.Order"/>
    public GpuTermOrder Order;

    /// <inheritdoc cref="GpuAddTerms{TStage, T, V, M, L}.Parts"/>
    public ArrayView<T> Parts;

    /// <inheritdoc cref="GpuAddTerms{TStage, T, V, M, L}.Length"/>
    public int Length;

    /// <summary>The groups that a line takes.</summary>
    public int Blocks;

    /// <inheritdoc/>
    public static void Run(GpuAddPieces<TStage, T, V, M, L> stage)
    {
        var order = stage.Order;
        var shared = SharedMemory.Allocate<V>(GpuThread.Most);
        var (number, block) = (Grid.IdxX / stage.Blocks, Grid.IdxX % stage.Blocks);
        var (item, key) = (number / order.Longs, order.LongKeys[number]);
        if (key < 0) return;
        var line = (item * (order.Keys + 1)) + key;
        var element = ((block * Group.DimX) + Group.IdxX) * L.Width;
        var isElement = element < stage.Length;
        var pieces = item * order.Pieces;
        var end = isElement ? pieces + order.FirstPieces[line + 1] : 0;
        var sum = L.Splat(default(T));
        for (var piece = pieces + order.FirstPieces[line] + Group.IdxY; piece < end; piece += Group.DimY)
            sum = L.Add(sum, L.Load(stage.Parts, (piece * stage.Length) + element));
        sum = GpuReduce<V, L>.SumY(shared, sum);
        if (isElement && Group.IdxY == 0) TStage.Store<V, M, L>(stage.Stage, item, key, element, sum);
    }
}
