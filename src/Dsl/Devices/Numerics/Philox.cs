namespace MageDsl.Devices;

/// <summary>
/// Philox2x32-10, random numbers by counter (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// the same counter and key give the same words, whoever asks and in whatever order.
/// </summary>
public static class Philox
{
    internal const uint Multiplier = 0xD256D193;
    internal const uint Weyl = 0x9E3779B9;
    internal const int Rounds = 10;

    /// <summary>The two words for a counter of two words under a key.</summary>
    public static (uint First, uint Second) Draw(uint counter0, uint counter1, uint key)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product = (ulong)Multiplier * counter0;
            counter0 = (uint)(product >> 32) ^ key ^ counter1;
            counter1 = (uint)product;
            key = unchecked(key + Weyl);
        }
        return (counter0, counter1);
    }

    /// <summary>
    /// The word at a position of a stream, for those who need one for each position: the two of a counter are those of an even position
    /// and of the one after it.
    /// </summary>
    public static uint Word(uint position, uint stream, uint key)
    {
        var (first, second) = Draw(position >> 1, stream, key);
        return (position & 1) == 0 ? first : second;
    }
}
