using Mage.Config;

namespace Mage.Data;

/// <summary>What was done to a picture to make it one of the images.</summary>
[Flags]
public enum Preparation
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It was cut to the square in its middle.</summary>
    Cut = 1,

    /// <summary>It was resized.</summary>
    Resized = 2,

    /// <summary>Its transparency was laid over white.</summary>
    Opaque = 4,

    /// <summary>Its colours were made grey.</summary>
    Grey = 8,

    /// <summary>Its grey was repeated for red, green and blue.</summary>
    Repeated = 16,
}

/// <summary>Says what was done to pictures, with counts.</summary>
internal static class Preparations
{
    /// <summary>A line for each thing that was done to some.</summary>
    public static IEnumerable<string> Describe(IReadOnlyCollection<Preparation> done, DataConfig config)
    {
        (Preparation What, string Text)[] kinds =
        [
            (Preparation.Grey, "in colour and made grey (--channels 3 keeps colours)"),
            (Preparation.Repeated, "grey, repeated for red, green and blue"),
            (Preparation.Opaque, "transparent in places, laid over white"),
            (Preparation.Cut, "not square, cut to the square in the middle"),
            (Preparation.Resized, $"resized to {config.ImageSize}x{config.ImageSize}"),
        ];
        foreach (var (what, text) in kinds)
        {
            var count = done.Count(one => one.HasFlag(what));
            if (count > 0)
            {
                yield return count == done.Count ? $"all {count} images: {text}" : $"{count} of {done.Count} images: {text}";
            }
        }
    }
}
