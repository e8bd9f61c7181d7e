using System.Buffers.Binary;
using System.Text;

namespace Mage.Data.Png;

/// <summary>Walks the chunks of a file and checks the checksum of each.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    private ReadOnlySpan<byte> rest = file[PngFormat.Signature.Length..];

    /// <summary>The next chunk's content and name.</summary>
    /// <exception cref="PngException">The file ends before the chunk does, or the chunk is damaged.</exception>
    public ReadOnlySpan<byte> Next(out uint name)
    {
        if (rest.Length < 12)
        {
            throw new PngException("it is cut off");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        name = PngFormat.Name(rest[4..]);
        if (length > rest.Length - 12)
        {
            throw new PngException("it is cut off");
        }

        var content = rest.Slice(8, (int)length);
        if (BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]) != PngFormat.Crc(rest.Slice(4, 4), content))
        {
            throw new PngException($"its '{Text(name)}' part is damaged (checksum)");
        }

        rest = rest[(12 + (int)length)..];
        return content;
    }

    /// <summary>A name that can be printed, whatever its bytes.</summary>
    public static string Text(uint name)
    {
        var text = new StringBuilder();
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            var c = (char)((name >> shift) & 255);
            text.Append(char.IsAsciiLetter(c) ? c : '?');
        }

        return text.ToString();
    }
}
