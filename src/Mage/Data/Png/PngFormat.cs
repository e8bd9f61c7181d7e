using System.Buffers.Binary;

namespace Mage.Data.Png;

/// <summary>What reader and writer share: signature, chunk names, the checksum, the five row filters (PNG, third edition).</summary>
internal static class PngFormat
{
    /// <summary>Larger pictures are refused before memory is taken for them.</summary>
    public const int MaxSide = 32768;

    /// <summary>Most pixels that are read.</summary>
    public const long MaxPixels = 100_000_000;

    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>The eight bytes that every PNG begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The checksum of a chunk: CRC-32 over its name and its data.</summary>
    public static uint Crc(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => ~Update(Update(uint.MaxValue, name), data);

    /// <summary>A chunk's name as a number.</summary>
    public static uint Name(ReadOnlySpan<byte> name) => BinaryPrimitives.ReadUInt32BigEndian(name);

    /// <summary>The fourth filter's prediction: whichever of left, above and upper left is nearest to left + above - upper left.</summary>
    public static byte Paeth(int left, int above, int corner)
    {
        var (toLeft, toAbove) = (Math.Abs(above - corner), Math.Abs(left - corner));
        var toCorner = Math.Abs(left + above - (2 * corner));
        return (byte)(toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner);
    }

    /// <summary>Filters a row: out[i] = row[i] - prediction.</summary>
    /// <param name="filter">0 none, 1 left, 2 above, 3 their average, 4 Paeth.</param>
    /// <param name="row">The row's bytes.</param>
    /// <param name="above">The row above; zeros for the first.</param>
    /// <param name="step">Bytes in a pixel.</param>
    /// <param name="output">As long as the row.</param>
    public static void Filter(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> output)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var (left, corner) = i >= step ? (row[i - step], above[i - step]) : (0, 0);
            output[i] = (byte)(row[i] - Predict(filter, left, above[i], corner));
        }
    }

    /// <summary>Undoes <see cref="Filter"/> in place.</summary>
    public static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        if (filter == 0)
        {
            return;
        }

        for (var i = 0; i < row.Length; i++)
        {
            var (left, corner) = i >= step ? (row[i - step], above[i - step]) : (0, 0);
            row[i] = (byte)(row[i] + Predict(filter, left, above[i], corner));
        }
    }

    private static int Predict(int filter, int left, int above, int corner) => filter switch
    {
        0 => 0,
        1 => left,
        2 => above,
        3 => (left + above) >> 1,
        _ => Paeth(left, above, corner),
    };

    private static uint Update(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
        {
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var n = 0u; n < 256; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
            }

            table[n] = c;
        }

        return table;
    }
}
