using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Counts the terms of each key: a group has a share of an item, and goes through it with a thread for each term. Nobody but it counts
/// there, so a term's rank is the same in every run.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuCountTerms<TStage, T> : IGpuStage<GpuCountTerms<TStage, T>>
    where TStage : struct, IGpuScatter<TStage, T>
    where T : unmanaged
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <summary>What is made.</summary>
    public GpuTermOrder Order;

    /// <inheritdoc/>
    public static void Run(GpuCountTerms<TStage, T> count)
    {
        var order = count.Order;
        var keys = SharedMemory.Allocate<int>(GpuThread.Most);
        var (self, threads) = (Group.IdxX, Group.DimX);
        var (item, share) = (Grid.IdxX / order.Shares, Grid.IdxX % order.Shares);
        var counts = Grid.IdxX * order.Keys;
        for (var key = self; key < order.Keys; key += threads) order.Counts[counts + key] = 0;
        var first = share * order.ShareTerms;
        var end = IntrinsicMath.Min(first + order.ShareTerms, order.Terms);
        for (var start = first; start < end; start += threads)
        {
            var term = start + self;
            var key = term < end ? TStage.Key(count.Stage, item, term) : -1;
            keys[self] = key;
            Group.Barrier();
            var (before, all) = (0, 0);
            for (var other = 0; other < threads; other++)
            {
                var same = keys[other] == key ? 1 : 0;
                all += same;
                before += other < self ? same : 0;
            }
            var counted = key < 0 ? 0 : order.Counts[counts + key];
            Group.Barrier();
            if (key < 0) continue;
            order.Ranks[(item * order.Terms) + term] = counted + before;
            if (before == all - 1) order.Counts[counts + key] = counted + all;
        }
    }
}

/// <summary>Adds up the shares of a key: a thread for each key of each item.</summary>
internal struct GpuAddShares : IGpuStage<GpuAddShares>
{
    public GpuTermOrder Order;

    public static void Run(GpuAddShares stage)
    {
        var order = stage.Order;
        if (GpuThread.Index >= order.Items * order.Keys) return;
        var (item, key, step) = (GpuThread.Index / order.Keys, GpuThread.Index % order.Keys, order.Keys);
        var sum = 0;
        for (var share = 0; share < order.Shares; share += GpuTermOrder.SharesAtOnce)
        {
            var at = (((item * order.Shares) + share) * step) + key;
            var (a, b, c, d) = (order.Counts[at], order.Counts[at + step], order.Counts[at + (2 * step)], order.Counts[at + (3 * step)]);
            order.Counts[at] = sum;
            order.Counts[at + step] = sum + a;
            order.Counts[at + (2 * step)] = sum + a + b;
            order.Counts[at + (3 * step)] = sum + a + b + c;
            sum += a + b + c + d;
        }
        order.FirstPlaces[(item * (order.Keys + 1)) + key + 1] = sum;
    }
}

/// <summary>Finds where the terms and pieces of each key begin: a group for each item, whose threads have keys that follow each other.</summary>
internal struct GpuFindFirsts : IGpuStage<GpuFindFirsts>
{
    public GpuTermOrder Order;

    public static void Run(GpuFindFirsts stage)
    {
        var order = stage.Order;
        var shared = SharedMemory.Allocate<int>(GpuThread.Most);
        var (self, threads, item) = (Group.IdxX, Group.DimX, Grid.IdxX);
        var each = (order.Keys + threads - 1) / threads;
        var (first, end) = (IntrinsicMath.Min(self * each, order.Keys), IntrinsicMath.Min((self + 1) * each, order.Keys));
        var (keys, pieces, longs) = (item * (order.Keys + 1), item * order.Pieces, item * order.Longs);
        for (var i = self; i < order.Pieces; i += threads) order.PieceKeys[pieces + i] = -1;
        for (var i = self; i < order.Longs; i += threads) order.LongKeys[longs + i] = -1;
        if (self == 0)
        {
            order.FirstPlaces[keys] = 0;
            order.FirstPieces[keys] = 0;
        }

        var (place, piece, many) = (0, 0, 0);
        for (var key = first; key < end; key++)
        {
            var terms = order.FirstPlaces[keys + key + 1];
            place += terms;
            piece += GpuTermOrder.PiecesOf(terms);
            many += terms > GpuTermOrder.PieceTerms ? 1 : 0;
        }
        place = Before(shared, place);
        piece = Before(shared, piece);
        many = Before(shared, many);
        for (var key = first; key < end; key++)
        {
            var terms = order.FirstPlaces[keys + key + 1];
            var next = piece + GpuTermOrder.PiecesOf(terms);
            place += terms;
            if (terms > GpuTermOrder.PieceTerms) order.LongKeys[longs + many++] = key;
            for (; piece < next; piece++) order.PieceKeys[pieces + piece] = key;
            order.FirstPlaces[keys + key + 1] = place;
            order.FirstPieces[keys + key + 1] = piece;
        }
    }

    /// <summary>The sum over the threads before this one.</summary>
    private static int Before(ArrayView<int> shared, int value)
    {
        Group.Barrier();
        shared[Group.IdxX] = value;
        Group.Barrier();
        var sum = 0;
        for (var i = 0; i < Group.IdxX; i++) sum += shared[i];
        return sum;
    }
}

/// <summary>Puts each term where it belongs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuPlaceTerms<TStage, T> : IGpuStage<GpuPlaceTerms<TStage, T>>
    where TStage : struct, IGpuScatter<TStage, T>
    where T : unmanaged
{
    /// <summary>The stage.</summary>
    public TStage Stage;

    /// <summary>What is made.</summary>
    public GpuTermOrder Order;

    /// <inheritdoc/>
    public static void Run(GpuPlaceTerms<TStage, T> stage)
    {
        var (order, at) = (stage.Order, GpuThread.Index);
        if (at >= order.Items * order.Terms) return;
        var (item, term) = (at / order.Terms, at % order.Terms);
        var key = TStage.Key(stage.Stage, item, term);
        var share = (item * order.Shares) + (term / order.ShareTerms);
        var place = order.FirstPlaces[(item * (order.Keys + 1)) + key] + order.Counts[(share * order.Keys) + key] + order.Ranks[at];
        order.Order[(item * order.Terms) + place] = term;
    }
}
