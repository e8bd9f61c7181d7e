using System.Globalization;
using MageDsl;

namespace Mage.Cli.Kernels;

/// <summary>The axis sizes that figures are for: given ones, and for the rest those of a middling layer.</summary>
internal static class SizeChoice
{
    private const int Usual = 64;

    private static readonly Dictionary<string, int> Layer = new()
    {
        ["..."] = 4096, ["b"] = 16, ["n"] = 4096, ["t"] = 256, ["u"] = 256,
        ["d"] = 768, ["f"] = 3072, ["k"] = 768, ["o"] = 768, ["h"] = 12, ["v"] = 2048,
    };

    private static readonly Dictionary<string, int> Image = new()
    {
        ["b"] = 8, ["c"] = 64, ["o"] = 64, ["h"] = 32, ["w"] = 32, ["g"] = 8,
    };

    /// <summary>Sizes of all axes of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="texts">What was given, as <c>n=4096,d=768</c>.</param>
    /// <exception cref="UserErrorException">A text is no such list, or names an axis that the kernel does not have.</exception>
    public static IReadOnlyDictionary<string, int> Of(KernelInfo kernel, IEnumerable<string> texts)
    {
        var axes = Open(kernel);
        var given = Parse(kernel, axes, texts);
        var defaults = axes.Contains("w") ? Image : Layer;
        var sizes = new Dictionary<string, int>(given);
        // What follows from other axes follows from them, rather than having a size of its own.
        var follows = kernel.Rules.Select(rule => rule.Axis).ToHashSet();
        foreach (var axis in axes.OrderBy(follows.Contains))
        {
            if (sizes.ContainsKey(axis))
            {
                continue;
            }

            var rule = kernel.Rules.Select(rule => rule.Axis == axis ? rule.Size(sizes) : null).FirstOrDefault(size => size is not null);
            sizes[axis] = rule ?? defaults.GetValueOrDefault(axis, Usual);
        }

        return kernel.Sizes(sizes);
    }

    private static List<string> Open(KernelInfo kernel) =>
    [
        .. kernel.Parameters.Where(p => p.IsTensor).SelectMany(p => TensorLayout.Parse(p.Layout).Axes)
            .Where(axis => axis.Fixed == 0).Select(axis => axis.Name)
            .Concat(kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Size).Select(p => p.Layout)).Distinct(),
    ];

    private static Dictionary<string, int> Parse(KernelInfo kernel, List<string> axes, IEnumerable<string> texts)
    {
        var sizes = new Dictionary<string, int>();
        foreach (var part in texts.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (part.Split('=') is not [var axis, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size < 1)
            {
                throw new UserErrorException($"--sizes has '{part}'; it should be an axis and its size, as n=4096");
            }

            if (!axes.Contains(axis))
            {
                throw new UserErrorException($"{kernel.Name} has no axis '{axis}' of open size; it has {string.Join(", ", axes)}");
            }

            sizes[axis] = size;
        }

        return sizes;
    }
}
