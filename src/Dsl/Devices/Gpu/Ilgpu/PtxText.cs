using System.Globalization;
using System.Text.RegularExpressions;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>Changes the PTX that ILGPU wrote, before the driver compiles it.</summary>
internal static partial class PtxText
{
    /// <summary>
    /// Takes remainders by powers of two from the low bits: the driver's compiler divides for them, even by eight. Of numbers that are not negative,
    /// that is, as all of device code are that have remainders; ILGPU shifts them for quotients. Spells out <see cref="Extrema"/> for cards that do
    /// not have these. And lets a kernel have the instructions of <see cref="WarpGroups"/>: ILGPU names the oldest card that has what it knows of
    /// itself; the memory that a launch asks for then begins where their operands may begin. And lets one have those of <see cref="Boxes"/>, which
    /// want a text of version 8.3.
    /// </summary>
    public static string Mended(string text)
    {
        text = Remainder.Replace(text, found => uint.Parse(found.Groups["by"].Value, CultureInfo.InvariantCulture) is var by && uint.IsPow2(by)
            ? $"and.b32{found.Groups["of"].Value}{by - 1};" : found.Value);
        if (Target.Match(text) is { Success: true } target && int.Parse(target.Groups["card"].ValueSpan, CultureInfo.InvariantCulture) < ExtremaFrom)
            text = Extremum.Replace(text, SpelledOut);
        if (text.Contains("tensormap", StringComparison.Ordinal) && Version.Match(text) is { Success: true } version
            && int.Parse(version.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture) < BoxesFrom)
        {
            text = Version.Replace(text, $".version 8.{BoxesFrom}");
        }
        return text.Contains("wgmma.", StringComparison.Ordinal)
            ? Aligned.Replace(Target.Replace(text, ".target sm_90a"), ".extern .shared .align 1024") : text;
    }

    // The compute capability from which cards have extrema that keep NaN.
    private const int ExtremaFrom = 80;

    // The version after 8 that knows how maps are forgotten.
    private const int BoxesFrom = 3;

    private static string SpelledOut(Match found)
    {
        var (to, a, b) = (found.Groups["to"].Value, found.Groups["a"].Value, found.Groups["b"].Value);
        var isMax = found.Groups["of"].Value == "max";
        return $"{{ .reg .pred takes, isNan; setp.lt.f32 takes, {(isMax ? a : b)}, {(isMax ? b : a)}; setp.nan.f32 isNan, {b}, {b}; " +
            $"or.pred takes, takes, isNan; selp.f32 {to}, {b}, {a}, takes; }}";
    }

    [GeneratedRegex(@"(?<of>max|min)\.NaN\.f32\s+(?<to>%\w+), (?<a>[%\w]+), (?<b>[%\w]+);")]
    private static partial Regex Extremum { get; }

    [GeneratedRegex(@"rem\.[su]32(?<of>\s+%r\d+, %r\d+, )(?<by>\d+);")]
    private static partial Regex Remainder { get; }

    [GeneratedRegex(@"\.version 8\.(?<minor>\d+)")]
    private static partial Regex Version { get; }

    [GeneratedRegex(@"\.target sm_(?<card>\d+)")]
    private static partial Regex Target { get; }

    [GeneratedRegex(@"\.extern \.shared \.align \d+")]
    private static partial Regex Aligned { get; }
}
