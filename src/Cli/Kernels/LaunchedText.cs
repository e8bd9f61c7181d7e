using System.Globalization;
using System.Text.RegularExpressions;

namespace Mage.Cli.Kernels;

/// <summary>One launch on a device: what is launched, and its text for the driver. Counts are of the text, however often a line of it runs.</summary>
/// <param name="Name">The type.</param>
/// <param name="Text">The text.</param>
/// <param name="SharedBytes">The memory that the threads of a group share.</param>
internal sealed partial record LaunchedText(string Name, string Text, int SharedBytes)
{
    /// <summary>The headings of <see cref="Row"/>.</summary>
    public static string[] Headings { get; } =
        ["stage", "launched", "lines", "global loads", "global stores", "shared", "barriers", "registers"];

    /// <summary>Instructions, or lines of OpenCL C.</summary>
    public int Lines => Instruction().Count(Text);

    /// <summary>Barriers.</summary>
    public int Barriers => Barrier().Count(Text);

    /// <summary>Registers that PTX declares, numbered from 1, by type; the driver gives them places, and not all at once.</summary>
    public string Registers => string.Join(
        ", ", Register().Matches(Text).Select(match => (Type: match.Groups[1].Value, Count: Number(match.Groups[2]) - 1))
            .Where(r => r.Count > 0).GroupBy(r => r.Type, r => r.Count).Select(types => $"{types.Sum()} {types.Key}"));

    /// <summary>Loads or stores of PTX in global memory, by how many bytes each moves.</summary>
    /// <param name="what"><c>ld</c> or <c>st</c>.</param>
    public string Accesses(string what) => string.Join(
        ", ", Access().Matches(Text).Where(match => match.Groups[1].Value == what)
            .GroupBy(match => (match.Groups[2].Success ? Number(match.Groups[2]) : 1) * Number(match.Groups[3]) / 8)
            .OrderBy(widths => widths.Key).Select(widths => $"{widths.Count()} of {widths.Key} B"));

    /// <summary>All of it, as a row of a table.</summary>
    public string[] Row(int stage) =>
    [
        $"{stage}", Name, $"{Lines}", Accesses("ld"), Accesses("st"), Figures.Of(SharedBytes, "B"), $"{Barriers}", Registers,
    ];

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*[^.\s/].*;", RegexOptions.Multiline)]
    private static partial Regex Instruction();

    [GeneratedRegex(@"\bbar(?:rier)?(?:\.sync| ?\()")]
    private static partial Regex Barrier();

    [GeneratedRegex(@"\.reg\s+\.(\w+)\s+%\w+<(\d+)>")]
    private static partial Regex Register();

    [GeneratedRegex(@"\b(ld|st)\.global(?:\.\w+)*?(?:\.v(\d))?\.[a-z]+(\d+)\s")]
    private static partial Regex Access();
}
