using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The terms of a scatter by their keys, those of one key as they came: each item's by itself. A key's terms are cut into pieces of at most
/// <see cref="PieceTerms"/>, of which every key has one at least.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GpuTermOrder
{
    /// <summary>So many terms are added up one after the other.</summary>
    public const int PieceTerms = 32;

    /// <summary>Shares are gone through by so many at once.</summary>
    internal const int SharesAtOnce = 4;

    /// <summary>What there is: items, and of each so many terms and keys.</summary>
    public int Items, Terms, Keys;

    /// <summary>An item's terms are counted in shares of so many each.</summary>
    public int Shares, ShareTerms;

    /// <summary>The most pieces that an item can have, and the most keys with several.</summary>
    public int Pieces, Longs;

    /// <summary>[item, share, key]: how many terms; then how many there are in the shares before.</summary>
    public ArrayView<int> Counts;

    /// <summary>[item, term]: how many of its share and its key come before it.</summary>
    public ArrayView<int> Ranks;

    /// <summary>[item, place]: the terms in order.</summary>
    public ArrayView<int> Order;

    /// <summary>[item, key]: the place of its first term; and of one key more.</summary>
    public ArrayView<int> FirstPlaces;

    /// <summary>[item, key]: its first piece; and of one key more.</summary>
    public ArrayView<int> FirstPieces;

    /// <summary>[item, piece]: whose it is; -1 where there is none.</summary>
    public ArrayView<int> PieceKeys;

    /// <summary>[item, number]: the keys that have several pieces; -1 where there is none.</summary>
    public ArrayView<int> LongKeys;

    /// <summary>An order that is yet to be made, without its memory.</summary>
    public GpuTermOrder(GpuDevice device, nint items, nint terms, nint keys)
    {
        var tiles = GpuLauncher.Groups(terms, device.GroupSize);
        // As many as keep the device busy, but no more than make the counts about as many as there are terms and keys.
        var shares = Math.Min(Math.Min(tiles, device.BusyGroups / items), SharesAtOnce * (terms + keys) / keys);
        shares = SharesAtOnce * Math.Max(1, shares / SharesAtOnce);
        GpuLauncher.CheckIndices((nint)(items * shares * keys));
        GpuLauncher.CheckIndices(items * terms);
        (Items, Terms, Keys, Shares) = ((int)items, (int)terms, (int)keys, (int)shares);
        ShareTerms = (int)GpuLauncher.Groups(tiles, Shares) * device.GroupSize;
        Longs = Math.Min(Keys, Terms / PieceTerms);
        Pieces = Keys + (Terms / PieceTerms);
    }

    /// <summary>The bytes that it takes of the device's memory.</summary>
    public readonly long Bytes => Sizes().Sum() * sizeof(int);

    /// <summary>Gives it so much memory.</summary>
    public void Take(ArrayView<int> memory)
    {
        var views = new List<ArrayView<int>>();
        var at = 0L;
        foreach (var size in Sizes())
        {
            views.Add(size == 0 ? ArrayView<int>.Empty : memory.SubView(at, size));
            at += size;
        }
        (Counts, Ranks, Order, FirstPlaces, FirstPieces, PieceKeys, LongKeys)
            = (views[0], views[1], views[2], views[3], views[4], views[5], views[6]);
    }

    private readonly long[] Sizes()
    {
        long items = Items;
        return
        [
            items * Shares * Keys, items * Terms, items * Terms, items * (Keys + 1), items * (Keys + 1), items * Pieces, items * Longs,
        ];
    }

    /// <summary>How many pieces so many terms are.</summary>
    internal static int PiecesOf(int terms) => Math.Max(1, (terms + PieceTerms - 1) / PieceTerms);
}
