namespace Mage.Tests.Fuzz;

/// <summary>Files with something wrong in them, always the same for the same seed.</summary>
internal static class Mutations
{
    // What stands for lengths, counts and opcodes in binary files, at the ends of their ranges.
    private static readonly byte[][] Extremes =
    [
        [0], [0xFF], [0x7F], [0x80], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "-1"u8.ToArray(), "1e999"u8.ToArray(),
        "99999999999"u8.ToArray(), "null"u8.ToArray(), "\"\""u8.ToArray(), "[[[["u8.ToArray(),
    ];

    private static readonly byte[] Digits = [.. "0123456789-."u8];

    // Opcodes of pickles, known and unknown.
    private static readonly byte[] Opcodes =
        [.. "NJKMGXBC()t]ae}suqrhjcRbQ.0i12oI"u8, 0x80, 0x81, 0x82, 0x85, 0x86, 0x87, 0x88, 0x8A, 0x8C, 0x93, 0x94, 0x95];

    /// <summary>A file with some changes, mostly one: the first mistake that is found hides all others.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var changes = Math.Max(1, random.Next(8) - 3); changes > 0 && bytes.Count > 0; changes--)
        {
            Change(bytes, random);
        }

        return [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        var length = Math.Min(bytes.Count - at, 1 + random.Next(1 + random.Next(64)));
        switch (random.Next(14))
        {
            case 0 or 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes[at] = (byte)random.Next(256); break;
            case 3 or 4: Replace(bytes, Opcodes, random); break;
            case 5 or 6 or 7: Replace(bytes, Digits, random); break;
            case 8: bytes.RemoveRange(at, length); break;
            case 9: bytes.RemoveRange(at, bytes.Count - at); break;
            case 10: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
            case 11: (bytes[at], bytes[^(1 + at)]) = (bytes[^(1 + at)], bytes[at]); break;
            default: Put(bytes, at, Extremes[random.Next(Extremes.Length)], random.Next(4) == 0); break;
        }
    }

    /// <summary>Puts one of some bytes in the place of another of them, so that the file stays one of its kind as long as can be.</summary>
    private static void Replace(List<byte> bytes, byte[] some, Random random)
    {
        var start = random.Next(bytes.Count);
        var at = Enumerable.Range(0, bytes.Count).Select(i => (start + i) % bytes.Count).FirstOrDefault(i => some.Contains(bytes[i]), start);
        bytes[at] = some[random.Next(some.Length)];
    }

    private static void Put(List<byte> bytes, int at, byte[] extreme, bool isInserted)
    {
        if (!isInserted)
        {
            bytes.RemoveRange(at, Math.Min(extreme.Length, bytes.Count - at));
        }

        bytes.InsertRange(at, extreme);
    }
}
