using System.Globalization;
using System.Numerics;

namespace Mage.Checkpoints.Pickle;

/// <summary>
/// What a pickle describes, as plain data. Lists and dictionaries are filled after they are made, and may hold themselves: whoever walks
/// through one keeps count of the depth.
/// </summary>
internal abstract record PickleValue
{
    private const int Shown = 60;

    /// <summary>The value in a few words, for people; of what holds others only how many.</summary>
    public sealed override string ToString() => this switch
    {
        PickleNone => "None",
        PickleTruth truth => truth.Value ? "True" : "False",
        PickleWhole whole => whole.Value.ToString(CultureInfo.InvariantCulture),
        PickleReal real => real.Value.ToString("R", CultureInfo.InvariantCulture),
        PickleText text => Short(text.Value),
        PickleBytes bytes => $"{bytes.Value.Length} bytes",
        PickleSequence sequence => $"a {(sequence.IsTuple ? "tuple" : "list")} of {sequence.Items.Count}",
        PickleDictionary dictionary => $"a dictionary of {dictionary.Items.Count}",
        PickleGlobal global => global.Name,
        PickleStorage storage => $"a storage of {storage.Class}",
        PickleTensor => "a tensor",
        _ => "a value",
    };

    /// <summary>A text as it may stand in a line on a terminal.</summary>
    private static string Short(string text)
        => string.Concat(text.Take(Shown).Select(c => char.IsControl(c) ? '?' : c)) + (text.Length > Shown ? "…" : "");
}

/// <summary>None.</summary>
internal sealed record PickleNone : PickleValue
{
    /// <summary>The only one.</summary>
    public static PickleNone Instance { get; } = new();
}

/// <summary>True or False.</summary>
internal sealed record PickleTruth(bool Value) : PickleValue;

/// <summary>An int, of whatever length.</summary>
internal sealed record PickleWhole(BigInteger Value) : PickleValue;

/// <summary>A float.</summary>
internal sealed record PickleReal(double Value) : PickleValue;

/// <summary>A str.</summary>
internal sealed record PickleText(string Value) : PickleValue;

/// <summary>Bytes.</summary>
internal sealed record PickleBytes(byte[] Value) : PickleValue;

/// <summary>A list or a tuple.</summary>
internal sealed record PickleSequence(List<PickleValue> Items, bool IsTuple) : PickleValue;

/// <summary>A dict, an OrderedDict or an argparse.Namespace, in the order of writing; of equal keys the last counts.</summary>
internal sealed record PickleDictionary(List<KeyValuePair<PickleValue, PickleValue>> Items) : PickleValue
{
    /// <summary>The values whose keys are texts.</summary>
    public IEnumerable<KeyValuePair<string, PickleValue>> Texts
        => Items.Where(item => item.Key is PickleText).Select(item => KeyValuePair.Create(((PickleText)item.Key).Value, item.Value));

    /// <summary>The value of a text; null if there is none.</summary>
    public PickleValue? this[string key] => Items.FindLast(item => item.Key is PickleText text && text.Value == key).Value;
}

/// <summary>A name from the list of those that are allowed.</summary>
internal sealed record PickleGlobal(string Name) : PickleValue;

/// <summary>Where elements of tensors lie: an entry of the archive beside the pickle.</summary>
/// <param name="Class">Its class in PyTorch, as <c>torch.FloatStorage</c>.</param>
/// <param name="Key">The name of the entry.</param>
/// <param name="Count">Elements.</param>
internal sealed record PickleStorage(string Class, string Key, long Count) : PickleValue;

/// <summary>A tensor over a storage.</summary>
/// <param name="Storage">Its elements, and perhaps those of others.</param>
/// <param name="Offset">The first of them.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">Elements from one index to the next, of each dimension.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, int[] Shape, long[] Strides) : PickleValue;
