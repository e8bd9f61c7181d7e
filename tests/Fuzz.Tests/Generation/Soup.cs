using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Generation;

/// <summary>One more line of any kind, over values that are there.</summary>
internal static class Soup
{
    private static readonly (int Weight, Func<ProgramBuilder, List<int>, int, int?> Step)[] Steps =
    [
        (20, (b, _, x) => b.Unary(ProgramBuilder.UnaryNames[b.Random.Next(ProgramBuilder.UnaryNames.Length)], x)),
        (20, Binary), (8, Choose), (12, Reduce), (8, Contract), (6, Gather), (5, Pick), (5, Rename), (5, Slice), (5, Window),
        (3, Position), (5, (b, _, x) => b.Chance(0.7) ? b.Dropout(x) : b.Uniform(x)), (5, Softmax), (4, Norm), (2, Flag), (3, Best), (3, Linear),
    ];

    /// <summary>The value made, or null if what was drawn did not fit.</summary>
    public static int? Step(ProgramBuilder b, List<int> pool)
    {
        var real = pool.Where(id => b[id].Type == Element.Real).ToArray();
        // Later values more often: programs get deep.
        var x = real[Math.Max(b.Random.Next(real.Length), b.Random.Next(real.Length))];
        var at = b.Random.Next(Steps.Sum(s => s.Weight));
        var made = Steps.First(s => (at -= s.Weight) < 0).Step(b, pool, x);
        return made is { } id && b[id].Type == Element.Real ? b.Bounded(id, 40) : made;
    }

    private static string? AnyAxis(ProgramBuilder b, int x, int least = 1)
    {
        string[] axes = [.. b[x].Axes.Where(a => b.Axes[a].Size >= least)];
        return axes.Length == 0 ? null : axes[b.Random.Next(axes.Length)];
    }

    /// <summary>Another value that goes with this one: of the pool, a new parameter over some of its axes, or a constant.</summary>
    private static int Other(ProgramBuilder b, List<int> pool, int x)
    {
        int[] fitting = [.. pool.Where(id => b.Fits(b.AxesOf(x, id)))];
        if (fitting.Length > 0 && b.Chance(0.55)) return fitting[b.Random.Next(fitting.Length)];
        if (b.Chance(0.15)) return b.Chance(0.5) ? b.Scalar() : b.ScalarArithmetic();
        if (b.Chance(0.15) && AnyAxis(b, x) is { } axis) return b.Index(x, axis);
        return b.Tensor(Patterns.Some(b, b[x].Axes));
    }

    private static int? Binary(ProgramBuilder b, List<int> pool, int x)
    {
        var y = Other(b, pool, x);
        var name = ProgramBuilder.BinaryNames[b.Random.Next(ProgramBuilder.BinaryNames.Length)];
        if (b[y].Type == Element.Ids && name is "Pow" or "/") name = "*";
        return b.Chance(0.3) && b[y].Type == Element.Real && name != "Pow" ? b.Binary(name, y, x) : b.Binary(name, x, y);
    }

    private static int? Choose(ProgramBuilder b, List<int> pool, int x)
    {
        var condition = Condition(b, pool, x);
        if (b.Chance(0.3))
        {
            var other = Condition(b, pool, x);
            condition = b.Condition(b.Pick("{0} & {1}", "{0} | {1}", "!({0} & {1})"), b.AxesOf(condition, other), condition, other);
        }
        if (!b.Fits(b.AxesOf(condition, x))) return null;
        if (b.Chance(0.5)) return b.Masked(condition, x, b.Pick(0.0, 0.0, 1.0, -2.0));
        var y = Other(b, pool, x);
        return b[y].Type == Element.Real && b.Fits(b.AxesOf(condition, x, y)) ? b.Select(condition, x, y) : null;
    }

    private static int Condition(ProgramBuilder b, List<int> pool, int x)
    {
        var compare = b.Pick("<", ">", "<=", ">=", "==", "!=");
        if (b.IsFragile && b.Chance(0.6))
            return b.Condition($"{{0}} {b.Pick("<", ">", "<=", ">=")} 0.1f", b[x].Axes, x);
        switch (b.Random.Next(4))
        {
            case 0 when b[x].Axes.Count > 1:
                return b.Condition($"{{0}}.Index(\"{b[x].Axes[0]}\") {compare} {{0}}.Index(\"{b[x].Axes[1]}\")", [b[x].Axes[0], b[x].Axes[1]], x);
            case 1 when AnyAxis(b, x) is { } axis:
                return b.Condition($"{{0}}.Index(\"{axis}\") {compare} {b.Random.Next(4)}", [axis], x);
            case 2:
                return b.Condition($"{{0}} {b.Pick("<", ">=")} 0.5f", b[x].Axes, b.Uniform(x));
            default:
                int[] exact = [.. pool.Where(id => b[id].Exact && b[id].Type == Element.Real && b.Fits(b.AxesOf(id, x)))];
                var left = exact.Length > 0 && b.Chance(0.5) ? exact[b.Random.Next(exact.Length)] : b.Tensor(Patterns.Some(b, b[x].Axes));
                return b.Condition($"{{0}} {b.Pick("<", ">", "<=", ">=")} {b.Pick("0", "0.25f", "-0.5f")}", b[left].Axes, left);
        }
    }

    private static int? Reduce(ProgramBuilder b, List<int> pool, int x)
    {
        if (b[x].Axes.Count == 0) return null;
        string[] over = b.Chance(0.7) ? [AnyAxis(b, x)!] : Patterns.Some(b, b[x].Axes);
        var reduced = b.Reduce(b.Pick("Sum", "Mean", "Max", "Min"), x, over);
        if (!b.Chance(0.5)) return reduced;
        pool.Add(reduced);
        return b.Binary(b.Pick("+", "-", "*", "/"), x, reduced);
    }

    private static int? Contract(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x) is not { } axis) return null;
        int[] fitting = [.. pool.Where(id => b[id].Type == Element.Real && b[id].Axes.Contains(axis) && b.CountOf(b.AxesOf(x, id)) < 20000)];
        var y = fitting.Length > 0 && b.Chance(0.6)
            ? fitting[b.Random.Next(fitting.Length)]
            : b.Tensor(Patterns.Some(b, b[x].Axes).Append(axis).Distinct());
        return b.Fits([.. b.AxesOf(x, y).Where(a => a != axis)]) ? b.Contract(x, y, axis) : null;
    }

    private static int? Gather(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x) is not { } axis) return null;
        var others = b[x].Axes.Where(a => a != axis).ToArray();
        string[] over = Patterns.Some(b, others);
        if (over.Length == 0 || b.Chance(0.3)) over = [.. over, b.Axis(b.FreshName("q"), b.Pick(1, 2, 3, 5))];
        return b.Fits([.. others.Union(over)]) ? b.Gather(x, axis, b.Ids(over, axis)) : null;
    }

    private static int? Pick(ProgramBuilder b, List<int> pool, int x) =>
        AnyAxis(b, x) is { } axis ? b.PickAt(x, axis, b.Random.Next(Math.Min(3, b.Axes[axis].Size))) : null;

    private static int? Rename(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x) is not { } axis) return null;
        var renamed = b.Rename(x, axis, b.FreshName("r"));
        return b.Chance(0.6) && b.Fits(b.AxesOf(x, renamed)) ? b.Binary(b.Pick("*", "-", "+", "Max"), x, renamed) : renamed;
    }

    private static int? Slice(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x, least: 3) is not { } axis) return null;
        return b.Slice(x, axis, b.Random.Next(2), b.Random.Next(2));
    }

    private static int? Window(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x, least: 3) is not { } axis) return null;
        var by = b.Axis(b.FreshName("i"), b.Pick(1, 2, 3), isFixed: b.Chance(0.5));
        string[] over = b.Chance(0.5) ? [by] : [by, .. Patterns.Some(b, [.. b[x].Axes.Where(a => a != axis)])];
        var filter = b.Tensor(over);
        var windows = b.Window(x, axis, by, filter, b.Pick(1, 1, 2, 3), b.Random.Next(3));
        if (!b.Fits(b[windows].Axes)) return null;
        return b.Chance(0.3) ? b.Reduce(b.Pick("Max", "Mean", "Sum"), windows, by) : b.Contract(windows, filter, by);
    }

    private static int? Position(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x) is not { } axis) return null;
        var size = b.Axes[axis].Size;
        return b.Chance(0.5)
            ? b.Real(
                $"{{0}} * ({{0}}.Index(\"{axis}\") / {{0}}.Size(\"{axis}\"))", b[x].Axes, Math.Min(0, b[x].Low), Math.Max(0, b[x].High), false, x)
            : b.Real($"{{0}} - {{0}}.Index(\"{axis}\")", b[x].Axes, b[x].Low - size, b[x].High, false, x);
    }

    private static int? Softmax(ProgramBuilder b, List<int> pool, int x) =>
        AnyAxis(b, x) is not { } axis ? null : b.Chance(0.7) ? Patterns.Softmax(b, x, axis) : Patterns.LogSoftmax(b, x, axis);

    private static int? Norm(ProgramBuilder b, List<int> pool, int x) =>
        b[x].Axes.Count == 0 ? null : Patterns.Norm(b, x, b.Chance(0.7) ? [AnyAxis(b, x)!] : Patterns.Some(b, b[x].Axes));

    private static int? Linear(ProgramBuilder b, List<int> pool, int x)
    {
        if (AnyAxis(b, x) is not { } axis) return null;
        var to = b.Axis(b.FreshName("p"), Recipes.Size(b));
        return b.Fits([.. b[x].Axes.Where(a => a != axis), to]) ? Patterns.Linear(b, x, axis, to) : null;
    }

    private static int? Flag(ProgramBuilder b, List<int> pool, int x)
    {
        if (b.Nodes.Any(n => n.Kind == NodeKind.Flag)) return null;
        var y = b.Chance(0.5) ? b.Dropout(x) : b.Unary("Tanh", x);
        return b.Real("{2} ? {0} : {1}", b[x].Axes, Math.Min(b[x].Low, b[y].Low), Math.Max(b[x].High, b[y].High), false, x, y, b.Flag());
    }

    /// <summary>Where an extremum is, and what is there.</summary>
    private static int? Best(ProgramBuilder b, List<int> pool, int x)
    {
        if (!b[x].Exact && !b.IsFragile) x = b.Tensor(b[x].Axes);
        if (AnyAxis(b, x) is not { } axis) return null;
        var best = b.ArgMax(x, axis);
        switch (b.Random.Next(3))
        {
            case 0: return best;
            case 1: return b.Masked(b.Condition($"{{0}}.Index(\"{axis}\") == {{1}}", b[x].Axes, x, best), x, 0);
            default: return b.Gather(b.Unary("Sin", x), axis, best);
        }
    }
}
