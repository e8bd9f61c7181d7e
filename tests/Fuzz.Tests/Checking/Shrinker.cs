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
        foreach (var batch in candidates.Chunk(BatchSize))
        {
            foreach (var compiled in InMemoryCompiler.Compile(batch))
            {
                if (IsRefusal(compiled, finding)) continue;
                if (Fails(compiled, finding) is { } still) return (compiled.Program, still);
            }
        }
        return null;
    }

    /// <summary>A candidate that is no longer a kernel; one that the compiler itself fails on is what is looked for, if it was.</summary>
    private static bool IsRefusal(CompiledProgram compiled, Finding finding) =>
        compiled.Error.Length > 0 && (finding.Kind != FindingKind.NotCompiled || Code(compiled.Error) != Code(finding.Text));

    private static string Code(string error) => error.Split(": error ") is [_, var rest, ..] ? rest.Split(':')[0] : "";

    private static Finding? Fails(CompiledProgram compiled, Finding finding)
    {
        try
        {
            // The first setting is what the others are compared with.
            RunSetting[] settings = finding.Setting is null ? [] : [.. new[] { ProgramCheck.Settings[0], finding.Setting }.Distinct()];
            return ProgramCheck.Run(compiled, settings) is { } found && found.Kind == finding.Kind && found.Setting == finding.Setting ? found : null;
        }
        catch (MageDsl.ExprException)
        {
            // The definition does not accept the sizes any more.
            return null;
        }
    }

    private static double Weight(FuzzProgram program) =>
        (100.0 * program.Live().Count) + (150 * program.Results.Count) + program.Live().Sum(id => program.Nodes[id].Text.Length / 10.0)
        + program.LiveAxes().Where(program.Axes.ContainsKey).Sum(a => 20 + Math.Min(40, program.Axes[a].Size) + (program.Axes[a].Fixed ? 1 : 0))
        + program.Results.Sum(r => r.Layout.Length);
}
