using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MageDsl;

namespace Mage.Tests.Golden;

/// <summary>
/// Reference values computed by the official implementation in float32 (see README.md in the data folder). Read by a few lines of its own,
/// so that a mistake in the product's reader cannot hide here.
/// </summary>
internal sealed class GoldenFile
{
    private readonly byte[] bytes;
    private readonly JsonElement header;
    private readonly int start;

    private GoldenFile(byte[] bytes)
    {
        this.bytes = bytes;
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        header = JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement;
        start = 8 + length;
    }

    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Golden", "data");

    /// <summary>The names of the tensors.</summary>
    public IEnumerable<string> Names => header.EnumerateObject().Select(entry => entry.Name).Where(name => name != "__metadata__");

    /// <summary>Opens a file of the data folder.</summary>
    public static GoldenFile Open(string name) => OpenPath(Path.Combine(Folder, $"{name}.safetensors"));

    /// <summary>Opens a file of another folder.</summary>
    public static GoldenFile OpenPath(string path) => new(File.ReadAllBytes(path));

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => header.TryGetProperty(name, out _);

    /// <summary>The shape of a tensor.</summary>
    public int[] Shape(string name) => [.. header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];

    /// <summary>A float32 tensor.</summary>
    public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Raw(name, "F32")).ToArray();

    /// <summary>An int64 tensor, whose values all fit 32 bits.</summary>
    public int[] Ids(string name) => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(Raw(name, "I64")).ToArray(), id => checked((int)id));

    /// <summary>A tensor of bytes.</summary>
    public byte[] Bytes(string name) => Raw(name, "U8").ToArray();

    /// <summary>A tensor of one number.</summary>
    public double Number(string name) => header.GetProperty(name).GetProperty("dtype").GetString() == "F32" ? Floats(name)[0] : Ids(name)[0];

    /// <summary>A float32 tensor as a value of the eager language.</summary>
    public Expr Expr(string name, string layout, params (string Axis, int Size)[] sizes)
        => MageDsl.Expr.From(
            Array.ConvertAll(Floats(name), value => (double)value), layout, Shape(name), sizes.ToDictionary(size => size.Axis, size => size.Size));

    private ReadOnlySpan<byte> Raw(string name, string type)
    {
        var entry = header.GetProperty(name);
        if (entry.GetProperty("dtype").GetString() != type)
        {
            throw new InvalidDataException($"{name} is {entry.GetProperty("dtype")}, not {type}");
        }

        var offsets = entry.GetProperty("data_offsets");
        return bytes.AsSpan((start + offsets[0].GetInt32())..(start + offsets[1].GetInt32()));
    }
}
