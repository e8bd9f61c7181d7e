using System.Text.Json;

namespace MageDsl;

/// <summary>One tensor of a safetensors header. Offsets count from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Key, string DType, int[] Shape, long Count, long Begin, long End);

/// <summary>
/// Reads and checks the header of a safetensors file. Format: https://github.com/huggingface/safetensors#format - eight bytes of
/// little-endian length, a JSON object of that length, then the data, which the entries cover without overlap or gap.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own limit on the header.</summary>
    public const long MaxLength = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>Entries in the order of their data, and the metadata.</summary>
    /// <exception cref="InvalidDataException">What is wrong, with the key; the caller adds the file.</exception>
    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlyMemory<byte> json, long dataLength)
    {
        try
        {
            return ParseText(json, dataLength);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for escapes that are no Unicode
        {
            throw new InvalidDataException("the header is not valid JSON");
        }
    }

    /// <summary>Bytes of an element as stored.</summary>
    /// <exception cref="InvalidDataException">The type is not one of those that are read.</exception>
    public static int Bytes(string key, string dtype) => dtype switch
    {
        "F64" or "I64" => 8,
        "F32" or "I32" => 4,
        "F16" or "BF16" => 2,
        "U8" or "BOOL" => 1,
        _ => throw new InvalidDataException($"{key} has the type {dtype}; F16, BF16, F32, F64, I32, I64, U8 and BOOL can be read"),
    };

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) ParseText(ReadOnlyMemory<byte> json, long dataLength)
    {
        using var document = JsonDocument.Parse(json);
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        var keys = new HashSet<string>();
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException("the header is not a JSON object");
        }

        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!keys.Add(property.Name))
            {
                throw new InvalidDataException($"the key {property.Name} appears twice");
            }

            if (property.Name == MetadataKey)
            {
                ReadMetadata(property.Value, metadata);
            }
            else
            {
                entries.Add(ReadEntry(property.Name, property.Value, dataLength));
            }
        }

        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckCover(entries, dataLength);
        return (entries, metadata);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{MetadataKey} is not an object");
        }

        foreach (var property in element.EnumerateObject())
        {
            var text = property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw new InvalidDataException($"the metadata {property.Name} is not text");
            if (!metadata.TryAdd(property.Name, text))
            {
                throw new InvalidDataException($"the metadata {property.Name} appears twice");
            }
        }
    }

    private static SafetensorsEntry ReadEntry(string key, JsonElement element, long dataLength)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("shape", out var shapeElement)
            || !element.TryGetProperty("data_offsets", out var offsetsElement))
        {
            throw new InvalidDataException($"{key} lacks dtype, shape or data_offsets");
        }

        var shape = Array.ConvertAll(ReadSizes(key, "shape", shapeElement), size
            => size <= int.MaxValue ? (int)size : throw new InvalidDataException($"{key} has a size of {size}, more than a tensor can have"));
        var offsets = ReadSizes(key, "data_offsets", offsetsElement);
        if (offsets.Length != 2 || offsets[0] > offsets[1])
        {
            throw new InvalidDataException($"{key} has invalid data_offsets");
        }

        if (offsets[1] > dataLength)
        {
            throw new InvalidDataException(
                $"{key} ends at byte {offsets[1]} of the data, which has only {dataLength}: the file is truncated or damaged");
        }

        var width = Bytes(key, dtype.GetString()!);
        var count = CountOf(key, shape);
        if ((Int128)count * width != offsets[1] - offsets[0])
        {
            throw new InvalidDataException(
                $"{key} with {dtype.GetString()} {Tensor.ShapeText(shape)} needs {(Int128)count * width} bytes, but has {offsets[1] - offsets[0]}");
        }

        return new SafetensorsEntry(key, dtype.GetString()!, shape, count, offsets[0], offsets[1]);
    }

    private static long CountOf(string key, int[] shape)
    {
        try
        {
            return shape.Aggregate(1L, (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            throw new InvalidDataException($"{key} has a shape beyond all bounds: {Tensor.ShapeText(shape)}");
        }
    }

    private static long[] ReadSizes(string key, string what, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"{key} has an invalid {what}");
        }

        return [.. element.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var value) && value >= 0
            ? value
            : throw new InvalidDataException($"{key} has an invalid {what}"))];
    }

    private static void CheckCover(List<SafetensorsEntry> entries, long dataLength)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
            {
                throw new InvalidDataException(
                    entry.Begin < end
                        ? $"{entry.Key} overlaps the tensor before it"
                        : $"there is a gap of {entry.Begin - end} bytes before {entry.Key}");
            }

            end = entry.End;
        }

        if (end != dataLength)
        {
            throw new InvalidDataException($"there are {dataLength - end} bytes after the last tensor");
        }
    }
}
