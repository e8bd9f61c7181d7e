namespace MageDsl.Devices;

/// <summary>A piece of a device's memory, from which its pool cuts blocks, front to back.</summary>
internal sealed class Slab(nint start, nuint bytes)
{
    private nuint used;

    /// <summary>Where it begins.</summary>
    public nint Start => start;

    /// <summary>Blocks of it that are rented.</summary>
    public int Rented { get; set; }

    /// <summary>Whether a block of this size is left.</summary>
    public bool HasRoom(nuint size) => size <= bytes - used;

    /// <summary>Cuts a block off; there must be room.</summary>
    public nint Cut(nuint size)
    {
        var block = start + (nint)used;
        used += size;
        return block;
    }
}
