using System.Buffers.Binary;
using System.IO.Hashing;

namespace MageDsl;

/// <summary>What stands before the data of a safetensors file.</summary>
/// <param name="Entries">The tensors, in the order of their data.</param>
/// <param name="Texts">The free texts, without the checksum.</param>
/// <param name="DataStart">Where the data begin, in bytes.</param>
internal sealed record SafetensorsStart(List<SafetensorsEntry> Entries, Dictionary<string, string> Texts, long DataStart)
{
    private byte[] length = [];
    private byte[] json = [];
    private string? checksum;

    /// <summary>Reads up to the data.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or damaged; the caller adds the file.</exception>
    public static SafetensorsStart Read(FileStream stream)
    {
        if (stream.Length < 8)
        {
            throw new InvalidDataException(
                stream.Length == 0 ? "no safetensors file: it is empty" : $"no safetensors file: it has only {stream.Length} bytes");
        }

        var lengthBytes = new byte[8];
        stream.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        if (length < 2 || length > SafetensorsHeader.MaxLength || length > stream.Length - 8)
        {
            throw new InvalidDataException(FileKind.Of(stream.Name) is { } kind and not FileKind.Safetensors
                ? $"no safetensors file: it is {kind}"
                : $"no safetensors file, or a truncated one: its header would have {(ulong)length} bytes, the file has {stream.Length}");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        var (entries, texts) = SafetensorsHeader.Parse(json, stream.Length - 8 - length);
        var checksum = SafetensorsChecksum.Take(texts);
        return new SafetensorsStart(entries, texts, 8 + length) { length = lengthBytes, json = json, checksum = checksum };
    }

    /// <summary>The checksum so far, to which the data have to be appended; null if the file carries none.</summary>
    public XxHash128? BeginHash() => checksum is null ? null : SafetensorsChecksum.Begin(length, json, checksum);

    /// <summary>Compares the checksum of the whole file, if it carries one.</summary>
    /// <exception cref="InvalidDataException">It is another.</exception>
    public void Check(XxHash128? hash)
    {
        if (hash is not null && SafetensorsChecksum.End(hash) != checksum)
        {
            throw new InvalidDataException(
                "the file is damaged: its content does not fit its checksum (another program that changes it has to drop the text " +
                $"{SafetensorsChecksum.Key} from its metadata)");
        }
    }
}
