using System.ComponentModel;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Words of <see cref="Philox"/> for neighbours, of which two are drawn at once. From an odd position on one more is drawn: the threads of a warp go
/// the same way, where they have one row.
/// </summary>
internal static class RandomWords
{
    /// <summary>Those of four positions, the first of them even.</summary>
    public static Quad<uint> Four(uint seed, uint stream, uint index)
    {
        var (x, y) = Philox.Pair<CardProduct>(index >> 1, stream, seed);
        var (z, w) = Philox.Pair<CardProduct>((index >> 1) + 1, stream, seed);
        return new(x, y, z, w);
    }

    /// <summary>Those of four positions.</summary>
    public static Quad<uint> FourFrom(uint seed, uint stream, uint index)
    {
        if ((index & 1) == 0) return Four(seed, stream, index);
        var (_, x) = Philox.Pair<CardProduct>(index >> 1, stream, seed);
        var (y, z) = Philox.Pair<CardProduct>((index >> 1) + 1, stream, seed);
        var (w, _) = Philox.Pair<CardProduct>((index >> 1) + 2, stream, seed);
        return new(x, y, z, w);
    }

    /// <summary>Those of eight positions, the first of them even.</summary>
    public static Pair<Quad<uint>> Eight(uint seed, uint stream, uint index)
        => new(Four(seed, stream, index), Four(seed, stream, index + 4));

    /// <summary>Those of eight positions.</summary>
    public static Pair<Quad<uint>> EightFrom(uint seed, uint stream, uint index)
    {
        if ((index & 1) == 0) return Eight(seed, stream, index);
        uint pair = index >> 1;
        var (_, a) = Philox.Pair<CardProduct>(pair, stream, seed);
        var (b, c) = Philox.Pair<CardProduct>(pair + 1, stream, seed);
        var (d, e) = Philox.Pair<CardProduct>(pair + 2, stream, seed);
        var (f, g) = Philox.Pair<CardProduct>(pair + 3, stream, seed);
        var (h, _) = Philox.Pair<CardProduct>(pair + 4, stream, seed);
        return new(new(a, b, c, d), new(e, f, g, h));
    }
}

/// <summary>
/// A number that random ones are compared with: a word's upper 24 bits, as a fraction, are below it if the word is not above another, which is found
/// once. It is an instruction instead of four.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RandomLimit
{
    /// <summary>How many fractions there are.</summary>
    internal const int Fractions = 1 << 24;

    private readonly bool isAny;
    private readonly uint last;

    /// <summary>The limit for the fractions of some words.</summary>
    /// <param name="count">
    /// How many fractions there are below it, a whole number; none if it is negative or NaN, <see cref="Fractions"/> or more if all are.
    /// </param>
    internal RandomLimit(float count)
    {
        isAny = Comparisons.IsLess(0, count);
        // All of 2^32 words are up to the one before the first.
        last = ((uint)(int)(count < Fractions ? count : Fractions) << 8) - 1;
    }

    /// <summary>Whether the fraction of a word is below it.</summary>
    internal bool IsAbove(uint word) => isAny & word <= last;

    /// <summary>The same of four.</summary>
    internal Quad<bool> AreAbove(Quad<uint> words) => new(IsAbove(words.X), IsAbove(words.Y), IsAbove(words.Z), IsAbove(words.W));
}
