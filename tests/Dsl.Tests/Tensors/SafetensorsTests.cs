using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace MageDsl.Tests.Tensors;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("safetensors").FullName;
    private readonly TensorScope scope = new();

    private string FilePath => Path.Combine(folder, "file.safetensors");

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["blocks.0.weight"] = Tensor.From([1.5f, -2, float.NaN, float.PositiveInfinity, 1e-45f, 0], 2, 3),
            ["scalar"] = Tensor.Full(ElementType.Float64, 0.1),
            ["ids \"quoted\" é"] = Tensor.From([int.MinValue, 0, int.MaxValue]),
            ["empty"] = Tensor.Empty(ElementType.Float32, 0, 4),
        };
        Safetensors.Write(FilePath, tensors, new Dictionary<string, string> { ["step"] = "17", ["text"] = "line\nline" });
        var file = Safetensors.Read(FilePath);

        Assert.Equal(tensors.Keys, file.Tensors.Keys);
        foreach (var (key, tensor) in tensors)
        {
            Assert.Equal(tensor.Type, file.Tensors[key].Type);
            Assert.Equal(tensor.Shape.ToArray(), file.Tensors[key].Shape.ToArray());
            Assert.Equal(key, file.Tensors[key].Name);
        }

        Assert.Equal(tensors["blocks.0.weight"].ToArray<float>(), file.Tensors["blocks.0.weight"].ToArray<float>());
        Assert.Equal(0.1, file.Tensors["scalar"].ItemAsDouble());
        Assert.Equal([int.MinValue, 0, int.MaxValue], file.Tensors["ids \"quoted\" é"].ToArray<int>());
        Assert.Equal("17", file.Metadata["step"]);
        Assert.Equal("line\nline", file.Metadata["text"]);
        Assert.Equal([FilePath], Directory.GetFiles(folder)); // no temporary file is left
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes()
    {
        var tensors = new Dictionary<string, Tensor> { ["a"] = Tensor.From([1f, 2]), ["b"] = Tensor.From([3]) };
        Safetensors.Write(FilePath, tensors);
        var first = File.ReadAllBytes(FilePath);
        Safetensors.Write(FilePath, Safetensors.Read(FilePath).Tensors);
        Assert.Equal(first, File.ReadAllBytes(FilePath));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(first) % 8);
    }

    [Fact]
    public void Tensors_longer_than_a_chunk_come_back_whole()
    {
        var tensor = Tensor.Empty(ElementType.Float32, (1 << 20) + 3);
        var values = tensor.WritableSpan<float>();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }

        Safetensors.Write(FilePath, [new("x", tensor)]);
        Assert.Equal(tensor.ToArray<float>(), Safetensors.Read(FilePath).Tensors["x"].ToArray<float>());
    }

    [Fact]
    public void Long_ids_and_bytes_become_int32()
    {
        var data = new byte[16 + 3 + 2];
        BinaryPrimitives.WriteInt64LittleEndian(data, -5);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), int.MaxValue);
        data.AsSpan(16).Fill(1);
        data[18] = 255;
        WriteRaw(
            """{"i":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"u":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}""" +
            ""","b":{"dtype":"BOOL","shape":[2,1],"data_offsets":[19,21]}}""",
            data);
        var file = Safetensors.Read(FilePath);
        Assert.Equal([-5, int.MaxValue], file.Tensors["i"].ToArray<int>());
        Assert.Equal([1, 1, 255], file.Tensors["u"].ToArray<int>());
        Assert.Equal([1, 1], file.Tensors["b"].ToArray<int>());
    }

    [Fact]
    public void An_id_beyond_32_bits_is_refused()
    {
        var data = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(data, 1L + int.MaxValue);
        WriteRaw("""{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", data);
        AssertRefused("ids");
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "JSON")]
    [InlineData("""{"x":}""", "JSON")]
    [InlineData("""[1, 2, 3]""", "object")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "x appears twice")]
    [InlineData("""{"x":{"dtype":"Q7","shape":[2],"data_offsets":[0,8]}}""", "Q7")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "truncated")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "invalid data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "invalid data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "invalid data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "invalid shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "invalid shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "invalid shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,8]}}""", "4294967296")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,0],"data_offsets":[0,0]}}""", "beyond all bounds")]
    [InlineData("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", "lacks")]
    [InlineData("""{"x":5}""", "lacks")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "y overlaps")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap of 4 bytes before x")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes after")]
    [InlineData("""{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "metadata a")]
    [InlineData("""{"__metadata__":"text","x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__")]
    public void A_damaged_header_is_refused(string header, string expected)
    {
        WriteRaw(header, new byte[8]);
        AssertRefused(expected);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        Safetensors.Write(FilePath, [new("x", Tensor.From([1f, 2, 3]))]);
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            AssertRefused("file.safetensors");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public void An_absurd_header_length_is_refused(long length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(FilePath, bytes);
        AssertRefused("header");
    }

    [Fact]
    public void A_missing_file_is_named() => AssertRefused("file.safetensors");

    [Fact]
    public void A_refused_file_leaves_no_tensor_behind()
    {
        var data = new byte[12];
        data.AsSpan().Fill(0x7f);
        WriteRaw("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}""", data);
        AssertRefused("b holds");
        Assert.Equal(0, scope.Count);
    }

    [Fact]
    public void Keys_that_clash_are_refused_before_anything_is_written()
    {
        var tensor = Tensor.From([1f]);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [new("a", tensor), new("a", tensor)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [new("__metadata__", tensor)]));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(FilePath);
        var error = Assert.Throws<CheckpointException>(() => Safetensors.Write(FilePath, [new("x", Tensor.From([2f]))]));
        Assert.Contains(FilePath, error.Message);
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Every_changed_byte_is_found()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["a.weight"] = Tensor.From([1.5f, -2, 0]), ["b"] = Tensor.Full(ElementType.Float64, 0.1), ["ids"] = Tensor.From([7]),
        };
        Safetensors.Write(FilePath, tensors, new Dictionary<string, string> { ["step"] = "17", ["name"] = "x" });
        var whole = File.ReadAllBytes(FilePath);
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var bits in (byte[])[1, 2, 4, 8, 16, 32, 64, 128, 255])
            {
                var changed = whole.ToArray();
                changed[at] ^= bits;
                File.WriteAllBytes(FilePath, changed);
                AssertRefused("file.safetensors");
            }
        }

        File.WriteAllBytes(FilePath, whole);
        Assert.Equal(["step", "name"], Safetensors.Read(FilePath).Metadata.Keys); // the checksum is not the user's
        Assert.Equal(3, scope.Count - tensors.Count);
    }

    [Fact]
    public void A_changed_byte_in_a_long_tensor_is_found()
    {
        Safetensors.Write(FilePath, [new("x", Tensor.Zeros(ElementType.Float32, (1 << 19) + 3))]);
        var bytes = File.ReadAllBytes(FilePath);
        bytes[^(1 << 20)] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        AssertRefused("damaged");
    }

    [Fact]
    public void Texts_that_would_be_taken_for_the_checksum_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [], new Dictionary<string, string> { ["mage-dsl.checksum"] = "x" }));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [], new Dictionary<string, string> { ["x"] = "mage-dsl.xxh128:" }));
    }

    [Fact]
    public void A_file_of_another_kind_is_called_by_its_name()
    {
        Refused("PyTorch", "PK\u0003\u0004\u0014\0\0\0\u0008\u0008archive/data.pkl"u8);
        Refused("a Python pickle", [0x80, 2, .. "}q\0X\u0003\0\0\0abc"u8]);
        Refused("a PNG image", [0x89, .. "PNG\r\n\u001a\n\0\0\0\rIHDR"u8]);
        Refused("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
        Refused("git lfs pull", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"u8);
        Refused("a web page", "\n<!DOCTYPE html><html><head>"u8);
        Refused("a text that begins with 'Not Found'", "Not Found\n"u8);
        Refused("it is empty", []);

        void Refused(string expected, ReadOnlySpan<byte> content)
        {
            File.WriteAllBytes(FilePath, content);
            AssertRefused(expected);
        }
    }

    [Fact]
    public void A_missing_folder_is_one_clear_line()
    {
        var path = Path.Combine(folder, "no", "file.safetensors");
        var error = Assert.Throws<CheckpointException>(() => Safetensors.Write(path, []));
        Assert.Contains(path, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private void AssertRefused(string expected)
    {
        var error = Assert.Throws<CheckpointException>(() => Safetensors.Read(FilePath));
        Assert.Contains(expected, error.Message);
        Assert.Contains(FilePath, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private void WriteRaw(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + text.Length);
        File.WriteAllBytes(FilePath, bytes);
    }
}
