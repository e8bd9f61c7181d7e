using Mage.Checkpoints.Pickle;
using MageDsl;

namespace Mage.Checkpoints.Stored;

/// <summary>
/// A file of weights, of whatever kind: safetensors, or the <c>.pth</c> and <c>.ckpt</c> of PyTorch. What it is is told by its content. Its
/// checksums have been compared when it is open; the elements of a tensor are read when somebody asks.
/// </summary>
internal sealed class WeightFile : IDisposable
{
    // Where a training script puts the weights among what else it saves.
    private static readonly string[] StateNames = ["model", "state_dict", "model_state"];

    // What wrappers for several devices put before each key.
    private const string WrapperPrefix = "module.";

    private readonly FileStream file;

    private WeightFile(
        FileStream file, string format, IEnumerable<KeyValuePair<string, StoredTensor>> tensors, IEnumerable<KeyValuePair<string, string>> others)
    {
        this.file = file;
        Format = format;
        var all = tensors.ToList();
        var isWrapped = all.Count > 0 && all.All(pair => pair.Key.StartsWith(WrapperPrefix, StringComparison.Ordinal));
        var found = new OrderedDictionary<string, StoredTensor>();
        foreach (var (key, tensor) in all)
        {
            found[isWrapped ? key[WrapperPrefix.Length..] : key] = tensor;
        }

        (Tensors, Others) = (found, [.. others]);
    }

    /// <summary>What kind of file it is, and where the weights are in it.</summary>
    public string Format { get; }

    /// <summary>The weights by key.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>What else is in it, in a few words each; it is not read.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserErrorException">It cannot be read, is damaged, or is no file of weights: one line with its name.</exception>
    public static WeightFile Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Read(file);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or PickleException)
        {
            file?.Dispose();

            // Messages of the runtime name the path themselves.
            throw new UserErrorException(e.Message.Contains(path) ? e.Message : $"'{path}': {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static WeightFile Read(FileStream file)
    {
        Span<byte> start = stackalloc byte[4];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        return start switch
        {
            [(byte)'P', (byte)'K', ..] => OfTorch(file),
            [0x80, >= 2 and <= 5, ..] => throw new InvalidDataException(
                "it is a pickle without an archive, as PyTorch wrote before version 1.6; with a newer one, " +
                "torch.save(torch.load(FILE, map_location='cpu'), NEW) writes what can be read here"),
            _ => OfSafetensors(file),
        };
    }

    private static WeightFile OfTorch(FileStream file)
    {
        using var archive = TorchArchive.Open(file);
        if (archive.Root is not PickleDictionary root)
        {
            throw new InvalidDataException($"it holds {archive.Root}, not a dictionary of weights");
        }

        var name = StateNames.FirstOrDefault(name => root[name] is PickleDictionary inner && HasTensors(inner));
        var state = name is null ? root : (PickleDictionary)root[name]!;
        if (!HasTensors(state))
        {
            throw new InvalidDataException(
                $"it holds no weights: they are looked for at its top and under {string.Join(", ", StateNames)}; it has " +
                $"{string.Join(", ", root.Texts.Take(8).Select(item => new PickleText(item.Key)))}");
        }

        return new WeightFile(
            file,
            name is null ? "PyTorch" : $"PyTorch, the weights under '{name}'",
            state.Texts.Where(item => item.Value is PickleTensor)
                .Select(item => KeyValuePair.Create(item.Key, archive.Tensor((PickleTensor)item.Value))),
            root.Texts.Where(item => item.Key != name && item.Value is not PickleTensor)
                .Select(item => KeyValuePair.Create(item.Key, item.Value.ToString())));
    }

    private static bool HasTensors(PickleDictionary dictionary) => dictionary.Items.Exists(item => item is { Key: PickleText, Value: PickleTensor });

    private static WeightFile OfSafetensors(FileStream file)
    {
        var start = SafetensorsStart.Read(file);
        if (start.BeginHash() is { } hash)
        {
            new StoredBytes(file.SafeFileHandle, start.DataStart, file.Length - start.DataStart).AppendTo(hash);
            start.Check(hash);
        }

        return new WeightFile(
            file,
            "safetensors",
            start.Entries.Select(entry => KeyValuePair.Create(
                entry.Key,
                new StoredTensor(
                    new StoredBytes(file.SafeFileHandle, start.DataStart + entry.Begin, entry.End - entry.Begin),
                    StoredTypes.OfSafetensors(entry.DType), 0, entry.Shape))),
            start.Texts);
    }
}
