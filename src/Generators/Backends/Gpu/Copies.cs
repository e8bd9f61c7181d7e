using System.Linq;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Text that is there several times, once for each of a fixed number of elements that a thread has: names that end with <see cref="Mark"/> are
/// another variable in each. A compiler of device code keeps such variables in registers, as it does not with an array.
/// </summary>
/// <param name="Count">How many there are.</param>
internal sealed record Copies(int Count)
{
    /// <summary>Stands for the number of a copy.</summary>
    public const string Mark = "_COPY";

    /// <summary>All copies of a text.</summary>
    public string Of(string text) => string.Concat(Enumerable.Range(0, Count).Select(i => Of(text, i)));

    /// <summary>One of the copies.</summary>
    public static string Of(string text, int number) => text.Replace(Mark, $"_{number}");
}
