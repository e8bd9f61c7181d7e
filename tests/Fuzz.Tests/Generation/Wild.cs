using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Generation;

/// <summary>What people write where numbers get extreme: selections that keep a bad branch away, limits, masks, powers at zero.</summary>
internal static class Wild
{
    private static readonly (int Weight, Func<ProgramBuilder, List<int>, int, int?> Step)[] Steps =
        [(10, Guarded), (4, GuardedTwice), (3, Quotient), (5, Saturating), (4, Power), (3, Scaled), (3, Tie), (3, Masked), (2, Nothing), (2, Normed)];

    /// <summary>The largest magnitude of a new tensor's elements; 0 for ordinary ones.</summary>
    public static double Range(ProgramBuilder b) => b.Pick(0, 0, 1, 1, 10, 10, 100, 300, 1e4, 1e10, 1e20, 1e30);

    /// <summary>The value made, or null if what was drawn did not fit.</summary>
    public static int? Step(ProgramBuilder b, List<int> pool)
    {
        var real = pool.Where(id => b[id].Type == Element.Real).ToArray();
        var x = real[Math.Max(b.Random.Next(real.Length), b.Random.Next(real.Length))];
        var at = b.Random.Next(Steps.Sum(s => s.Weight));
        return Steps.First(s => (at -= s.Weight) < 0).Step(b, pool, x);
    }

    private static int Make(ProgramBuilder b, string text, params int[] args)
    {
        var most = Math.Max(1, args.Max(a => Math.Max(Math.Abs(b[a].Low), Math.Abs(b[a].High))));
        return b.Real(text, b.AxesOf(args), -most, most, false, args);
    }

    /// <summary>A function within its domain, and something else outside it, where it is NaN or infinite.</summary>
    private static int? Guarded(ProgramBuilder b, List<int> pool, int x)
    {
        var other = b.Pick("0", "1", "{0}", "-{0}", "-5");
        return Make(b, b.Pick(
            "Select({0} > 0, Log({0}), @)", "Select({0} > 0, Sqrt({0}), @)", "Select({0} > 0, Rsqrt({0}), @)", "Select({0} > 0, Pow({0}, 0.5f), @)",
            "Select({0} != 0, 1 / {0}, @)", "Select(Abs({0}) > 0.1f, 1 / {0}, @)",
            "Select({0} < 20, Exp({0}), @)", "Select({0} < 20, Log(1 + Exp({0})), {0})",
            "Select({0} == 0, @, Sin({0}) / {0})", "Select({0} <= 0, @, Log({0}) * {0})",
            "Select(Abs({0}) < 5, Exp({0} * {0}), @)", "Select({0} > 1, Log({0} - 1), @)",
            "Sqrt(Select({0} > 0, {0}, 1)) * {0}", "Log(Select({0} > 0, {0}, 1))", "1 / Select({0} == 0, 1, {0})").Replace("@", other), x);
    }

    /// <summary>The same, one in the other, or multiplied by something.</summary>
    private static int? GuardedTwice(ProgramBuilder b, List<int> pool, int x)
    {
        var y = b.Chance(0.5) ? x : b.Tensor(Patterns.Some(b, b[x].Axes));
        return Make(b, b.Pick(
            "Select({0} > 0, Select({1} > 0, Log({0}) * Sqrt({1}), 0), 0)",
            "Select({0} > 0, Log({0}), 0) * {1}", "Select({1} != 0, {0} / {1}, 0) * {1}",
            "Select({0} > 0 & {1} > 0, Log({0} * {1}), -1)",
            "Select({0} > 0, Sqrt({0}), Select({0} < -1, Log(-{0}), {1}))", "Select({1} > 0, Pow({1}, Tanh({0})), 0)",
            "Select({0} < 10, Exp({0}), 1) * Select({1} > 0, Rsqrt({1}), 0)"), x, y);
    }

    private static int? Quotient(ProgramBuilder b, List<int> pool, int x)
    {
        var y = b.Tensor(Patterns.Some(b, b[x].Axes));
        return Make(
            b,
            b.Pick("{0} / (Abs({1}) + 1e-6f)", "{0} / (Abs({0}) + Abs({1}) + 0.1f)", "{0} * Rsqrt({1} * {1} + 1e-5f)", "{0} / Max(Abs({1}), 1e-10f)"),
            x, y);
    }

    private static int? Saturating(ProgramBuilder b, List<int> pool, int x) => b.Real(b.Pick(
        "Sigmoid({0})", "Sigmoid({0} * 50)", "Tanh({0} * 100)", "Erf({0} * 20)",
        "MageDsl.Layers.Activations.Swish({0})", "MageDsl.Layers.Activations.Gelu({0})",
        "Max({0}, 0) + Log(1 + Exp(-Abs({0})))", "Exp(-Abs({0}))", "Exp(-{0} * {0})",
        "Exp(Min({0}, 10))", "1 / (1 + {0} * {0})", "Min(Max({0}, -1), 1)", "Log(Sigmoid({0}) + 1e-6f)"),
        b[x].Axes, Math.Min(-1, b[x].Low), Math.Max(1, b[x].High), false, x);

    private static int? Power(ProgramBuilder b, List<int> pool, int x)
    {
        var exponent = b.Pick("0", "1", "2", "3", "2.5f", "1.5f", "4");
        return Make(
            b,
            b.Pick(
                $"Pow({{0}}, {(exponent.Contains('.') ? "2" : exponent)})", $"Pow(Abs({{0}}), {exponent})",
                $"Pow(Max({{0}}, 0), {exponent})", "Pow(Abs({0}), Sigmoid({0}) + 1)"),
            x);
    }

    private static int? Scaled(ProgramBuilder b, List<int> pool, int x) =>
        Make(
            b, b.Pick("{0} * 1e10f", "{0} * 1e-10f", "{0} / 1e20f", "{0} * 1e-30f", "{0} + 1e10f", "({0} + 1000) - 1000", "{0} * 1e-20f * 1e20f"), x);

    /// <summary>Equal numbers, and the extrema of them.</summary>
    private static int? Tie(ProgramBuilder b, List<int> pool, int x)
    {
        if (b[x].Axes.Count == 0) return Make(b, b.Pick("Max({0}, {0})", "Min({0}, 0)", "Max({0}, 0)", "Abs({0})"), x);
        var axis = b[x].Axes[b.Random.Next(b[x].Axes.Count)];
        var extreme = b.Pick("Max", "Min");
        return b.Random.Next(4) switch
        {
            0 => Make(b, $"{{0}} - {extreme}({{0}}, over: \"{axis}\")", x),
            1 => Make(b, $"Select({{0}} == {extreme}({{0}}, over: \"{axis}\"), {{0}}, 0)", x),
            2 => Make(b, $"{extreme}({{0}}, {{0}}[\"{axis}\", 0])", x),
            _ => Make(b, $"Select({{0}}.Index(\"{axis}\") == Arg{extreme}({{0}}, over: \"{axis}\"), {{0}}, 0)", x),
        };
    }

    /// <summary>Infinities where a mask says so, under an extremum or a softmax.</summary>
    private static int? Masked(ProgramBuilder b, List<int> pool, int x)
    {
        if (b[x].Axes.Count == 0) return null;
        var axis = b[x].Axes[b.Random.Next(b[x].Axes.Count)];
        string[] rest = [.. b[x].Axes.Where(a => a != axis)];
        var masked = Make(b, b.Pick("Select({0} > 0, {0}, Log(0 * {0}))", "Select({0} <= 1, {0}, -1 / 0f)", "Log(Max({0}, 0))"), x);
        return b.Random.Next(4) switch
        {
            0 => b.IdsOf($"{b.Pick("ArgMax", "ArgMin")}({{0}}, over: \"{axis}\")", rest, b.Axes[axis].Size, false, masked),
            1 => b.Real($"{b.Pick("Max", "Min")}({{0}}, over: \"{axis}\")", rest, b[x].Low, b[x].High, false, masked),
            2 => b.Real($"Sum(Exp({{0}} - StopGradient(Max({{0}}, over: \"{axis}\"))), over: \"{axis}\")", rest, 0, 100, false, masked),
            _ => b.Real($"Exp(Min({{0}}, 5))", b[x].Axes, 0, 150, false, masked),
        };
    }

    /// <summary>What is nothing, but not where there is infinity.</summary>
    private static int? Nothing(ProgramBuilder b, List<int> pool, int x) =>
        Make(b, b.Pick("{0} * 0 + {0}", "({0} - {0}) * {0}", "Select({0} != 0, 0 / {0}, 1)", "{0} - {0} * 1"), x);

    private static int? Normed(ProgramBuilder b, List<int> pool, int x)
    {
        if (b[x].Axes.Count == 0) return null;
        var axis = b[x].Axes[b.Random.Next(b[x].Axes.Count)];
        return b.Random.Next(3) switch
        {
            0 => Make(b, $"{{0}} / (Max(Abs({{0}}), over: \"{axis}\") + 1e-6f)", x),
            1 => Make(b, $"{{0}} * Rsqrt(Mean({{0}} * {{0}}, over: \"{axis}\") + 1e-6f)", x),
            _ => Patterns.Softmax(b, x, axis),
        };
    }
}
