using Fuzz.Tests.Programs;
using MageDsl;
using MageDsl.Devices.Cpu;
using MageDsl.Testing;
using MageDsl.Tests.Cpu;

namespace Fuzz.Tests.Checking;

/// <summary>
/// Holds a compiled program against its definition: results, and gradients by three oracles, fused and unfused, in both precisions and
/// at every vector width.
/// </summary>
internal static class ProgramCheck
{
    private const double Float64Tolerance = 1e-10;
    private const double SmallestResult = 1e-3;
    private const double SmallestFloat32 = 1e-2;

    /// <summary>How far inputs are moved, relatively, to see what rounding may do.</summary>
    private const double Nudge = 1e-6;

    /// <summary>All ways to run a program on this machine, the one that is compared with the oracles first.</summary>
    public static IReadOnlyList<RunSetting> Settings { get; } =
    [
        .. from fused in new[] { true, false }
           from type in new[] { ElementType.Float64, ElementType.Float32 }
           from width in SimdScope.Widths.Reverse()
           select new RunSetting(fused, type, width),
    ];

    /// <summary>
    /// Some of them for the default run, by turns, since each costs a compilation of its own: the first one always, and of fused and unfused,
    /// float64 and float32, one width each.
    /// </summary>
    public static IReadOnlyList<RunSetting> Some(int turn) =>
        [.. Settings.GroupBy(s => (s.Fused, s.Type)).SelectMany((group, i) => new[] { group.ElementAt((turn + i) % group.Count()) }).Prepend(Settings[0]).Distinct()];

    /// <summary>
    /// The first thing that is wrong, or null. What may be a coincidence (a kink or a near tie where the inputs happen to lie)
    /// counts only if it is seen with other inputs too.
    /// </summary>
    public static Finding? Run(CompiledProgram compiled, IEnumerable<RunSetting> settings)
    {
        if (compiled.Error.Length > 0) return new Finding(FindingKind.NotCompiled, null, compiled.Error);
        var first = Run(compiled, settings, compiled.Program.Seed);
        if (first is null || !MayBeChance(first)) return first;
        for (var again = 1; again <= 3; again++)
            if (Run(compiled, settings, compiled.Program.Seed + (again * 1_000_003)) is { } other && other.Kind == first.Kind) return first;
        return null;
    }

    private static bool MayBeChance(Finding finding) => finding.Kind == FindingKind.Differences || finding.Setting is { Type: ElementType.Float32 };

    private static Finding? Run(CompiledProgram compiled, IEnumerable<RunSetting> settings, int seed)
    {
        foreach (var scalars in Flags(compiled.Fused!))
        {
            var check = new OneSetting(compiled, scalars, seed);
            foreach (var setting in settings)
                if (check.Run(setting) is { } finding) return finding;
        }
        return null;
    }

    private static IEnumerable<Dictionary<string, object>> Flags(KernelInfo kernel) => kernel.Parameters.FirstOrDefault(p => p.Kind == KernelParameterKind.Bool) is { } flag
        ? [new() { [flag.Name] = false }, new() { [flag.Name] = true }]
        : [[]];

    /// <summary>A program with one setting of its flag and one draw of inputs.</summary>
    private sealed class OneSetting
    {
        private readonly CompiledProgram compiled;
        private readonly GradientCheckOptions options;
        private readonly KernelArguments arguments;
        private readonly NumericGradient definition;
        private readonly int[] real;
        private readonly bool isFinite;
        private CompiledGradient? reference;
        private CompiledGradient? nudged;

        public OneSetting(CompiledProgram compiled, Dictionary<string, object> scalars, int seed)
        {
            this.compiled = compiled;
            var kernel = compiled.Fused!;
            options = new GradientCheckOptions { Seed = seed, Sizes = compiled.Program.Sizes, Scalars = scalars, Domains = compiled.Program.Domains(), MaxElements = 3 };
            arguments = KernelArguments.Draw(kernel, options.Sizes, options);
            definition = new NumericGradient(kernel, arguments, options.Sizes, seed);
            real = [.. Enumerable.Range(0, kernel.Parameters.Count).Where(i => kernel.Parameters[i].Kind == KernelParameterKind.Tensor)];
            isFinite = definition.Results.All(r => r.All(double.IsFinite));
        }

        public Finding? Run(RunSetting setting)
        {
            // Numbers that are none compare as equal to anything: the generator keeps away from them, but not for certain.
            if (!isFinite || (setting.Type == ElementType.Float32 && compiled.Program.IsFragile)) return null;
            try
            {
                var run = Launch(setting);
                return Results(setting, run) ?? (reference is null ? Oracles(setting, run) : Gradients(setting, run)) ?? Threads(setting, run);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                return new Finding(FindingKind.Throws, setting, $"{error.GetType().Name}: {error.Message}\n{error.StackTrace}");
            }
        }

        private CompiledGradient Launch(RunSetting setting, KernelArguments? moved = null, int threads = 1)
        {
            using var scope = new SimdScope(setting.Width, threads);
            return CompiledGradient.Run(setting.Fused ? compiled.Fused! : compiled.Unfused!, moved ?? arguments, definition, real, [], setting.Type);
        }

        private Finding? Results(RunSetting setting, CompiledGradient run)
        {
            for (var i = 0; i < run.Results.Length; i++)
            {
                var expected = definition.Results[i];
                if (run.Results[i].Length != expected.Length)
                    return new Finding(FindingKind.Results, setting, $"result {i} has {run.Results[i].Length} elements, not {expected.Length}");
                var isFloat32 = setting.Type == ElementType.Float32;
                var (error, at, found) = Compare.Worst(run.Results[i], expected, isFloat32 ? SmallestFloat32 : SmallestResult);
                var tolerance = isFloat32 ? Rounding(reference!.Results[i], Nudged().Results[i], 2e-4) : Float64Tolerance;
                if (!(error <= tolerance))
                    return new Finding(FindingKind.Results, setting, $"result {i} at {at} is {found:R}, but the definition gives {expected[at]:R} (relative error {error:E1}, {tolerance:E1} accepted)");
            }
            return null;
        }

        /// <summary>The first run, against forward mode and, that, against differences.</summary>
        private Finding? Oracles(RunSetting setting, CompiledGradient run)
        {
            var check = new DerivativeCheck(compiled.Fused!, arguments, options.Sizes, definition, options);
            if (definition.RealResults.Length == 0) return null;
            foreach (var at in real)
            {
                if (check.Check(at, run.Gradients[at]) is not { } compared) continue;
                if (compared.WrongCompiled.Count > 0) return new Finding(FindingKind.Gradients, setting, compared.WrongCompiled[0]);
                if (compared.WrongForward.Count > 0) return new Finding(FindingKind.Differences, setting, compared.WrongForward[0]);
            }
            reference = run;
            return null;
        }

        /// <summary>Any other run, against the first.</summary>
        private Finding? Gradients(RunSetting setting, CompiledGradient run)
        {
            foreach (var at in real)
            {
                var expected = reference!.Gradients[at];
                var isFloat32 = setting.Type == ElementType.Float32;
                var (error, index, found) = Compare.Worst(run.Gradients[at], expected, isFloat32 ? SmallestFloat32 : DerivativeCheck.SmallestGradient);
                var tolerance = isFloat32 ? Rounding(expected, Nudged().Gradients[at], 1e-3) : options.GradientTolerance;
                if (!(error <= tolerance))
                    return new Finding(FindingKind.Gradients, setting, $"gradient of {compiled.Fused!.Parameters[at].Name} at {index} is {found:R}, not {expected[index]:R} (relative error {error:E1}, {tolerance:E1} accepted)");
            }
            return null;
        }

        /// <summary>One run once more on several threads: not a bit may differ.</summary>
        private Finding? Threads(RunSetting setting, CompiledGradient run)
        {
            if (setting is not { Fused: true, Type: ElementType.Float32 }) return null;
            var again = Launch(setting, threads: 3);
            var same = run.Results.Zip(again.Results).Concat(run.Gradients.Zip(again.Gradients)).All(p => p.First.AsSpan().SequenceEqual(p.Second));
            return same ? null : new Finding(FindingKind.Threads, setting, "3 threads give other bits than one");
        }

        /// <summary>What float32 may differ by: more where inputs a little beside change the outcome a lot.</summary>
        private static double Rounding(double[] expected, double[] nudged, double least) =>
            least + (Compare.Worst(nudged, expected, SmallestFloat32).Error / Nudge * 2e-6);

        private CompiledGradient Nudged()
        {
            if (nudged is not null) return nudged;
            var moved = KernelArguments.Draw(compiled.Fused!, options.Sizes, options);
            var random = new Random(options.Seed);
            foreach (var data in real.Select(at => moved.Data[at]))
                for (var i = 0; i < data.Length; i++) data[i] *= 1 + (random.Next(2) == 0 ? Nudge : -Nudge);
            return nudged = Launch(Settings[0], moved);
        }
    }
}
