using Google.Protobuf;
using Mage.Config;
using Mage.Perceptual;

namespace Mage.Tests.Perceptual;

/// <summary>ONNX files that are damaged, or of other networks.</summary>
public class OnnxTests
{
    [Fact]
    public void What_is_no_ONNX_file_is_said()
    {
        using var folder = new TemporaryFolder();
        Refused(folder.Write("text.onnx", "this is no network"u8.ToArray()), "is no ONNX file, or damaged");
        Refused(folder.Write("empty.ONNX", []), "it has no operations");
        Refused(folder["nowhere.onnx"], "cannot read the network");
    }

    [Fact]
    public void Another_network_is_named_at_the_place_where_it_parts()
    {
        using var folder = new TemporaryFolder();
        var weight = Constant("w", [4, 3, 7, 7]);
        Refused(folder.Write("gemm.onnx", Model(Node("Gemm", ["image"], "y"))), "no convolution of its input");
        Refused(folder.Write("lost.onnx", Model(Node("Conv", ["image", "w"], "y", 2))), "no constant as input 1 of Conv at y");
        Refused(
            folder.Write("small.onnx", Model(Node("Conv", ["image", "w"], "y", 2), Constant("w", [4, 3, 5, 5]))),
            "filters 4x3x5x5 with stride 2 at y");
        Refused(folder.Write("stride.onnx", Model(Node("Conv", ["image", "w"], "y", 1), weight)), "with stride 1 at y");
        Refused(folder.Write("flat.onnx", Model(Node("Conv", ["image", "w"], "y", 2), Constant("w", []))), "filters");
        Refused(folder.Write("end.onnx", Model(Node("Conv", ["image", "w"], "y", 2), weight)), "no Relu after y, but nothing");
        Refused(
            folder.Write("pool.onnx", Model(Node("Conv", ["image", "w"], "y", 2), weight, Node("Relu", ["y"], "r"), Node("Gemm", ["r"], "g"))),
            "no MaxPool after r, but Gemm");
        Refused(
            folder.Write("short.onnx", Model(Node("Conv", ["image", "w"], "y", 2), weight, Node("Relu", ["y"], "r"), Node("MaxPool", ["r"], "p"))),
            "no block after p");
        Refused(folder.Write("values.onnx", Model(Constant("w", [4, 3], values: 11))), "w of 4x3 has 11 values");
        Refused(folder.Write("huge.onnx", Model(Constant("w", [int.MaxValue, int.MaxValue, int.MaxValue], values: 1))), "damaged");
        Refused(folder.Write("nothing.onnx", Model(Block(1, Text(4, "Conv")))), "a Conv makes nothing");
    }

    [Fact]
    public void A_circle_of_blocks_ends()
    {
        using var folder = new TemporaryFolder();
        var filters = Constant("f", [4, 4, 3, 3]);
        Refused(
            folder.Write("circle.onnx", Model(
                Node("Conv", ["image", "w"], "y", 2), Constant("w", [4, 3, 7, 7]), filters, Node("Relu", ["y"], "r"), Node("MaxPool", ["r"], "p"),
                Node("Conv", ["p", "f"], "a", 1), Node("Relu", ["a"], "b"), Node("Conv", ["b", "f"], "c", 1), Node("Add", ["c", "p"], "d"),
                Node("Relu", ["d"], "p"))),
            "a circle");
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused_or_understood()
    {
        using var folder = new TemporaryFolder();
        var model = Model(Node("Conv", ["image", "w"], "y", 2), Constant("w", [1, 1, 2, 2]));
        for (var length = 0; length < model.Length; length++)
        {
            var path = folder.Write("cut.onnx", model[..length]);
            Assert.Throws<UserErrorException>(() => FeatureNetwork.Load(new PerceptualConfig { File = path }));
        }
    }

    private static void Refused(string path, string because)
    {
        var error = Assert.Throws<UserErrorException>(() => FeatureNetwork.Load(new PerceptualConfig { File = path }));
        Assert.Contains(path, error.Message);
        Assert.Contains(because, error.Message);
    }

    private static byte[] Model(params byte[][] parts) => Block(7, parts);

    private static byte[] Node(string kind, string[] inputs, string output, int? stride = null) => Block(
        1,
        [
            .. inputs.Select(input => Text(1, input)), Text(2, output), Text(4, kind),
            .. stride is { } value ? (byte[][])[Block(5, Text(1, "strides"), Number(8, value), Number(8, value))] : [],
        ]);

    private static byte[] Constant(string name, int[] shape, int? values = null) => Block(
        5,
        [
            .. shape.Select(size => Number(1, size)), Number(2, 1), Text(8, name),
            Block(9, new byte[4 * (values ?? shape.Aggregate(1, (a, b) => a * b))]),
        ]);

    private static byte[] Block(int field, params byte[][] parts) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom([.. parts.SelectMany(part => part)]));
    });

    private static byte[] Text(int field, string text) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    });

    private static byte[] Number(int field, long value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    });

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
