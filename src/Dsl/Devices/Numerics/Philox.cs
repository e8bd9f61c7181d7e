namespace MageDsl.Devices;

/// <summary>
/// Philox2x32, random numbers by counter (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// the same counter and key give the same words, whoever asks and in whatever order. What the host draws once takes the usual ten rounds; numbers
/// for each position of a value take seven, the fewest with which it passes all of BigCrush there, because kernels spend a good part of their time
/// on them.
/// </summary>
public static class Philox
{
    internal const uint Multiplier = 0xD256D193;
    internal const uint Weyl = 0x9E3779B9;

    /// <summary>The two words for a counter of two words under a key, by ten rounds.</summary>
    public static (uint First, uint Second) Draw(uint counter0, uint counter1, uint key)
    {
        for (var round = 0u; round < 10; round++) (counter0, counter1) = Round<WideProduct>(counter0, counter1, key, round);
        return (counter0, counter1);
    }

    /// <summary>The words of an even position of a stream, of which the counter is half, and of the next, by seven rounds.</summary>
    public static (uint First, uint Second) Pair(uint counter, uint stream, uint key) => Pair<WideProduct>(counter, stream, key);

    // Written out: on a card a loop around three instructions is five more.
    internal static (uint First, uint Second) Pair<TProduct>(uint counter0, uint counter1, uint key)
        where TProduct : struct, IWideProduct
    {
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 0);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 1);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 2);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 3);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 4);
        (counter0, counter1) = Round<TProduct>(counter0, counter1, key, 5);
        return Round<TProduct>(counter0, counter1, key, 6);
    }

    /// <summary>The word at a position of a stream: one of a <see cref="Pair(uint, uint, uint)"/>.</summary>
    public static uint Word(uint position, uint stream, uint key) => Word<WideProduct>(position, stream, key);

    internal static uint Word<TProduct>(uint position, uint stream, uint key)
        where TProduct : struct, IWideProduct
    {
        var (first, second) = Pair<TProduct>(position >> 1, stream, key);
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
