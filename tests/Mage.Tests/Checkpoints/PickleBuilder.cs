using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mage.Tests.Checkpoints;

/// <summary>Writes pickles opcode by opcode, right ones and wrong ones, and the archives that <c>torch.save</c> puts them into.</summary>
internal sealed class PickleBuilder
{
    private readonly MemoryStream bytes = new();

    /// <summary>Begins with the protocol that PyTorch writes.</summary>
    public PickleBuilder(byte protocol = 2) => Code(0x80, protocol);

    /// <summary>The pickle with its end.</summary>
    public byte[] End() => [.. Code('.').bytes.ToArray()];

    /// <summary>Opcodes without arguments.</summary>
    public PickleBuilder Code(string codes)
    {
        bytes.Write(Encoding.Latin1.GetBytes(codes));
        return this;
    }

    /// <summary>An opcode.</summary>
    public PickleBuilder Code(int code, params ReadOnlySpan<byte> arguments)
    {
        bytes.WriteByte((byte)code);
        bytes.Write(arguments);
        return this;
    }

    /// <summary>A text.</summary>
    public PickleBuilder Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Code('X', Four(utf8.Length)).Code(Encoding.Latin1.GetString(utf8));
    }

    /// <summary>A whole number.</summary>
    public PickleBuilder Whole(long number)
    {
        if (number == (int)number)
        {
            return Code('J', Four((int)number));
        }

        var eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, number);
        return Code(0x8A, [8, .. eight]);
    }

    /// <summary>A name.</summary>
    public PickleBuilder Global(string module, string name) => Code('c').Code($"{module}\n{name}\n");

    /// <summary>An ordered dictionary whose items follow, up to <see cref="EndItems"/>.</summary>
    public PickleBuilder BeginItems() => Global("collections", "OrderedDict").Code(")R(");

    /// <summary>Ends the items of a dictionary.</summary>
    public PickleBuilder EndItems() => Code('u');

    /// <summary>A tensor.</summary>
    public PickleBuilder Tensor(string type, string key, long count, long offset, int[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Code('(');
        Code('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Whole(count).Code("tQ");
        Whole(offset).Tuple(shape.Select(size => (long)size)).Tuple(strides);
        return Code(0x89).Global("collections", "OrderedDict").Code(")RtR");
    }

    /// <summary>A float tensor over a storage of its own, row-major.</summary>
    public PickleBuilder Floats(string key, params int[] shape)
    {
        var strides = shape.Select((_, i) => shape[(i + 1)..].Aggregate(1L, (product, size) => product * size)).ToArray();
        return Tensor("FloatStorage", key, shape.Aggregate(1L, (product, size) => product * size), 0, shape, strides);
    }

    /// <summary>The archive of a pickle and storages by key.</summary>
    public static byte[] Archive(
        byte[] pickle, IReadOnlyDictionary<string, byte[]> storages, string order = "little", CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "data.pkl", pickle, level);
            Add(archive, "byteorder", Encoding.ASCII.GetBytes(order), level);
            foreach (var (key, content) in storages)
            {
                Add(archive, $"data/{key}", content, level);
            }

            Add(archive, "version", "3\n"u8.ToArray(), level);
        }

        return stream.ToArray();
    }

    /// <summary>Floats as a storage holds them.</summary>
    public static byte[] Bytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private PickleBuilder Tuple(IEnumerable<long> numbers)
    {
        Code('(');
        foreach (var number in numbers)
        {
            Whole(number);
        }

        return Code('t');
    }

    private static void Add(ZipArchive archive, string name, byte[] content, CompressionLevel level)
    {
        using var entry = archive.CreateEntry($"archive/{name}", level).Open();
        entry.Write(content);
    }

    private static byte[] Four(int number)
    {
        var four = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, number);
        return four;
    }
}
