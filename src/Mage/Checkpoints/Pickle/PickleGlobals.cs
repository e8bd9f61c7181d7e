using System.Numerics;

namespace Mage.Checkpoints.Pickle;

/// <summary>
/// The names that a pickle may use, and what calling one means here. Python would import whatever a pickle names and call it; here a name is a
/// text that is compared with this list, and no code but this is ever run.
/// </summary>
internal static class PickleGlobals
{
    private const string Dictionary = "collections.OrderedDict";
    private const string Namespace = "argparse.Namespace";
    private const string Tensor = "torch._utils._rebuild_tensor_v2";
    private const string Parameter = "torch._utils._rebuild_parameter";

    // More dimensions than any tensor of a model has.
    private const int MaxRank = 16;

    private static readonly HashSet<string> Callable = [Dictionary, Namespace, Tensor, Parameter];

    // Stand for themselves and are never called. The last is a key in the checkpoints of taming-transformers.
    private static readonly HashSet<string> Names =
    [
        "torch.FloatStorage", "torch.DoubleStorage", "torch.HalfStorage", "torch.BFloat16Storage", "torch.LongStorage", "torch.IntStorage",
        "torch.ByteStorage", "torch.BoolStorage", "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
    ];

    /// <summary>A name, if it is on the list.</summary>
    /// <exception cref="PickleException">It is not.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        var full = $"{module}.{name}";
        return Callable.Contains(full) || Names.Contains(full)
            ? new PickleGlobal(full)
            : throw new PickleException(
                $"the pickle asks for {Printable(full)}, which is not among the few names that weights need, and nothing else is read; " +
                "torch.save(model.state_dict(), FILE) writes weights alone");
    }

    /// <summary>What a call of a name gives.</summary>
    /// <exception cref="PickleException">The name cannot be called, or not with these arguments.</exception>
    public static PickleValue Call(PickleValue name, PickleValue arguments)
    {
        if (name is not PickleGlobal global || !Callable.Contains(global.Name) || arguments is not PickleSequence { IsTuple: true } sequence)
        {
            throw new PickleException($"the pickle calls {name}, which is not among the few things that weights need");
        }

        return (global.Name, sequence.Items) switch
        {
            (Dictionary or Namespace, []) => new PickleDictionary([]),
            (Tensor, [PickleStorage storage, PickleWhole offset, PickleSequence shape, PickleSequence strides, ..])
                => View(storage, offset, shape, strides),
            (Parameter, [PickleTensor tensor, ..]) => tensor,
            _ => throw new PickleException($"the pickle calls {global.Name} with other arguments than PyTorch does"),
        };
    }

    /// <summary>The storage that a pickle refers to: <c>('storage', class, key, place, elements)</c>.</summary>
    /// <exception cref="PickleException">It refers to something else.</exception>
    public static PickleStorage Storage(PickleValue reference) => reference is PickleSequence
    {
        Items: [PickleText { Value: "storage" }, PickleGlobal type, PickleText key, PickleText, PickleWhole count],
    }
        && type.Name.EndsWith("Storage", StringComparison.Ordinal) && count.Value >= 0 && count.Value <= long.MaxValue
        ? new PickleStorage(type.Name, key.Value, (long)count.Value)
        : throw new PickleException("the pickle refers to something outside that is no storage of numbers");

    private static PickleTensor View(PickleStorage storage, PickleWhole offset, PickleSequence shape, PickleSequence strides)
    {
        if (shape.Items.Count > MaxRank || strides.Items.Count != shape.Items.Count)
        {
            throw new PickleException($"the pickle has a tensor of {shape.Items.Count} dimensions with {strides.Items.Count} strides");
        }

        int[] sizes = [.. shape.Items.Select(item => (int)Number(item, int.MaxValue))];
        long[] steps = [.. strides.Items.Select(item => (long)Number(item, long.MaxValue))];
        var first = (long)Number(offset, long.MaxValue);
        var last = sizes.Zip(steps).Aggregate((BigInteger)first, (sum, axis) => sum + ((BigInteger)(axis.First - 1) * axis.Second));
        var end = sizes.Contains(0) ? first : last + 1;
        return end <= storage.Count
            ? new PickleTensor(storage, first, sizes, steps)
            : throw new PickleException($"the pickle has a tensor {MageDsl.Tensor.ShapeText(sizes)} that ends at element {end} of {storage.Count}");
    }

    private static BigInteger Number(PickleValue value, long most) => value is PickleWhole whole && whole.Value >= 0 && whole.Value <= most
        ? whole.Value
        : throw new PickleException($"the pickle has a tensor with {value} as a size, stride or place");

    /// <summary>A name out of a file, as it may stand in a line on a terminal.</summary>
    private static string Printable(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '?'));
}
