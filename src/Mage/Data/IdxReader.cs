using System.Buffers.Binary;
using System.IO.Compression;
using MageDsl;

namespace Mage.Data;

/// <summary>Reads IDX files of bytes, the format of MNIST, plain or gzip (told by their first bytes, not their name).</summary>
public static class IdxReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">How many dimensions it must have.</param>
    /// <returns>The sizes and the bytes, row-major.</returns>
    /// <exception cref="UserErrorException">The file is missing, damaged, or has other dimensions; names the path.</exception>
    public static (int[] Sizes, byte[] Data) Read(string path, int dimensions)
    {
        try
        {
            using var file = File.OpenRead(path);
            var gzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            using var stream = gzip ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            return Read(stream, path, dimensions, gzip ? 1032 * (file.Length + 1) : file.Length);
        }
        catch (EndOfStreamException e)
        {
            throw new UserErrorException($"the IDX file '{path}' is cut off", e);
        }
        catch (InvalidDataException e)
        {
            throw new UserErrorException($"the IDX file '{path}' is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the IDX file '{path}': {e.Message}", e);
        }
    }

    private static (int[] Sizes, byte[] Data) Read(Stream stream, string path, int dimensions, long atMost)
    {
        Span<byte> number = stackalloc byte[4];
        stream.ReadExactly(number);
        if (number[0] != 0 || number[1] != 0 || number[2] != 8)
        {
            throw new UserErrorException($"'{path}' is not an IDX file of bytes{(FileKind.Of(path) is { } kind ? $", but {kind}" : "")}");
        }

        if (number[3] != dimensions)
        {
            throw new UserErrorException($"the IDX file '{path}' has {number[3]} dimensions; it should have {dimensions}");
        }

        var sizes = new int[dimensions];
        var count = 1L;
        for (var d = 0; d < dimensions; d++)
        {
            stream.ReadExactly(number);
            sizes[d] = BinaryPrimitives.ReadInt32BigEndian(number);
            if (sizes[d] < 0)
            {
                throw new UserErrorException($"the IDX file '{path}' is damaged: a size of {sizes[d]}");
            }

            count = Math.Min(count * sizes[d], long.MaxValue >> 32);
        }

        if (count > Array.MaxLength)
        {
            throw new UserErrorException($"the IDX file '{path}' has more than {Array.MaxLength} bytes, which is more than is read");
        }

        if (count > atMost)
        {
            throw new EndOfStreamException();
        }

        var data = new byte[count];
        stream.ReadExactly(data);
        return stream.ReadByte() < 0
            ? (sizes, data)
            : throw new UserErrorException($"the IDX file '{path}' is damaged: it goes on after its {string.Join('x', sizes)} bytes");
    }
}
