using System.Diagnostics;
using Fuzz.Tests.Checking;
using Fuzz.Tests.Generation;
using Fuzz.Tests.Programs;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Fuzz.Tests;

/// <summary>
/// Random programs against their definitions. MAGEDSL_FUZZ_COUNT and MAGEDSL_FUZZ_SEED run more of them, or others: program number i
/// has the seed SEED + i. With another count than the default, each runs in every setting. One that fails is made smaller for
/// MAGEDSL_FUZZ_SHRINK seconds.
/// </summary>
[Collection(CpuSettings.Name)]
public class FuzzTests(ITestOutputHelper output)
{
    private const int BatchSize = 10;
    private const int DefaultCount = 100;
    private const int DefaultCountOnDevices = 5;

    [Fact]
    public Task Random_programs_agree_with_their_definitions()
    {
        var count = Setting("MAGEDSL_FUZZ_COUNT", DefaultCount);
        var all = count != DefaultCount;
        return Run(count, all, "cpu", p => all ? ProgramCheck.Settings : ProgramCheck.Some(p.Program.Seed));
    }

    /// <summary>A few, since their code is compiled while they run; MAGEDSL_FUZZ_DEVICE and MAGEDSL_FUZZ_COUNT run others, or elsewhere.</summary>
    [Fact]
    public Task Random_programs_agree_with_their_definitions_on_a_device()
    {
        var device = Environment.GetEnvironmentVariable("MAGEDSL_FUZZ_DEVICE") is { Length: > 0 } name ? name : "ilgpu";
        return Run(Setting("MAGEDSL_FUZZ_COUNT", DefaultCountOnDevices), all: true, "cpu gpu", _ => ProgramCheck.On(device));
    }

    private async Task Run(int count, bool all, string targets, Func<CompiledProgram, IReadOnlyList<RunSetting>> settings)
    {
        var seed = Setting("MAGEDSL_FUZZ_SEED", 20_000);
        var failures = new List<string>();
        var clock = Stopwatch.StartNew();
        var batches = Enumerable.Range(seed, count).Chunk(BatchSize).ToArray();
        var (wild, tame) = (new Share(), new Share());
        var next = Task.Run(() => Compile(batches[0], all, targets));
        for (var i = 0; i < batches.Length; i++)
        {
            var compiled = await next;
            // The next programs are compiled while these ones run.
            if (i + 1 < batches.Length && batches[i + 1] is var following) next = Task.Run(() => Compile(following, all, targets));
            var findings = ProgramCheck.Run(compiled, settings, (p, judged, of) => (p.IsWild ? wild : tame).Add(judged, of));
            for (var j = 0; j < findings.Length; j++)
            {
                if (findings[j] is not { } finding) continue;
                // The shrinker may come to another cause of the same kind.
                Log($"== program {compiled[j].Program.Seed} as it was made: {finding}\n{compiled[j].Program}");
                var (small, still) = Shrinker.Run(compiled[j].Program, finding, TimeSpan.FromSeconds(Setting("MAGEDSL_FUZZ_SHRINK", 120)));
                failures.Add($"program {small.Seed}: {still}\n{small}");
                Log($"== {failures[^1]}");
            }
            if (LogFile is not null)
            {
                Log($"{Math.Min(count, (i + 1) * BatchSize)} of {count} programs from seed {seed}, {failures.Count} failures, {wild} " +
                    $"of the elements of wild programs judged, {tame} of the others, {clock.Elapsed.TotalSeconds:0} " +
                    $"s, {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s of processor time");
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        // Else the programs have become so wild that nothing is compared.
        Assert.True(
            count < DefaultCount || (wild.Value > 0.3 && tame.Value > 0.95),
            $"{wild} of the elements of wild programs were judged, and {tame} of the others");
    }

    private static string? LogFile => Environment.GetEnvironmentVariable("MAGEDSL_FUZZ_LOG");

    /// <summary>By default every other program is compiled unfused too, which takes most of the time.</summary>
    private static IReadOnlyList<CompiledProgram> Compile(int[] seeds, bool all, string targets) =>
        InMemoryCompiler.Compile([.. seeds.Select(ProgramGenerator.Generate)], p => all || p.Seed % 2 == 0, targets);

    private void Log(string line)
    {
        output.WriteLine(line);
        if (LogFile is { Length: > 0 }) File.AppendAllText(LogFile, line + "\n");
    }

    /// <summary>A part of a whole that is counted up.</summary>
    private sealed class Share
    {
        private long part;
        private long whole;

        public double Value => whole == 0 ? 1 : (double)part / whole;

        public void Add(int part, int whole) => (this.part, this.whole) = (this.part + part, this.whole + whole);

        public override string ToString() => $"{Value:P0}";
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : otherwise;
}
