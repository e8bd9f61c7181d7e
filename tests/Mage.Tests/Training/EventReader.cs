using System.Buffers.Binary;

namespace Mage.Tests.Training;

/// <summary>An event of a file for TensorBoard.</summary>
internal sealed record RecordedEvent(
    double Time, long Step, string? Version, bool IsStart,
    IReadOnlyDictionary<string, float> Scalars, IReadOnlyDictionary<string, RecordedPicture> Pictures);

/// <summary>A picture of an event.</summary>
internal sealed record RecordedPicture(long Height, long Width, long Colors, byte[] Png);

/// <summary>Reads event files by a few lines of its own: no protobuf library, and a checksum bit by bit.</summary>
internal static class EventReader
{
    /// <summary>All events of a file; a last record that was cut off is left out, as TensorBoard does.</summary>
    public static IReadOnlyList<RecordedEvent> Read(string path)
    {
        var (file, events, at) = (File.ReadAllBytes(path), new List<RecordedEvent>(), 0);
        while (at + 12 <= file.Length)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            if (at + 16 + length > file.Length)
            {
                break;
            }

            var content = file.AsSpan(at + 12, length);
            Assert.Equal(Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Event(content.ToArray()));
            at += 16 + length;
        }

        return events;
    }

    /// <summary>CRC-32C by its definition, one bit after another.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C(bytes);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }

    private static RecordedEvent Event(byte[] message)
    {
        var (scalars, pictures) = (new Dictionary<string, float>(), new Dictionary<string, RecordedPicture>());
        var (time, step, version, start) = (0.0, 0L, (string?)null, false);
        foreach (var (field, number, bytes) in Fields(message))
        {
            switch (field)
            {
                case 1:
                    time = BitConverter.Int64BitsToDouble(number);
                    break;
                case 2:
                    step = number;
                    break;
                case 3:
                    version = System.Text.Encoding.UTF8.GetString(bytes);
                    break;
                case 5:
                    foreach (var value in Fields(bytes))
                    {
                        var parts = Fields(value.Bytes).ToDictionary(part => part.Field);
                        var tag = System.Text.Encoding.UTF8.GetString(parts[1].Bytes);
                        if (parts.TryGetValue(2, out var scalar))
                        {
                            scalars.Add(tag, BitConverter.Int32BitsToSingle((int)scalar.Number));
                        }
                        else
                        {
                            var image = Fields(parts[4].Bytes).ToDictionary(part => part.Field);
                            pictures.Add(tag, new RecordedPicture(image[1].Number, image[2].Number, image[3].Number, image[4].Bytes));
                        }
                    }

                    break;
                case 7:
                    start = Fields(bytes).Any(part => part is { Field: 1, Number: 1 });
                    break;
                default:
                    Assert.Fail($"field {field} is none that a run writes");
                    break;
            }
        }

        return new RecordedEvent(time, step, version, start, scalars, pictures);
    }

    private static IEnumerable<(int Field, long Number, byte[] Bytes)> Fields(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint();
            var (field, kind) = ((int)(key >> 3), (int)(key & 7));
            if (kind == 2)
            {
                var length = (int)Varint();
                yield return (field, 0, message[at..(at + length)]);
                at += length;
            }
            else
            {
                var width = kind == 1 ? 8 : 4;
                yield return kind == 0 ? (field, Varint(), [])
                    : (field, kind == 1 ? BitConverter.ToInt64(message, at) : BitConverter.ToInt32(message, at), []);
                at += kind == 0 ? 0 : width;
            }
        }

        long Varint()
        {
            var (value, shift) = (0L, 0);
            while (true)
            {
                var one = message[at++];
                value |= (long)(one & 0x7F) << shift;
                shift += 7;
                if (one < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
