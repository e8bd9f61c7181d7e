using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MageDsl;

/// <summary>
/// Reads and writes checkpoints in the safetensors format (https://github.com/huggingface/safetensors): named tensors and text.
/// It holds data only; nothing in a file can make the reader run or allocate more than the file is long (16-bit numbers: twice; ids: four
/// times). What is written carries a checksum, and is refused when it is read with any byte changed; files of other programs are read without.
/// </summary>
public static class Safetensors
{
    private const int Chunk = 1 << 20;

    /// <summary>Reads a file. F32 and F64 keep their type; F16 and BF16 become Float32, and I32, I64, U8 and BOOL Int32.</summary>
    /// <exception cref="CheckpointException">
    /// The file cannot be opened, is of another kind, is damaged or truncated, has a type that is not supported, or an I64 that Int32 cannot
    /// hold. One line that names the file and the key.
    /// </exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Read(stream);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // Messages of the runtime name the path themselves.
            throw new CheckpointException(e.Message.Contains(path) ? e.Message : $"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes a file: beside its place first, flushed to the disk and then renamed, so that a file of this name is always whole.</summary>
    /// <param name="path">Replaced if it exists. Its folder must exist.</param>
    /// <param name="tensors">Keys and values, written in this order.</param>
    /// <param name="metadata">Text to keep with them.</param>
    /// <exception cref="ArgumentException">A key appears twice, or is reserved (<c>__metadata__</c>, the checksum's).</exception>
    /// <exception cref="CheckpointException">The file cannot be written; one that was there before is untouched.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var list = tensors.ToList();
        var header = BuildHeader(list, metadata);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        var hash = SafetensorsChecksum.Begin(length, header, SafetensorsChecksum.Blank);
        EachChunk(list, hash.Append);
        SafetensorsChecksum.Fill(header, SafetensorsChecksum.End(hash));
        try
        {
            WholeFile.Write(path, stream =>
            {
                stream.Write(length);
                stream.Write(header);
                EachChunk(list, stream.Write);
            });
        }
        catch (IOException e)
        {
            throw new CheckpointException(e.Message.Contains(path) ? e.Message : $"{path}: {e.Message}", e);
        }
    }

    private static SafetensorsFile Read(FileStream stream)
    {
        var start = SafetensorsStart.Read(stream);
        var hash = start.BeginHash();
        var tensors = new OrderedDictionary<string, Tensor>();
        try
        {
            foreach (var entry in start.Entries)
            {
                tensors.Add(entry.Key, ReadTensor(stream, hash, entry));
            }

            start.Check(hash);
        }
        catch
        {
            foreach (var tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }

        return new SafetensorsFile(tensors, start.Texts);
    }

    private static Tensor ReadTensor(Stream stream, XxHash128? hash, SafetensorsEntry entry)
    {
        var type = entry.DType switch
        {
            "F32" or "F16" or "BF16" => ElementType.Float32,
            "F64" => ElementType.Float64,
            _ => ElementType.Int32,
        };
        var tensor = Tensor.Empty(type, entry.Shape);
        tensor.Name = entry.Key;
        try
        {
            switch (entry.DType)
            {
                case "F32" or "F64" or "I32": ReadPlain(stream, hash, tensor); break;
                case "F16": ReadShort(stream, hash, tensor, ShortFloats.FromHalf); break;
                case "BF16": ReadShort(stream, hash, tensor, ShortFloats.FromBrain); break;
                case "I64": ReadIds<long>(stream, hash, tensor); break;
                default: ReadIds<byte>(stream, hash, tensor); break;
            }
        }
        catch (OverflowException)
        {
            tensor.Dispose();
            throw new InvalidDataException($"{entry.Key} holds a number that does not fit into 32 bits");
        }

        return tensor;
    }

    private static void ReadPlain(Stream stream, XxHash128? hash, Tensor tensor)
    {
        // All machines .NET runs on are little-endian but one; there the numbers would have to be turned round.
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("safetensors files are read and written on little-endian machines only");
        }

        var buffer = new byte[Math.Min(tensor.Bytes, Chunk)];
        for (var start = 0L; start < tensor.Bytes; start += Chunk)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(Chunk, tensor.Bytes - start));
            stream.ReadExactly(part);
            hash?.Append(part);
            tensor.WriteBytes(part, start);
        }
    }

    private static void ReadShort(Stream stream, XxHash128? hash, Tensor tensor, ShortFloats.Widening widen)
    {
        var buffer = new ushort[Math.Min(tensor.Count, Chunk)];
        var wide = new float[buffer.Length];
        for (var start = 0L; start < tensor.Count; start += Chunk)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(Chunk, tensor.Count - start));
            stream.ReadExactly(MemoryMarshal.AsBytes(part));
            hash?.Append(MemoryMarshal.AsBytes(part));
            widen(part, wide);
            tensor.Write<float>(wide.AsSpan(0, part.Length), start);
        }
    }

    private static void ReadIds<T>(Stream stream, XxHash128? hash, Tensor tensor)
        where T : unmanaged, IBinaryInteger<T>
    {
        var buffer = new T[Math.Min(tensor.Count, Chunk)];
        var ids = new int[buffer.Length];
        for (var start = 0L; start < tensor.Count; start += Chunk)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(Chunk, tensor.Count - start));
            stream.ReadExactly(MemoryMarshal.AsBytes(part));
            hash?.Append(MemoryMarshal.AsBytes(part));
            TensorPrimitives.ConvertChecked<T, int>(part, ids);
            tensor.Write<int>(ids.AsSpan(0, part.Length), start);
        }
    }

    private static byte[] BuildHeader(List<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var keys = new HashSet<string> { "__metadata__" };
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString(SafetensorsChecksum.Key, SafetensorsChecksum.Blank);
            foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
            {
                if (SafetensorsChecksum.IsReserved(key, value))
                {
                    throw new ArgumentException($"the text {key} is reserved for the checksum", nameof(metadata));
                }

                json.WriteString(key, value);
            }

            json.WriteEndObject();

            var offset = 0L;
            foreach (var (key, tensor) in tensors)
            {
                if (!keys.Add(key))
                {
                    throw new ArgumentException($"the key {key} appears twice or is reserved", nameof(tensors));
                }

                var end = offset + tensor.Bytes;
                json.WriteStartObject(key);
                json.WriteString("dtype", tensor.Type switch { ElementType.Float32 => "F32", ElementType.Float64 => "F64", _ => "I32" });
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' '); // so that the data begins aligned
        }

        return buffer.ToArray();
    }

    /// <summary>The data of all tensors, a piece at a time.</summary>
    private static void EachChunk(List<KeyValuePair<string, Tensor>> tensors, ChunkAction action)
    {
        var buffer = new byte[Chunk];
        foreach (var (_, tensor) in tensors)
        {
            for (var start = 0L; start < tensor.Bytes; start += Chunk)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(Chunk, tensor.Bytes - start));
                tensor.ReadBytes(part, start);
                action(part);
            }
        }
    }

    private delegate void ChunkAction(ReadOnlySpan<byte> bytes);
}
