using System.Buffers.Binary;
using System.IO.Compression;
using MageDsl;

namespace Mage.Data.Png;

/// <summary>
/// Reads PNG files of 8 bits per sample: grey, grey with alpha, colour, colour with alpha, palette; transparency of a
/// palette or of one colour becomes an alpha channel. Interlaced files and other bit depths are refused. Every checksum
/// is checked and nothing is allocated before the file has shown that it is as large as it says.
/// </summary>
public static class PngReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, is damaged, or is of a kind that is not read; names the path.</exception>
    public static PixelImage Read(string path)
    {
        try
        {
            return Decode(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is PngException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the image '{path}': {e.Message}", e);
        }
    }

    /// <summary>Decodes a file's bytes.</summary>
    /// <exception cref="PngException">The bytes are damaged or of a kind that is not read.</exception>
    public static PixelImage Decode(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(PngFormat.Signature))
        {
            throw new PngException(
                file.Length == 0 ? "it is not a PNG file, but empty"
                : FileKind.Of(file) is { } kind ? $"it is not a PNG file, but {kind}"
                : file.Length < 8 ? "it is not a PNG file, or cut off" : "it is not a PNG file");
        }

        var chunks = new PngChunks(file);
        var header = PngHeader.Parse(chunks.Next(out var first), first);
        byte[]? palette = null;
        byte[]? transparency = null;
        using var data = new MemoryStream();
        while (true)
        {
            var content = chunks.Next(out var name);
            if (name == PngFormat.Name("IEND"u8))
            {
                break;
            }

            if (name == PngFormat.Name("IDAT"u8))
            {
                data.Write(content);
            }
            else if (name == PngFormat.Name("PLTE"u8))
            {
                palette = content.ToArray();
            }
            else if (name == PngFormat.Name("tRNS"u8))
            {
                transparency = content.ToArray();
            }
            else if ((name & 0x20000000) == 0)
            {
                throw new PngException($"it needs '{PngChunks.Text(name)}', which is not supported");
            }
        }

        data.Position = 0;
        var samples = Inflate(header, data);
        return PngColors.ToImage(header, samples, palette, transparency);
    }

    /// <summary>The rows, decompressed and unfiltered, without their filter bytes.</summary>
    private static byte[] Inflate(PngHeader header, MemoryStream compressed)
    {
        var stride = header.Width * header.Samples;

        // Deflate cannot shrink by more than 1032: a small file that claims to be a large picture is damaged.
        if ((stride + 1L) * header.Height > 1032 * Math.Max(compressed.Length, 1) + 1032)
        {
            throw new PngException($"it is cut off: {compressed.Length} bytes cannot hold {header.Width}x{header.Height} pixels");
        }

        var samples = new byte[(long)stride * header.Height];
        var above = new byte[stride].AsSpan();
        Span<byte> filter = [0];
        try
        {
            using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
            for (var y = 0; y < header.Height; y++)
            {
                inflate.ReadExactly(filter);
                if (filter[0] > 4)
                {
                    throw new PngException($"row {y} has an unknown filter, {filter[0]}");
                }

                var row = samples.AsSpan(y * stride, stride);
                inflate.ReadExactly(row);
                PngFormat.Unfilter(filter[0], row, above, header.Samples);
                above = row;
            }

            // Reading on to the end also makes the stream check its own checksum.
            if (inflate.ReadByte() >= 0)
            {
                throw new PngException("it has more pixels than its size says");
            }
        }
        catch (EndOfStreamException e)
        {
            throw new PngException("it is cut off: rows are missing", e);
        }
        catch (InvalidDataException e)
        {
            throw new PngException("its compressed pixels are damaged", e);
        }

        return samples;
    }
}
