using System.Buffers.Binary;
using System.IO.Compression;

namespace Mage.Data.Png;

/// <summary>Writes PNG files: 8 bits per sample, grey or colour, with alpha or without, not interlaced.</summary>
public static class PngWriter
{
    /// <summary>Writes a file; an existing one is replaced only when the new one is complete.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Write(string path, PixelImage image)
    {
        var bytes = Encode(image);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The bytes of a file; equal pictures give equal bytes.</summary>
    public static byte[] Encode(PixelImage image)
    {
        using var file = new MemoryStream();
        file.Write(PngFormat.Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = image.Channels switch { 1 => 0, 2 => 4, 3 => 2, _ => 6 };
        header[10..].Clear();
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(PixelImage image)
    {
        var stride = image.Width * image.Channels;
        var above = new byte[stride].AsSpan();
        var filtered = new byte[stride];
        var best = new byte[stride + 1];
        using var data = new MemoryStream();
        using (var deflate = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < image.Height; y++)
            {
                var row = image.Pixels.AsSpan(y * stride, stride);
                Choose(row, above, image.Channels, filtered, best);
                deflate.Write(best);
                above = row;
            }
        }

        return data.GetBuffer().AsSpan(0, (int)data.Length);
    }

    /// <summary>
    /// The filter whose differences, as signed bytes, have the smallest sum of magnitudes; that is the usual guess at
    /// what deflate shrinks most.
    /// </summary>
    private static void Choose(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, byte[] filtered, byte[] best)
    {
        var least = long.MaxValue;
        for (var filter = 0; filter <= 4; filter++)
        {
            PngFormat.Filter(filter, row, above, step, filtered);
            var sum = 0L;
            foreach (var b in filtered)
            {
                sum += Math.Abs((int)(sbyte)b);
            }

            if (sum < least)
            {
                least = sum;
                best[0] = (byte)filter;
                filtered.CopyTo(best, 1);
            }
        }
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(name);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, PngFormat.Crc(name, content));
        file.Write(number);
    }
}
