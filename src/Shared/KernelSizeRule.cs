using System.Collections.Generic;

#if GENERATOR
namespace MageDsl.Generators;
#else
namespace MageDsl;
#endif

/// <summary>How the size of an axis that no argument has follows from others.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="From">The axis that it is a part or a window of, or another name of; empty where its size is a constant.</param>
/// <param name="By">The axis along a window; empty for a slice.</param>
/// <param name="Offset">
/// What is added to the size of <paramref name="From"/>: twice a window's padding, less what a slice leaves out, or a constant size.
/// </param>
/// <param name="Stride">A window's stride.</param>
public sealed record KernelSizeRule(string Axis, string From, string By, int Offset, int Stride)
{
    /// <summary>The size, or null where another one is missing.</summary>
    public int? Size(IReadOnlyDictionary<string, int> sizes) =>
        From.Length == 0 ? Offset
        : !sizes.TryGetValue(From, out var from) ? null
        : By.Length == 0 ? from + Offset
        : sizes.TryGetValue(By, out var by) ? Windows(from + Offset, by, Stride)
        : null;

    /// <summary>How many windows there are along an axis: none if it is shorter than one.</summary>
    /// <param name="length">The size of the axis, with its padding.</param>
    /// <param name="width">The size of a window.</param>
    /// <param name="stride">The distance between windows.</param>
    internal static int Windows(int length, int width, int stride) => length < width ? 0 : ((length - width) / stride) + 1;
}
