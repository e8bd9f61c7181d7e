using Mage.Checkpoints.Stored;

namespace Mage.Checkpoints;

/// <summary>A model whose weights a file may hold, perhaps among those of others.</summary>
/// <param name="Name">What it is called on a command line.</param>
/// <param name="Mark">A key that it has and no other.</param>
internal sealed record WeightPart(string Name, string Mark)
{
    /// <summary>The VQGAN.</summary>
    public static readonly WeightPart Tokenizer = new("tokenizer", "quantize.embedding.weight");

    /// <summary>MAGE.</summary>
    public static readonly WeightPart Mage = new("mage", "cls_token");

    /// <summary>The network that the tokenizer is trained against.</summary>
    public static readonly WeightPart Discriminator = new("discriminator", "main.0.weight");

    // An official MAGE file carries its tokenizer along, and a file of taming-transformers what the tokenizer's loss needed.
    private const string CarriedTokenizer = "vqgan.";
    private const string CarriedLoss = "loss.";
    private static readonly string[] Prefixes = ["", CarriedTokenizer, "loss.discriminator.", "vqgan.loss.discriminator."];

    /// <summary>All parts.</summary>
    public static IReadOnlyList<WeightPart> All { get; } = [Tokenizer, Mage, Discriminator];

    /// <summary>The keys of this part in a file, by those that the model has; null if the file does not hold it.</summary>
    public IReadOnlyDictionary<string, string>? Find(IReadOnlyCollection<string> keys)
        => Choose([Mark], keys) is { Count: > 0 } chosen ? chosen : null;

    /// <summary>What of a file is meant for a model, by its own keys.</summary>
    /// <param name="own">Keys of the model.</param>
    /// <param name="keys">Keys of the file.</param>
    /// <returns>Keys as the model has them, and as the file has them. Nothing, if the file holds nothing for the model.</returns>
    public static IReadOnlyDictionary<string, string> Choose(IReadOnlyCollection<string> own, IReadOnlyCollection<string> keys)
    {
        var found = keys.ToHashSet();
        var wanted = own.ToHashSet();
        if (Array.Find(Prefixes, prefix => own.Any(key => found.Contains(prefix + key))) is not { } start)
        {
            return new Dictionary<string, string>();
        }

        return new OrderedDictionary<string, string>(
            keys.Where(key => key.StartsWith(start, StringComparison.Ordinal))
                .Select(key => KeyValuePair.Create(key[start.Length..], key))
                .Where(pair => wanted.Contains(pair.Key) || !IsCarried(pair.Key)));
    }

    /// <summary>The tensors of a part by its own keys, or all of a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">What it holds.</param>
    /// <param name="part">The name of a part; null for all.</param>
    /// <exception cref="UserErrorException">There is no such part, here or at all.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Select(string path, IReadOnlyDictionary<string, StoredTensor> tensors, string? part)
    {
        if (part is null)
        {
            return tensors;
        }

        var wanted = All.FirstOrDefault(one => one.Name == part)
            ?? throw new UserErrorException(
                $"no part of a checkpoint is called '{part}'; there are {string.Join(", ", All.Select(one => one.Name))}");
        var keys = wanted.Find([.. tensors.Keys])
            ?? throw new UserErrorException($"'{path}' holds no {part}: it has no key {wanted.Mark}");
        return new OrderedDictionary<string, StoredTensor>(keys.Select(pair => KeyValuePair.Create(pair.Key, tensors[pair.Value])));
    }

    private static bool IsCarried(string key)
        => key.StartsWith(CarriedTokenizer, StringComparison.Ordinal) || key.StartsWith(CarriedLoss, StringComparison.Ordinal);
}
