using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Mage.Checkpoints.Pickle;

/// <summary>The bytes of a pickle from the first to the last; nothing is read beyond its end, however long it says that something is.</summary>
internal ref struct PickleReader(ReadOnlySpan<byte> bytes)
{
    // Module names and class names; the longest on the list has 50 characters.
    private const int LongestLine = 200;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The next byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>The next two bytes as a number.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    /// <summary>The next four bytes as a number.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>The next four bytes as a number without sign.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>The next eight bytes as a number: the only one that pickles write with the highest byte first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>A whole number of some bytes, in two's complement.</summary>
    public BigInteger Whole(int length) => new(Take(length));

    /// <summary>A text of some bytes.</summary>
    /// <exception cref="PickleException">It is no UTF-8.</exception>
    public string Text(long length)
    {
        try
        {
            return Strict.GetString(Take(length));
        }
        catch (ArgumentException)
        {
            throw Wrong("a text that is no UTF-8");
        }
    }

    /// <summary>A line, without its end.</summary>
    public string Line()
    {
        var end = bytes[Position..].IndexOf((byte)'\n');
        if (end is < 0 or > LongestLine)
        {
            throw Wrong("a name without end");
        }

        var line = Text(end);
        Position++;
        return line;
    }

    /// <summary>Some bytes.</summary>
    /// <exception cref="PickleException">There are not as many.</exception>
    public ReadOnlySpan<byte> Take(long length)
    {
        if (length > bytes.Length - Position)
        {
            throw Wrong($"{length} bytes, of which there are only {bytes.Length - Position}");
        }

        var taken = bytes.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }

    /// <summary>An error with its place.</summary>
    /// <param name="what">What stands there.</param>
    public readonly PickleException Wrong(string what) => new($"the pickle is damaged: at byte {Position} it has {what}");
}
