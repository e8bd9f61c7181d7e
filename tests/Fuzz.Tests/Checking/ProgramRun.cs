using Fuzz.Tests.Programs;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;
using MageDsl.Tests.Cpu;

namespace Fuzz.Tests.Checking;

/// <summary>A program with one setting of its flag and one draw of inputs.</summary>
internal sealed class ProgramRun
{
    /// <summary>How many times the error that rounding may make is accepted.</summary>
    private const double Slack = 4;

    private readonly CompiledProgram compiled;
    private readonly GradientCheckOptions options;
    private readonly KernelArguments arguments;
    private readonly NumericGradient definition;
    private readonly Dictionary<ElementType, RoundingBounds> bounds = [];
    private readonly int[] real;
    private bool hasOracles;
    private (RunSetting Setting, CompiledGradient Run)? alone;

    public ProgramRun(CompiledProgram compiled, Dictionary<string, object> scalars, int seed)
    {
        this.compiled = compiled;
        var kernel = compiled.Fused!;
        options = new GradientCheckOptions
        {
            Seed = seed, Sizes = compiled.Program.Sizes, Scalars = scalars, Domains = compiled.Program.Domains(), MaxElements = 3,
        };
        arguments = KernelArguments.Draw(kernel, options.Sizes, options);
        definition = new NumericGradient(kernel, arguments, options.Sizes, seed);
        real = [.. Enumerable.Range(0, kernel.Parameters.Count).Where(i => kernel.Parameters[i].Kind == KernelParameterKind.Tensor)];
    }

    /// <summary>How many numbers of the definition can be held against others, and how many there are; of both precisions.</summary>
    public (int Judged, int All) Judged
    {
        get
        {
            var all = bounds.Values.SelectMany(b => b.Results.Concat(b.Gradients)).ToArray();
            return (all.Sum(b => Enumerable.Range(0, b.Values.Length).Count(i => IsSure(b, i))), all.Sum(b => b.Values.Length));
        }
    }

    /// <summary>What is wrong with one run, or null. The first has to be in float64.</summary>
    public Finding? Check(RunSetting setting) => Caught(setting, () =>
    {
        var run = Launch(setting);
        if (setting is { Fused: true, Type: ElementType.Float32, Device: "cpu" }) alone ??= (setting, run);
        return Results(setting, run) ?? Oracles(setting, run) ?? Gradients(setting, run);
    });

    /// <summary>One run once more on several threads: not a bit may differ.</summary>
    public Finding? CheckThreads()
    {
        if (alone is not var (setting, run)) return null;
        using var scope = new SimdScope(setting.Width, threads: 3);
        return Caught(setting, () =>
        {
            var again = Launch(setting);
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

    /// <summary>
    /// Whether the definition says what an element is: a number with a bound, on whose way nothing leaves the range of the precision.
    /// Kernels multiply in another order, and what overflows then is theirs to choose.
    /// </summary>
    private static bool IsSure(Bounded expected, int at) =>
        double.IsFinite(expected.Values[at]) && double.IsFinite(expected.Errors[at]) && !expected.Leaves[at];

    private CompiledGradient Launch(RunSetting setting)
    {
        using var scope = new TensorScope(Device.Open(setting.Device));
        return CompiledGradient.Run(setting.Fused ? compiled.Fused! : compiled.Unfused!, arguments, definition, real, [], setting.Type);
    }

    private RoundingBounds Bounds(ElementType type)
    {
        if (!bounds.TryGetValue(type, out var found))
        {
            bounds[type] = found = RoundingBounds.Of(compiled.Fused!, arguments, options.Sizes, definition, type);
        }
        return found;
    }

    private Finding? Results(RunSetting setting, CompiledGradient run)
    {
        for (var i = 0; i < run.Results.Length; i++)
        {
            if (run.Results[i].Length != definition.Results[i].Length)
            {
                return new Finding(
                    FindingKind.Results, setting, $"result {i} has {run.Results[i].Length} elements, not {definition.Results[i].Length}");
            }
            if (Wrong(setting, FindingKind.Results, $"result {i}", run.Results[i], Bounds(setting.Type).Results[i]) is { } wrong) return wrong;
        }
        return null;
    }

    /// <summary>
    /// The first run, against forward mode and, that, against differences; of ordinary numbers, since differences tell nothing of others.
    /// </summary>
    private Finding? Oracles(RunSetting setting, CompiledGradient run)
    {
        if (hasOracles || compiled.Program.IsWild || definition.RealResults.Length == 0 || definition.Results.Any(r => !r.All(double.IsFinite)))
        {
            return null;
        }
        hasOracles = true;
        var check = new DerivativeCheck(compiled.Fused!, arguments, options.Sizes, definition, options);
        foreach (var at in real)
        {
            if (check.Check(at, run.Gradients[at]) is not { } compared) continue;
            if (compared.WrongCompiled.Count > 0) return new Finding(FindingKind.Gradients, setting, compared.WrongCompiled[0]);
            if (compared.WrongForward.Count > 0) return new Finding(FindingKind.Differences, setting, compared.WrongForward[0]);
        }
        return null;
    }

    private Finding? Gradients(RunSetting setting, CompiledGradient run)
    {
        foreach (var at in real)
        {
            if (Wrong(
                setting, FindingKind.Gradients, $"gradient of {compiled.Fused!.Parameters[at].Name}",
                run.Gradients[at], Bounds(setting.Type).Gradients[at]) is { } wrong)
            {
                return wrong;
            }
        }
        return null;
    }

    private Finding? Wrong(RunSetting setting, FindingKind kind, string what, double[] found, Bounded expected)
    {
        for (var i = 0; i < found.Length; i++)
        {
            if (!IsSure(expected, i) || Bounds(setting.Type).Accepts(found[i], expected, i, Slack)) continue;
            return new Finding(
                kind, setting,
                $"{what} at {i} is {found[i]:R}, but the definition gives {expected.Values[i]:R} (rounding may account for {expected.Errors[i]:E1})");
        }
        return null;
    }
}
