using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Mage.Perceptual;

/// <summary>An operation of an ONNX graph.</summary>
/// <param name="Kind">What it does, as <c>Conv</c>.</param>
/// <param name="Inputs">Names of what it reads.</param>
/// <param name="Outputs">Names of what it makes, at least one.</param>
/// <param name="Numbers">Its attributes that are one float.</param>
/// <param name="Lists">Its attributes that are whole numbers.</param>
internal sealed record OnnxNode(
    string Kind, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, float> Numbers, IReadOnlyDictionary<string, IReadOnlyList<long>> Lists);

/// <summary>A constant of an ONNX graph: its sizes, and its values row by row.</summary>
internal sealed record OnnxTensor(IReadOnlyList<int> Shape, float[] Values);

/// <summary>
/// What an ONNX file says, as far as a network of convolutions needs it: operations in order, and constants of float32. The rest is passed over.
/// </summary>
/// <remarks>The fields are those of <c>onnx.proto</c> (onnx.ai, version 3 of its format).</remarks>
/// <param name="Path">The file, for messages.</param>
/// <param name="Producer">The program that wrote it.</param>
/// <param name="Nodes">Operations.</param>
/// <param name="Tensors">Constants by name.</param>
internal sealed record OnnxGraph(string Path, string Producer, IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, OnnxTensor> Tensors)
{
    private const int Float32 = 1;

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It cannot be read, is damaged, or keeps its weights elsewhere.</exception>
    public static OnnxGraph Read(string path)
    {
        try
        {
            return Model(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException or OverflowException)
        {
            throw new UserErrorException($"'{path}' is no ONNX file, or damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the network '{path}': {e.Message}", e);
        }
    }

    private static OnnxGraph Model(string path, byte[] bytes)
    {
        var (producer, nodes, tensors) = ("", new List<OnnxNode>(), new Dictionary<string, OnnxTensor>());
        var model = new CodedInputStream(bytes);
        foreach (var (field, _) in Fields(model))
        {
            if (field == 2)
            {
                producer = model.ReadString();
            }
            else if (field == 7)
            {
                ReadGraph(model.ReadBytes().CreateCodedInput(), nodes, tensors);
            }
            else
            {
                model.SkipLastField();
            }
        }

        return nodes.Count > 0 ? new OnnxGraph(path, producer, nodes, tensors) : throw new InvalidDataException("it has no operations");
    }

    private static void ReadGraph(CodedInputStream graph, List<OnnxNode> nodes, Dictionary<string, OnnxTensor> tensors)
    {
        foreach (var (field, _) in Fields(graph))
        {
            if (field == 1)
            {
                nodes.Add(ReadNode(graph.ReadBytes().CreateCodedInput()));
            }
            else if (field == 5)
            {
                ReadTensor(graph.ReadBytes().CreateCodedInput(), tensors);
            }
            else
            {
                graph.SkipLastField();
            }
        }
    }

    private static OnnxNode ReadNode(CodedInputStream node)
    {
        var (kind, inputs, outputs) = ("", new List<string>(), new List<string>());
        var (numbers, lists) = (new Dictionary<string, float>(), new Dictionary<string, IReadOnlyList<long>>());
        foreach (var (field, _) in Fields(node))
        {
            switch (field)
            {
                case 1:
                    inputs.Add(node.ReadString());
                    break;
                case 2:
                    outputs.Add(node.ReadString());
                    break;
                case 4:
                    kind = node.ReadString();
                    break;
                case 5:
                    ReadAttribute(node.ReadBytes().CreateCodedInput(), numbers, lists);
                    break;
                default:
                    node.SkipLastField();
                    break;
            }
        }

        return outputs.Count > 0 ? new OnnxNode(kind, inputs, outputs, numbers, lists) : throw new InvalidDataException($"a {kind} makes nothing");
    }

    private static void ReadAttribute(
        CodedInputStream attribute, Dictionary<string, float> numbers, Dictionary<string, IReadOnlyList<long>> lists)
    {
        var (name, number, list) = ("", (float?)null, new List<long>());
        foreach (var (field, isBlock) in Fields(attribute))
        {
            switch (field)
            {
                case 1:
                    name = attribute.ReadString();
                    break;
                case 2:
                    number = attribute.ReadFloat();
                    break;
                case 8:
                    list.AddRange(Whole(attribute, isBlock));
                    break;
                default:
                    attribute.SkipLastField();
                    break;
            }
        }

        if (number is { } value)
        {
            numbers[name] = value;
        }

        lists[name] = list;
    }

    /// <summary>Reads a constant; one of another type than float32 is no weight of a convolution, and passed over.</summary>
    private static void ReadTensor(CodedInputStream tensor, Dictionary<string, OnnxTensor> tensors)
    {
        var (name, type, shape, values) = ("", 0, new List<int>(), new List<float>());
        foreach (var (field, isBlock) in Fields(tensor))
        {
            switch (field)
            {
                case 1:
                    shape.AddRange(Whole(tensor, isBlock).Select(size => checked((int)size)));
                    break;
                case 2:
                    type = tensor.ReadInt32();
                    break;
                case 4 when !isBlock:
                    values.Add(tensor.ReadFloat());
                    break;
                case 4 or 9:
                    values.AddRange(MemoryMarshal.Cast<byte, float>(tensor.ReadBytes().Span));
                    break;
                case 8:
                    name = tensor.ReadString();
                    break;
                default:
                    tensor.SkipLastField();
                    break;
            }
        }

        if (type != Float32)
        {
            return;
        }

        var count = shape.Aggregate(1L, (product, size) => checked(product * size));
        tensors[name] = count == values.Count
            ? new OnnxTensor(shape, [.. values])
            : throw new InvalidDataException($"{name} of {string.Join('x', shape)} has {values.Count} values in the file");
    }

    /// <summary>The fields of a message, each to be read or skipped before the next: its number, and whether it is a block of bytes.</summary>
    private static IEnumerable<(int Number, bool IsBlock)> Fields(CodedInputStream message)
    {
        while (message.ReadTag() is var tag and not 0)
        {
            yield return (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited);
        }
    }

    /// <summary>Whole numbers: one, or a block of them.</summary>
    private static IEnumerable<long> Whole(CodedInputStream message, bool isBlock)
    {
        if (!isBlock)
        {
            yield return message.ReadInt64();
            yield break;
        }

        var block = message.ReadBytes().CreateCodedInput();
        while (!block.IsAtEnd)
        {
            yield return block.ReadInt64();
        }
    }
}
