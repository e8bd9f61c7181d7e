using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mage.Tests.Images;

/// <summary>Puts PNG files together byte by byte, right ones and wrong ones, with a checksum of its own.</summary>
internal sealed class PngBuilder
{
    private readonly MemoryStream file = new();

    public PngBuilder() => file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public static byte[] Simple(int width, int height, int color, byte[] rows, int depth = 8, int interlace = 0) =>
        new PngBuilder().Header(width, height, color, depth, interlace).Data(rows).End();

    public PngBuilder Header(int width, int height, int color, int depth = 8, int interlace = 0)
    {
        var content = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(content, width);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), height);
        (content[8], content[9], content[12]) = ((byte)depth, (byte)color, (byte)interlace);
        return Chunk("IHDR", content);
    }

    /// <summary>Rows with their filter bytes, compressed, in one chunk.</summary>
    public PngBuilder Data(byte[] rows) => Chunk("IDAT", Compress(rows));

    public static byte[] Compress(byte[] rows)
    {
        using var stream = new MemoryStream();
        using (var deflate = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(rows);
        }

        return stream.ToArray();
    }

    public PngBuilder Chunk(string name, byte[] content, uint spoilChecksum = 0)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. content];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(body) ^ spoilChecksum);
        file.Write(number);
        return this;
    }

    public byte[] End() => Chunk("IEND", []).Bytes();

    public byte[] Bytes() => file.ToArray();

    /// <summary>CRC-32 bit by bit, straight from its definition.</summary>
    private static uint Checksum(byte[] bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
            }
        }

        return ~crc;
    }
}
