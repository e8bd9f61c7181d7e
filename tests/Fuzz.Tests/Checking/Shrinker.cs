using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Checking;

/// <summary>Makes a program that fails smaller for as long as it fails in the same way.</summary>
internal static class Shrinker
{
    private const int MostRounds = 40;
    private const int BatchSize = 40;

    /// <summary>The smallest program found, and how it fails.</summary>
    public static (FuzzProgram Program, Finding Finding) Run(FuzzProgram program, Finding finding, TimeSpan limit)
    {
        var started = DateTime.UtcNow;
        for (var round = 0; round < MostRounds && DateTime.UtcNow - started < limit; round++)
        {
            if (Smaller(program, finding) is not { } next) break;
            (program, finding) = next;
        }
        return (program, finding);
    }

    /// <summary>The first of the smallest candidates that still fails, tried in batches from the smallest on.</summary>
    private static (FuzzProgram, Finding)? Smaller(FuzzProgram program, Finding finding)
    {
        var candidates = Shrinks.Of(program).Where(c => Weight(c) < Weight(program)).OrderBy(Weight).Take(4 * BatchSize)
            .Select((c, i) => c with { Name = $"{program.Name.Split('_')[0]}_{i}" }).ToArray();
        // The first setting is what the others are compared with.
        RunSetting[] settings = finding.Setting is null
            ? []
            : [.. new[] { ProgramCheck.Settings[0] with { Device = finding.Setting.Device }, finding.Setting }.Distinct()];
        foreach (var batch in candidates.Chunk(BatchSize))
        {
            var compiled = InMemoryCompiler.Compile(batch, targets: finding.Setting?.Targets ?? "cpu");
            var findings = ProgramCheck.Run(compiled, _ => settings);
            for (var i = 0; i < findings.Length; i++)
                if (findings[i] is { } found && IsSame(found, finding)) return (compiled[i].Program, found);
        }
        return null;
    }

    /// <summary>
    /// Whether a candidate fails as the program did, and is not just a kernel no longer: of what is not compiled, the diagnostic is the same,
    /// and of what is, the definition is.
    /// </summary>
    private static bool IsSame(Finding found, Finding finding) =>
        found.Kind == finding.Kind && found.Setting == finding.Setting
        && (found.Kind != FindingKind.NotCompiled || Code(found.Text) == Code(finding.Text));

    /// <summary>The ID of a diagnostic in its text.</summary>
    private static string Code(string error) => error.Split(": error ") is [_, var rest, ..] ? rest.Split(':')[0] : "";

    private static double Weight(FuzzProgram program) =>
        (100.0 * program.Live().Count) + (150 * program.Results.Count) + program.Live().Sum(id => program.Nodes[id].Text.Length / 10.0)
        + program.LiveAxes().Where(program.Axes.ContainsKey).Sum(a => 20 + Math.Min(40, program.Axes[a].Size) + (program.Axes[a].Fixed ? 1 : 0))
        + program.Results.Sum(r => r.Layout.Length) + program.Choices.Length + program.Live().Sum(id => program.Nodes[id].Range > 0 ? 5 : 0);
}
