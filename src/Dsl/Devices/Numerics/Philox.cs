namespace MageDsl.Devices;

/// <summary>
/// Philox2x32-10, random numbers by counter (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// the same counter and key give the same words, whoever asks and in whatever order.
/// </summary>
public static class Philox
{
    internal const uint Multiplier = 0xD256D193;
    internal const uint Weyl = 0x9E3779B9;

    /// <summary>The two words for a counter of two words under a key.</summary>
    public static (uint First, uint Second) Draw(uint counter0, uint counter1, uint key) => Draw<WideProduct>(counter0, counter1, key);

    // Written out: on a card a loop around three instructions is five more.
    internal static (uint First, uint Second) Draw<TProduct>(uint counter0, uint counter1, uint key)
        where TProduct : struct, IWideProduct
    {
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 0);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 1);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 2);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 3);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 4);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 5);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 6);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 7);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 8);
        return Round<TProduct>(counter0, counter1, key, 9);
    }

    /// <summary>
    /// The word at a position of a stream, for those who need one for each position: the two of a counter are those of an even position
    /// and of the one after it.
    /// </summary>
    public static uint Word(uint position, uint stream, uint key) => Word<WideProduct>(position, stream, key);

    internal static uint Word<TProduct>(uint position, uint stream, uint key)
        where TProduct : struct, IWideProduct
    {
        var (first, second) = Draw<TProduct>(position >> 1, stream, key);
        return (position & 1) == 0 ? first : second;
    }

    private static (uint First, uint Second) Round<TProduct>(uint counter0, uint counter1, uint key, uint number)
        where TProduct : struct, IWideProduct
    {
        var product = TProduct.Of(counter0, Multiplier);
        return ((uint)(product >> 32) ^ unchecked(key + (number * Weyl)) ^ counter1, (uint)product);
    }
}

/// <summary>How a device multiplies two words.</summary>
internal interface IWideProduct
{
    /// <summary>All 64 bits.</summary>
    static abstract ulong Of(uint a, uint b);
}

/// <summary>In C#.</summary>
internal readonly struct WideProduct : IWideProduct
{
    public static ulong Of(uint a, uint b) => (ulong)a * b;
}
