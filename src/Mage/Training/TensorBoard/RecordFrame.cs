using System.Buffers.Binary;
using System.Numerics;

namespace Mage.Training.TensorBoard;

/// <summary>
/// A record of a TFRecord file: its length in 8 bytes, a checksum of those, the content, a checksum of that; little-endian. (TensorFlow,
/// <c>tensorflow/core/lib/io/record_writer.h</c>.)
/// </summary>
internal static class RecordFrame
{
    private const int Length = sizeof(ulong);
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>The bytes of a record.</summary>
    public static byte[] Of(ReadOnlySpan<byte> content)
    {
        var record = new byte[Length + sizeof(uint) + content.Length + sizeof(uint)];
        var head = record.AsSpan(0, Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Length), Checksum(head));
        content.CopyTo(record.AsSpan(Length + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), Checksum(content));
        return record;
    }

    /// <summary>CRC-32C, masked: a checksum of bytes that hold checksums themselves would say little.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return unchecked(BitOperations.RotateRight(~crc, 15) + MaskDelta);
    }
}
