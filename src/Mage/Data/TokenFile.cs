using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MageDsl;

namespace Mage.Data;

/// <summary>What a file of tokens holds, and what it was made of and with.</summary>
/// <param name="Images">Images.</param>
/// <param name="Views">Views of each image.</param>
/// <param name="Tokens">Tokens of a view.</param>
/// <param name="Codes">Codes of the tokenizer; every token is below.</param>
/// <param name="Tokenizer">Checksum of the tokenizer's weights.</param>
/// <param name="Source">Checksum of the images.</param>
public sealed record TokenFileHead(int Images, int Views, int Tokens, int Codes, string Tokenizer, string Source);

/// <summary>
/// The tokens of a data set on disk, mapped into memory, so that a set may be larger than memory is. It is a safetensors file with one tensor,
/// <c>codes [images, views, tokens]</c> of 16-bit numbers, texts that say what it was made of, and the checksum over itself that every safetensors
/// file of this project carries. All of it is compared when the file is opened, once, which takes as long as reading it does.
/// </summary>
public sealed class TokenFile : IDisposable
{
    /// <summary>The largest codebook whose tokens fit.</summary>
    public const int MaxCodes = 1 << 16;

    private const int LengthBytes = 8;
    private const int MaxHead = 1 << 16;
    private const int Chunk = 1 << 20;

    private readonly string path;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor memory;
    private readonly long start;

    private TokenFile(string path, MemoryMappedFile file, MemoryMappedViewAccessor memory, long start, TokenFileHead head, string checksum)
        => (this.path, this.file, this.memory, this.start, Head, Checksum) = (path, file, memory, start, head, checksum);

    /// <summary>What it holds.</summary>
    public TokenFileHead Head { get; }

    /// <summary>The checksum of its content.</summary>
    public string Checksum { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserErrorException">It cannot be read, is damaged, or is no such file.</exception>
    public static TokenFile Open(string path)
    {
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? memory = null;
        try
        {
            var length = new FileInfo(path).Length;
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            memory = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            var prefix = new byte[LengthBytes];
            memory.SafeMemoryMappedViewHandle.ReadSpan<byte>(0, prefix);
            var size = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (size is < 2 or > MaxHead || LengthBytes + size > length)
            {
                throw new JsonException("its head is too long");
            }

            var json = new byte[size];
            memory.SafeMemoryMappedViewHandle.ReadSpan<byte>(LengthBytes, json);
            var (head, checksum) = Parse(json);
            if (length != LengthBytes + size + ((long)head.Images * head.Views * head.Tokens * sizeof(ushort)))
            {
                throw new JsonException("it has been cut off, or something was added");
            }

            var hash = SafetensorsChecksum.Begin(prefix, json, checksum);
            Append(hash, memory, LengthBytes + size, length);
            return SafetensorsChecksum.End(hash) == checksum
                ? new TokenFile(path, file, memory, LengthBytes + size, head, checksum)
                : throw new InvalidDataException("it is damaged: its content does not fit its checksum");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or JsonException or InvalidDataException)
        {
            memory?.Dispose();
            file?.Dispose();
            throw new UserErrorException($"cannot read the tokens in '{path}': {e.Message}; mage-dsl tokenize makes such a file", e);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="head">What it is to hold.</param>
    /// <param name="parts">All tokens in their order, in parts of any size.</param>
    /// <exception cref="UserErrorException">The file cannot be written; what was there before is untouched.</exception>
    /// <exception cref="ArgumentException">There are more or fewer tokens than the head says, or one is none of its codes.</exception>
    public static void Write(string path, TokenFileHead head, IEnumerable<int[]> parts) => AtomicFile.Write(path, stream =>
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new Entries(
                new Entry("U16", [head.Images, head.Views, head.Tokens], [0, (long)head.Images * head.Views * head.Tokens * sizeof(ushort)]),
                new Texts(SafetensorsChecksum.Blank, $"{head.Codes}", head.Tokenizer, head.Source)),
            TokenFileContext.Default.Entries);
        var prefix = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        stream.Write(prefix);
        stream.Write(json);
        var hash = SafetensorsChecksum.Begin(prefix, json, SafetensorsChecksum.Blank);
        var left = (long)head.Images * head.Views * head.Tokens;
        foreach (var part in parts)
        {
            left -= part.Length;
            if (left < 0 || part.AsSpan().ContainsAnyExceptInRange(0, Math.Min(head.Codes, MaxCodes) - 1))
            {
                throw new ArgumentException(
                    $"tokens of {head.Images} images with {head.Codes} codes are too many, or none of the codes", nameof(parts));
            }

            var bytes = MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(part, token => (ushort)token));
            stream.Write(bytes);
            hash.Append(bytes);
        }

        if (left > 0)
        {
            throw new ArgumentException($"{left} tokens are missing", nameof(parts));
        }

        SafetensorsChecksum.Fill(json, SafetensorsChecksum.End(hash));
        stream.Position = LengthBytes;
        stream.Write(json);
    });

    /// <summary>The tokens of a view of an image.</summary>
    /// <param name="image">The image, from 0.</param>
    /// <param name="view">The view, from 0.</param>
    /// <param name="target">As many places as a view has tokens.</param>
    public void CopyTo(int image, int view, Span<int> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)image, (uint)Head.Images, nameof(image));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)view, (uint)Head.Views, nameof(view));
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, Head.Tokens, nameof(target));
        Span<ushort> read = Head.Tokens <= 1024 ? stackalloc ushort[Head.Tokens] : new ushort[Head.Tokens];
        var place = start + ((((long)image * Head.Views) + view) * Head.Tokens * sizeof(ushort));
        memory.SafeMemoryMappedViewHandle.ReadSpan((ulong)place, read);
        for (var i = 0; i < read.Length; i++)
        {
            // Who writes into the file while it is open must not make a code that the model does not know.
            target[i] = read[i] < Head.Codes
                ? read[i]
                : throw new UserErrorException(
                    $"the file of tokens '{path}' is damaged: image {image} has the token {read[i]}, and there are {Head.Codes} codes");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        memory.Dispose();
        file.Dispose();
    }

    private static void Append(XxHash128 hash, MemoryMappedViewAccessor memory, long start, long end)
    {
        var chunk = new byte[Chunk];
        for (var at = start; at < end; at += Chunk)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(Chunk, end - at));
            memory.SafeMemoryMappedViewHandle.ReadSpan((ulong)at, part);
            hash.Append(part);
        }
    }

    private static (TokenFileHead Head, string Checksum) Parse(byte[] json)
    {
        var entries = JsonSerializer.Deserialize(json, TokenFileContext.Default.Entries);
        return entries is not { Codes: { Type: "U16", Shape: [> 0 and var images, > 0 and var views, > 0 and var tokens] }, Texts: { } texts }
            || !int.TryParse(texts.Codes, System.Globalization.CultureInfo.InvariantCulture, out var codes) || codes is <= 0 or > MaxCodes
            ? throw new JsonException("it holds no tokens")
            : texts.Checksum is not { } checksum || checksum.Length != SafetensorsChecksum.Blank.Length
            ? throw new JsonException("it has no checksum of its content, as files of older versions")
            : (new TokenFileHead(images, views, tokens, codes, texts.Tokenizer ?? "", texts.Images ?? ""), checksum);
    }

    internal sealed record Entry(
        [property: JsonPropertyName("dtype")] string Type, [property: JsonPropertyName("shape")] int[] Shape,
        [property: JsonPropertyName("data_offsets")] long[] Offsets);

    internal sealed record Texts(
        [property: JsonPropertyName(SafetensorsChecksum.Key)] string? Checksum,
        [property: JsonPropertyName("codes")] string Codes,
        [property: JsonPropertyName("tokenizer")] string? Tokenizer,
        [property: JsonPropertyName("images")] string? Images);

    internal sealed record Entries(
        [property: JsonPropertyName("codes")] Entry Codes, [property: JsonPropertyName("__metadata__")] Texts Texts);
}

[JsonSerializable(typeof(TokenFile.Entries))]
internal sealed partial class TokenFileContext : JsonSerializerContext;
