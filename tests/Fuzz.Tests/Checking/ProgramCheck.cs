using Fuzz.Tests.Programs;
using MageDsl;
using MageDsl.Tests.Cpu;

namespace Fuzz.Tests.Checking;

/// <summary>
/// Holds compiled programs against their definitions: results, and gradients by three oracles, fused and unfused, in both precisions and
/// at every vector width.
/// </summary>
internal static class ProgramCheck
{
    /// <summary>All ways to run a program on this machine, the one that is compared with the oracles first.</summary>
    public static IReadOnlyList<RunSetting> Settings { get; } =
    [
        .. from fused in new[] { true, false }
           from type in new[] { ElementType.Float64, ElementType.Float32 }
           from width in SimdScope.Widths.Reverse()
           select new RunSetting(fused, type, width),
    ];

    /// <summary>All ways to run a program on a device that is not the processor; the same for every vector width.</summary>
    public static IReadOnlyList<RunSetting> On(string device) =>
        [.. Settings.DistinctBy(s => (s.Fused, s.Type)).Select(s => s with { Device = device })];

    /// <summary>
    /// Some of them for the default run, by turns, since each costs a compilation of its own: the first one always, and of fused and unfused,
    /// float64 and float32, one width each.
    /// </summary>
    public static IReadOnlyList<RunSetting> Some(int turn) =>
        [.. Settings.GroupBy(s => (s.Fused, s.Type))
            .SelectMany((group, i) => new[] { group.ElementAt((turn + i) % group.Count()) }).Prepend(Settings[0]).Distinct()];

    /// <summary>
    /// For each program the first thing that is wrong, or null. What may be a coincidence (a kink or a near tie where the inputs happen
    /// to lie) counts only if it is seen with other inputs too.
    /// </summary>
    /// <param name="programs">The programs.</param>
    /// <param name="settings">How to run each.</param>
    /// <param name="judged">Told how many elements of a program could be judged, of how many.</param>
    public static Finding?[] Run(
        IReadOnlyList<CompiledProgram> programs, Func<CompiledProgram, IReadOnlyList<RunSetting>> settings,
        Action<FuzzProgram, int, int>? judged = null)
    {
        var findings = Run(programs, settings, 0, judged);
        for (var i = 0; i < findings.Length; i++)
        {
            if (findings[i] is not { } first || !MayBeChance(first)) continue;
            var again = Enumerable.Range(1, 3).Select(n => Run([programs[i]], settings, n * 1_000_003, null)[0]);
            if (!again.Any(other => other?.Kind == first.Kind)) findings[i] = null;
        }
        return findings;
    }

    private static bool MayBeChance(Finding finding) => finding.Kind == FindingKind.Differences;

    /// <summary>The programs side by side at one vector width after the other: the width is the process's.</summary>
    private static Finding?[] Run(
        IReadOnlyList<CompiledProgram> programs, Func<CompiledProgram, IReadOnlyList<RunSetting>> settings,
        int seedOffset, Action<FuzzProgram, int, int>? judged)
    {
        var findings = new Finding?[programs.Count];
        var runs = new ProgramRun[programs.Count][];
        Everywhere(i =>
            runs[i] = [.. Flags(programs[i].Fused!).Select(scalars => new ProgramRun(programs[i], scalars, programs[i].Program.Seed + seedOffset))]);
        foreach (var width in SimdScope.Widths.Reverse())
        {
            using var scope = new SimdScope(width, threads: 1);
            Everywhere(i =>
            {
                foreach (var setting in settings(programs[i]).Where(s => s.Width == width && (s.Fused || programs[i].Unfused is not null)))
                    foreach (var run in runs[i]) findings[i] ??= run.Check(setting);
            });
        }
        for (var i = 0; i < findings.Length; i++)
        {
            foreach (var run in runs[i] ?? [])
            {
                findings[i] ??= run.CheckThreads();
                judged?.Invoke(programs[i].Program, run.Judged.Judged, run.Judged.All);
            }
        }
        return findings;

        void Everywhere(Action<int> run) => Parallel.For(0, programs.Count, i =>
        {
            if (findings[i] is not null) return;
            try
            {
                if (programs[i].Error.Length > 0) findings[i] = new Finding(FindingKind.NotCompiled, null, programs[i].Error);
                else run(i);
            }
            catch (ExprException error)
            {
                findings[i] = new Finding(FindingKind.NotCompiled, null, "the compiler accepts what the definition refuses: " + error.Message);
            }
        });
    }

    private static IEnumerable<Dictionary<string, object>> Flags(KernelInfo kernel) =>
        kernel.Parameters.FirstOrDefault(p => p.Kind == KernelParameterKind.Bool) is { } flag
            ? [new() { [flag.Name] = false }, new() { [flag.Name] = true }]
            : [[]];
}
