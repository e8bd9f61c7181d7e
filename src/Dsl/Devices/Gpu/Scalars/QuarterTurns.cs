namespace MageDsl.Devices.Gpu;

/// <summary>
/// Angles of any size in quarter turns, as Payne and Hanek take them: the product with 2/π, in integers, of which only those bits are made that
/// count modulo a whole turn.
/// </summary>
internal static class QuarterTurns
{
    /// <summary>2^-64: what the last bit of the fraction's first word is worth.</summary>
    public const double Unit = 1.0 / (1L << 32) / (1L << 32);

    /// <summary>The nearest number of quarter turns, modulo four, and what the angle is beyond it, in them.</summary>
    /// <param name="mantissa">The angle is this, times two to the <paramref name="exponent"/>.</param>
    /// <param name="exponent">From -60 to 1000.</param>
    /// <param name="high">The rest in units of 2^-64, rounded down.</param>
    /// <param name="low">What that leaves, in units of 2^-128.</param>
    public static int Of(ulong mantissa, int exponent, out long high, out ulong low)
    {
        // Bits of 2/π are counted from the first behind the point; those before this one only make whole turns.
        var first = exponent + 62;
        var (word, shift) = (first >> 6, first & 63);
        var (a, b, c) = (Bits(word, shift), Bits(word + 1, shift), Bits(word + 2, shift));

        // 192 bits of the product, the two before the point first.
        var last = mantissa * c;
        var middle = mantissa * b;
        var carried = High(mantissa, c);
        var sum = middle + carried;
        var top = (mantissa * a) + High(mantissa, b) + (sum < middle ? 1ul : 0);

        var quarters = (int)(top >> 62);
        high = (long)((top << 2) | (sum >> 62));
        low = (sum << 2) | (last >> 62);
        // As a signed number the fraction is the distance to the nearest, and of a half or more the next.
        return high < 0 ? (quarters + 1) & 3 : quarters;
    }

    /// <summary>The upper half of a product.</summary>
    private static ulong High(ulong a, ulong b)
    {
        var (a0, a1, b0, b1) = (a & uint.MaxValue, a >> 32, b & uint.MaxValue, b >> 32);
        var middle = (a1 * b0) + ((a0 * b0) >> 32);
        var other = (a0 * b1) + (middle & uint.MaxValue);
        return (a1 * b1) + (middle >> 32) + (other >> 32);
    }

    private static ulong Bits(int word, int shift) => shift == 0 ? Word(word) : (Word(word) << shift) | (Word(word + 1) >> (64 - shift));

    /// <summary>2/π in words of 64 bits, after one of zeros.</summary>
    private static ulong Word(int index) => index switch
    {
        1 => 0xA2F9836E4E441529,
        2 => 0xFC2757D1F534DDC0,
        3 => 0xDB6295993C439041,
        4 => 0xFE5163ABDEBBC561,
        5 => 0xB7246E3A424DD2E0,
        6 => 0x06492EEA09D1921C,
        7 => 0xFE1DEB1CB129A73E,
        8 => 0xE88235F52EBB4484,
        9 => 0xE99C7026B45F7E41,
        10 => 0x3991D639835339F4,
        11 => 0x9C845F8BBDF9283B,
        12 => 0x1FF897FFDE05980F,
        13 => 0xEF2F118B5A0A6D1F,
        14 => 0x6D367ECF27CB09B7,
        15 => 0x4F463F669E5FEA2D,
        16 => 0x7527BAC7EBE5F17B,
        17 => 0x3D0739F78A5292EA,
        18 => 0x6BFB5FB11F8D5D08,
        19 => 0x56033046FC7B6BAB,
        20 => 0xF0CFBC209AF4361D,
        _ => 0,
    };
}
