using System.Text.RegularExpressions;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>Changes the PTX that ILGPU wrote, before the driver compiles it.</summary>
internal static partial class PtxText
{
    /// <summary>
    /// Lets a kernel have the instructions of <see cref="WarpGroups"/>: ILGPU names the oldest card that has what it knows of itself. And the memory
    /// that a launch asks for begins where their operands may begin.
    /// </summary>
    public static string Mended(string text) => text.Contains("wgmma.", StringComparison.Ordinal)
        ? Aligned.Replace(Target.Replace(text, ".target sm_90a"), ".extern .shared .align 1024") : text;

    [GeneratedRegex(@"\.target sm_\d+")]
    private static partial Regex Target { get; }

    [GeneratedRegex(@"\.extern \.shared \.align \d+")]
    private static partial Regex Aligned { get; }
}
