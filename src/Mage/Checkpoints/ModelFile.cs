using Mage.Checkpoints.Stored;
using MageDsl;

namespace Mage.Checkpoints;

/// <summary>
/// Weights on disk, under the keys of the reference implementation. What is written is safetensors; the official <c>.pth</c> and <c>.ckpt</c>
/// files are read as well, told apart by their content. Nothing in a file is ever executed.
/// </summary>
public static class ModelFile
{
    // A model that was trained with a contrastive loss has it; who does not go on with that training needs none.
    private const string ContrastPrefix = "contrast_head.";

    /// <summary>Writes the weights of a model.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; what was there before is untouched.</exception>
    public static void Save(string path, Module model) => Write(path, model.StateDict());

    /// <summary>
    /// Reads weights into a model of the same sizes; tables of positions may be of another grid, and are interpolated. A file that holds more than
    /// one model gives what is meant for this one: the official MAGE files carry their tokenizer (under <c>vqgan.</c>), and those of
    /// taming-transformers the discriminator (under <c>loss.discriminator.</c>). The state of an optimizer is left aside.
    /// </summary>
    /// <returns>What was changed to make the weights fit, one line each; mostly nothing.</returns>
    /// <exception cref="UserErrorException">
    /// The file cannot be read, is damaged, or does not fit: the line names the file and the keys, with expected and found shape.
    /// </exception>
    public static IReadOnlyList<string> Load(string path, Module model)
    {
        using var file = WeightFile.Open(path);
        return Load(path, file, model);
    }

    /// <summary>Reads weights out of a file that is open.</summary>
    internal static IReadOnlyList<string> Load(string path, WeightFile file, Module model)
    {
        using var scope = new TensorScope();
        var own = model.StateDict();
        IReadOnlyCollection<string> all = [.. file.Tensors.Keys];
        var chosen = WeightPart.Choose([.. own.Keys], all) is { Count: > 0 } keys ? keys : all.ToDictionary(key => key);
        var stored = chosen
            .Where(pair => own.ContainsKey(pair.Key) || !pair.Key.StartsWith(ContrastPrefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => file.Tensors[pair.Value]);
        var values = stored.ToDictionary(pair => pair.Key, pair => pair.Value.ToStateValue());
        var note = PositionTables.Fit(own, stored, values);
        Guard(path, model, stored.Keys, () => model.LoadStateValues(values));
        return note is null ? [] : [note];
    }

    /// <summary>Makes sure that values fit a model; an error names the file.</summary>
    internal static void CheckFit(string path, Module model, IReadOnlyDictionary<string, Tensor> tensors)
        => Guard(path, model, tensors.Keys, () => model.CheckStateValues(StateValue.Of(tensors)));

    /// <summary>All tensors of a file, of whatever kind, in the current scope, and the texts beside them.</summary>
    internal static SafetensorsFile Read(string path)
    {
        using var file = WeightFile.Open(path);
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var (key, stored) in file.Tensors)
        {
            tensors.Add(key, Guard(path, key, () => stored.ToTensor()));
            tensors[key].Name = key;
        }

        return new SafetensorsFile(tensors, file.Others.DistinctBy(other => other.Key).ToDictionary());
    }

    /// <summary>Writes tensors and texts.</summary>
    internal static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? texts = null)
    {
        try
        {
            Safetensors.Write(path, tensors, texts);
        }
        catch (Exception e) when (e is CheckpointException or ArgumentException)
        {
            // The latter for a key that the format keeps for itself, as a converted file may have.
            throw new UserErrorException(e.Message.Contains(path) ? e.Message : $"cannot write '{path}': {e.Message}", e);
        }
    }

    /// <summary>Reads a tensor; an error names the file and the key.</summary>
    internal static T Guard<T>(string path, string key, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new UserErrorException($"'{path}': {key}: {e.Message}", e);
        }
    }

    private static void Guard(string path, Module model, IEnumerable<string> found, Action load)
    {
        try
        {
            load();
        }
        catch (InvalidDataException e)
        {
            throw new UserErrorException($"'{path}': {e.Message}", e);
        }
        catch (CheckpointException e)
        {
            var mismatch = WeightKind.Mismatch([.. model.StateDict().Keys], [.. found]);
            throw new UserErrorException(mismatch is null ? $"'{path}': {e.Message}" : $"'{path}' {mismatch}", e);
        }
    }
}
