using Fuzz.Tests.Programs;
using MageDsl;
using MageDsl.Testing;
using MageDsl.Tests.Cpu;

namespace Fuzz.Tests.Checking;

/// <summary>A program with one setting of its flag and one draw of inputs.</summary>
internal sealed class ProgramRun
{
    private const double Float64Tolerance = 1e-10;
    private const double SmallestResult = 1e-3;
    private const double SmallestFloat32 = 1e-2;

    /// <summary>How far inputs are moved, relatively, to see what rounding may do.</summary>
    private const double Nudge = 1e-6;

    private readonly CompiledProgram compiled;
    private readonly GradientCheckOptions options;
    private readonly KernelArguments arguments;
    private readonly NumericGradient definition;
    private readonly int[] real;
    private readonly bool isFinite;
    private CompiledGradient? reference;
    private CompiledGradient? nudged;
    private (RunSetting Setting, CompiledGradient Run)? alone;

    public ProgramRun(CompiledProgram compiled, Dictionary<string, object> scalars, int seed)
    {
        this.compiled = compiled;
        var kernel = compiled.Fused!;
        options = new GradientCheckOptions { Seed = seed, Sizes = compiled.Program.Sizes, Scalars = scalars, Domains = compiled.Program.Domains(), MaxElements = 3 };
        arguments = KernelArguments.Draw(kernel, options.Sizes, options);
        definition = new NumericGradient(kernel, arguments, options.Sizes, seed);
        real = [.. Enumerable.Range(0, kernel.Parameters.Count).Where(i => kernel.Parameters[i].Kind == KernelParameterKind.Tensor)];
        isFinite = definition.Results.All(r => r.All(double.IsFinite));
    }

    /// <summary>What is wrong with one run, or null. The first has to be in float64; it is what the others are compared with.</summary>
    public Finding? Check(RunSetting setting)
    {
        // Numbers that are none compare as equal to anything: the generator keeps away from them, but not for certain.
        if (!isFinite || (setting.Type == ElementType.Float32 && compiled.Program.IsFragile)) return null;
        return Caught(setting, () =>
        {
            var run = Launch(setting, arguments);
            if (setting is { Fused: true, Type: ElementType.Float32 }) alone ??= (setting, run);
            return Results(setting, run) ?? (reference is null ? Oracles(setting, run) : Gradients(setting, run));
        });
    }

    /// <summary>One run once more on several threads: not a bit may differ.</summary>
    public Finding? CheckThreads()
    {
        if (alone is not var (setting, run)) return null;
        using var scope = new SimdScope(setting.Width, threads: 3);
        return Caught(setting, () =>
        {
            var again = Launch(setting, arguments);
            var same = run.Results.Zip(again.Results).Concat(run.Gradients.Zip(again.Gradients)).All(p => p.First.AsSpan().SequenceEqual(p.Second));
            return same ? null : new Finding(FindingKind.Threads, setting, "3 threads give other bits than one");
        });
    }

    private static Finding? Caught(RunSetting setting, Func<Finding?> check)
    {
        try
        {
            return check();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new Finding(FindingKind.Throws, setting, $"{error.GetType().Name}: {error.Message}\n{error.StackTrace}");
        }
    }

    private CompiledGradient Launch(RunSetting setting, KernelArguments inputs) =>
        CompiledGradient.Run(setting.Fused ? compiled.Fused! : compiled.Unfused!, inputs, definition, real, [], setting.Type);

    private Finding? Results(RunSetting setting, CompiledGradient run)
    {
        for (var i = 0; i < run.Results.Length; i++)
        {
            var expected = definition.Results[i];
            if (run.Results[i].Length != expected.Length)
                return new Finding(FindingKind.Results, setting, $"result {i} has {run.Results[i].Length} elements, not {expected.Length}");
            var isFloat32 = setting.Type == ElementType.Float32;
            var (error, at, found) = Compare.Worst(run.Results[i], expected, isFloat32 ? SmallestFloat32 : SmallestResult);
            var tolerance = isFloat32 ? Rounding(reference!.Results[i], nudged!.Results[i], 2e-4) : Float64Tolerance;
            if (!(error <= tolerance))
                return new Finding(FindingKind.Results, setting, $"result {i} at {at} is {found:R}, but the definition gives {expected[at]:R} (relative error {error:E1}, {tolerance:E1} accepted)");
        }
        return null;
    }

    /// <summary>The first run, against forward mode and, that, against differences.</summary>
    private Finding? Oracles(RunSetting setting, CompiledGradient run)
    {
        (reference, nudged) = (run, Launch(setting, Nudged()));
        if (definition.RealResults.Length == 0) return null;
        var check = new DerivativeCheck(compiled.Fused!, arguments, options.Sizes, definition, options);
        foreach (var at in real)
        {
            if (check.Check(at, run.Gradients[at]) is not { } compared) continue;
            if (compared.WrongCompiled.Count > 0) return new Finding(FindingKind.Gradients, setting, compared.WrongCompiled[0]);
            if (compared.WrongForward.Count > 0) return new Finding(FindingKind.Differences, setting, compared.WrongForward[0]);
        }
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
            var tolerance = isFloat32 ? Rounding(expected, nudged!.Gradients[at], 1e-3) : options.GradientTolerance;
            if (!(error <= tolerance))
                return new Finding(FindingKind.Gradients, setting, $"gradient of {compiled.Fused!.Parameters[at].Name} at {index} is {found:R}, not {expected[index]:R} (relative error {error:E1}, {tolerance:E1} accepted)");
        }
        return null;
    }

    /// <summary>What float32 may differ by: more where inputs a little beside change the outcome a lot.</summary>
    private static double Rounding(double[] expected, double[] nudged, double least) =>
        least + (Compare.Worst(nudged, expected, SmallestFloat32).Error / Nudge * 2e-6);

    private KernelArguments Nudged()
    {
        var moved = KernelArguments.Draw(compiled.Fused!, options.Sizes, options);
        var random = new Random(options.Seed);
        foreach (var data in real.Select(at => moved.Data[at]))
            for (var i = 0; i < data.Length; i++) data[i] *= 1 + (random.Next(2) == 0 ? Nudge : -Nudge);
        return moved;
    }
}
