using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Mage.Checkpoints.Stored;

/// <summary>A stretch of an open file.</summary>
/// <param name="file">The file.</param>
/// <param name="start">The first byte.</param>
/// <param name="length">Bytes.</param>
internal sealed class StoredBytes(SafeFileHandle file, long start, long length)
{
    private const int Chunk = 1 << 20;

    /// <summary>Bytes.</summary>
    public long Length => length;

    /// <summary>Reads bytes.</summary>
    /// <param name="destination">As many as it has.</param>
    /// <param name="at">The first of them, counted from the beginning of the stretch.</param>
    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    public void Read(Span<byte> destination, long at)
    {
        for (var done = 0; done < destination.Length;)
        {
            var read = RandomAccess.Read(file, destination[done..], start + at + done);
            done += read > 0 ? read : throw new InvalidDataException("the file ends too early: it has changed while it was read");
        }
    }

    /// <summary>Hands all bytes to a checksum.</summary>
    public void AppendTo(NonCryptographicHashAlgorithm hash)
    {
        var buffer = new byte[Math.Min(Chunk, length)];
        for (var at = 0L; at < length; at += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at));
            Read(part, at);
            hash.Append(part);
        }
    }
}
