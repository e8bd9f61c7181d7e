using Mage.Checkpoints.Stored;
using MageDsl;

namespace Mage.Checkpoints;

/// <summary>One tensor of a file.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">What its elements are in the file, as safetensors calls it: F32, BF16, I64, …</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Values">Smallest, mean and largest element; null if they were not asked for, or there are none.</param>
public sealed record CheckpointRow(string Key, string Type, IReadOnlyList<int> Shape, (double Least, double Mean, double Most)? Values);

/// <summary>A model that a file holds.</summary>
/// <param name="Name">tokenizer, mage, discriminator, or other.</param>
/// <param name="Keys">Its tensors.</param>
/// <param name="Parameters">Their numbers, without ids.</param>
public sealed record CheckpointPart(string Name, int Keys, long Parameters);

/// <summary>What is in a file of weights: for people.</summary>
/// <param name="Format">What kind of file it is.</param>
/// <param name="Parts">The models in it.</param>
/// <param name="Rows">The tensors, in the order of the file.</param>
/// <param name="Others">What else is in it, by name and in a few words.</param>
public sealed record CheckpointReport(
    string Format, IReadOnlyList<CheckpointPart> Parts, IReadOnlyList<CheckpointRow> Rows, IReadOnlyList<KeyValuePair<string, string>> Others)
{
    /// <summary>Looks into a file: safetensors, <c>.pth</c> or <c>.ckpt</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">Whether to read all elements, for their range.</param>
    /// <exception cref="UserErrorException">It cannot be read, is damaged, or is no such file.</exception>
    public static CheckpointReport Read(string path, bool values = false)
    {
        using var file = WeightFile.Open(path);
        var rows = file.Tensors.Select(pair => new CheckpointRow(
            pair.Key, pair.Value.Type.ToString(), [.. pair.Value.Shape],
            values ? ModelFile.Guard(path, pair.Key, () => Range(pair.Value)) : null));
        return new CheckpointReport(file.Format, [.. PartsOf(file.Tensors)], [.. rows], file.Others);
    }

    private static IEnumerable<CheckpointPart> PartsOf(IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        string[] rest = [.. tensors.Keys];
        foreach (var part in WeightPart.All)
        {
            if (part.Find([.. tensors.Keys]) is { } found)
            {
                yield return Count(part.Name, [.. found.Values]);
                rest = [.. rest.Except(found.Values)];
            }
        }

        if (rest.Length > 0)
        {
            yield return Count("other", rest);
        }

        CheckpointPart Count(string name, string[] keys)
            => new(name, keys.Length, keys.Where(key => tensors[key].Type.InMemory().IsReal()).Sum(key => tensors[key].Count));
    }

    private static (double Least, double Mean, double Most)? Range(StoredTensor tensor)
    {
        var (least, most, sum) = (double.PositiveInfinity, double.NegativeInfinity, 0.0);
        foreach (var piece in tensor.Values())
        {
            foreach (var value in piece.Span)
            {
                // Both are NaN as soon as one element is.
                (least, most, sum) = (Math.Min(least, value), Math.Max(most, value), sum + value);
            }
        }

        return tensor.Count == 0 ? null : (least, sum / tensor.Count, most);
    }
}
