using System.Globalization;
using Mage.Checkpoints.Stored;
using MageDsl;

namespace Mage.Checkpoints;

/// <summary>A key that two files do not have in common, or with another value.</summary>
/// <param name="Key">The key.</param>
/// <param name="What">How they differ, for people.</param>
/// <param name="Largest">The largest difference of two elements, NaN if only one of them is; null if the shapes differ or one lacks the key.</param>
public sealed record KeyDifference(string Key, string What, double? Largest);

/// <summary>What tells the weights of two files apart. Numbers count, not the types in which they are stored.</summary>
/// <param name="Keys">The keys that differ, those of the first file first.</param>
/// <param name="Same">How many keys have the same value in both.</param>
public sealed record CheckpointDifference(IReadOnlyList<KeyDifference> Keys, int Same)
{
    /// <summary>Compares two files: safetensors, <c>.pth</c> or <c>.ckpt</c>.</summary>
    /// <param name="first">A file.</param>
    /// <param name="second">Another.</param>
    /// <param name="part">Of both only this: <c>tokenizer</c>, <c>mage</c> or <c>discriminator</c>, by its own keys.</param>
    /// <exception cref="UserErrorException">One cannot be read, or does not hold the part.</exception>
    public static CheckpointDifference Between(string first, string second, string? part = null)
    {
        using var a = WeightFile.Open(first);
        using var b = WeightFile.Open(second);
        var (of, other) = (WeightPart.Select(first, a.Tensors, part), WeightPart.Select(second, b.Tensors, part));
        var found = new List<KeyDifference>();
        foreach (var (key, tensor) in of)
        {
            var difference = other.TryGetValue(key, out var against)
                ? ModelFile.Guard(first, key, () => Compare(key, tensor, against))
                : new KeyDifference(key, "only in the first", null);
            if (difference is not null)
            {
                found.Add(difference);
            }
        }

        var same = of.Count - found.Count;
        found.AddRange(other.Keys.Where(key => !of.ContainsKey(key)).Select(key => new KeyDifference(key, "only in the second", null)));
        return new CheckpointDifference(found, same);
    }

    private static KeyDifference? Compare(string key, StoredTensor a, StoredTensor b)
    {
        if (!a.Shape.SequenceEqual(b.Shape))
        {
            return new KeyDifference(key, $"{Tensor.ShapeText(a.Shape)} and {Tensor.ShapeText(b.Shape)}", null);
        }

        var (largest, count) = (0.0, 0L);
        foreach (var (x, y) in a.Values().Zip(b.Values()))
        {
            for (var i = 0; i < x.Length; i++)
            {
                if (!x.Span[i].Equals(y.Span[i]) && x.Span[i] != y.Span[i])
                {
                    largest = Math.Max(largest, Math.Abs(x.Span[i] - y.Span[i]));
                    count++;
                }
            }
        }

        return count == 0
            ? null
            : new KeyDifference(key, string.Create(CultureInfo.InvariantCulture, $"{count} of {a.Count} differ, by up to {largest:G4}"), largest);
    }
}
