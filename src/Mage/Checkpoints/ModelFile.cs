using MageDsl;

namespace Mage.Checkpoints;

/// <summary>Weights on disk: safetensors files whose keys are those of the reference implementation.</summary>
public static class ModelFile
{
    // The official MAGE checkpoint carries its tokenizer along under this prefix.
    private const string TokenizerPrefix = "vqgan.";

    // A model that was trained with a contrastive loss has it; who does not go on with that training needs none.
    private const string ContrastPrefix = "contrast_head.";

    /// <summary>Writes the weights of a model.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; what was there before is untouched.</exception>
    public static void Save(string path, Module model) => Write(path, model.StateDict());

    /// <summary>
    /// Reads weights into a model of the same sizes. A tokenizer is also read out of a MAGE file that carries one, as the official checkpoints do
    /// (under <c>vqgan.</c>); MAGE leaves that part aside.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// The file cannot be read, is damaged, or does not fit: the line names the file and the keys, with expected and found shape.
    /// </exception>
    public static void Load(string path, Module model)
    {
        // Reading inside a scope gives the memory of the file's tensors back as soon as they are copied.
        using var scope = new TensorScope();
        Fit(path, model, Part(Read(path).Tensors, [.. model.StateDict().Keys]));
    }

    /// <summary>What of a file is meant for a model with these keys.</summary>
    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyCollection<string> own)
    {
        var isCarried = !own.Any(tensors.ContainsKey) && own.Any(key => tensors.ContainsKey(TokenizerPrefix + key));
        return tensors
            .Where(pair => !pair.Key.StartsWith(ContrastPrefix, StringComparison.Ordinal) || own.Contains(pair.Key))
            .Where(pair => pair.Key.StartsWith(TokenizerPrefix, StringComparison.Ordinal) == isCarried || own.Contains(pair.Key))
            .ToDictionary(pair => isCarried ? pair.Key[TokenizerPrefix.Length..] : pair.Key, pair => pair.Value);
    }

    /// <summary>Copies values into a model; an error names the file.</summary>
    internal static void Fit(string path, Module model, IReadOnlyDictionary<string, Tensor> tensors)
    {
        try
        {
            model.LoadStateDict(tensors);
        }
        catch (CheckpointException e)
        {
            var mismatch = WeightKind.Mismatch([.. model.StateDict().Keys], [.. tensors.Keys]);
            throw new UserErrorException(mismatch is null ? $"'{path}': {e.Message}" : $"'{path}' {mismatch}", e);
        }
    }

    /// <summary>A file's tensors and texts.</summary>
    internal static SafetensorsFile Read(string path)
    {
        try
        {
            return Safetensors.Read(path);
        }
        catch (CheckpointException e)
        {
            throw new UserErrorException(e.Message, e);
        }
    }

    /// <summary>Writes tensors and texts.</summary>
    internal static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? texts = null)
    {
        try
        {
            Safetensors.Write(path, tensors, texts);
        }
        catch (CheckpointException e)
        {
            throw new UserErrorException(e.Message, e);
        }
    }
}
