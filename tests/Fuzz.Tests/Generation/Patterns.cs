namespace Fuzz.Tests.Generation;

/// <summary>Parts of layers, with the choices that people make in them left to chance.</summary>
internal static class Patterns
{
    /// <summary>Exponentials over an axis, shifted or not, and their sum; divided, the softmax.</summary>
    public static (int Exponentials, int Sum) Exponentials(ProgramBuilder b, int x, string axis)
    {
        x = b.Bounded(x, 6);
        var over = b[x].Axes;
        var range = b[x].High - b[x].Low;
        var exponentials = b.Random.Next(3) switch
        {
            0 => b.Real($"Exp({{0}} - StopGradient(Max({{0}}, over: \"{axis}\")))", over, Math.Exp(-range), 1, false, x),
            1 => b.Real("Exp({0} - {1})", over, Math.Exp(-range), 1, false, x, b.Reduce("Max", x, axis)),
            _ => b.Real("Exp({0} * 0.5f)", over, Math.Exp(b[x].Low / 2), Math.Exp(b[x].High / 2), false, x),
        };
        var size = b.Axes[axis].Size;
        var sum = b.Real(
            $"Sum({{0}}, over: \"{axis}\")", [.. over.Where(a => a != axis)],
            Math.Max(b[exponentials].Low, 0.2), b[exponentials].High * size, false, exponentials);
        return (exponentials, sum);
    }

    public static int Softmax(ProgramBuilder b, int x, string axis)
    {
        x = b.Bounded(x);
        if (axis == "u" && b.Chance(0.4)) return b.Real("MageDsl.Layers.Activations.Softmax({0})", b[x].Axes, 0, 1, false, x);
        var (exponentials, sum) = Exponentials(b, x, axis);
        return b.Real("{0} / {1}", b[exponentials].Axes, 0, 1, false, exponentials, sum);
    }

    public static int LogSoftmax(ProgramBuilder b, int x, string axis)
    {
        x = b.Bounded(x);
        var low = b[x].Low - b[x].High - Math.Log(b.Axes[axis].Size);
        if (axis == "u" && b.Chance(0.4)) return b.Real("MageDsl.Layers.Activations.LogSoftmax({0})", b[x].Axes, low, 0, false, x);
        if (b.Chance(0.5))
        {
            var shifted = b.Real($"{{0}} - StopGradient(Max({{0}}, over: \"{axis}\"))", b[x].Axes, b[x].Low - b[x].High, 0, false, x);
            return b.Real($"{{0}} - Log(Sum(Exp({{0}}), over: \"{axis}\"))", b[x].Axes, low, 0, false, shifted);
        }
        return b.Real($"{{0}} - Log(Sum(Exp({{0}}), over: \"{axis}\"))", b[x].Axes, low, 0, false, x);
    }

    /// <summary>Layer norm, RMS norm or a part of one over some axes.</summary>
    public static int Norm(ProgramBuilder b, int x, params string[] over)
    {
        x = b.Bounded(x);
        var text = string.Join(" ", over);
        var most = Math.Sqrt(b.CountOf(over)) + 0.5;
        var scale = b.Tensor(over.Length == 1 || b.Chance(0.5) ? over : over[..1], 0.5, 1.5);
        if (b.Chance(0.3))
        {
            var squares = b.Real($"Rsqrt(Mean({{0}} * {{0}}, over: \"{text}\") + 0.1f)", [.. b[x].Axes.Except(over)], 0, 3.2, false, x);
            return b.Real("{0} * {1} * {2}", b[x].Axes, -2 * most, 2 * most, false, x, squares, scale);
        }
        var shift = b.Tensor(b[scale].Axes);
        var centered = b.Real($"{{0}} - Mean({{0}}, over: \"{text}\")", b[x].Axes, b[x].Low - b[x].High, b[x].High - b[x].Low, false, x);
        var inverse = b.Real($"Rsqrt(Mean({{0}} * {{0}}, over: \"{text}\") + 0.1f)", [.. b[x].Axes.Except(over)], 0, 3.2, false, centered);
        return b.Real("{0} * {1} * {2} + {3}", b[x].Axes, (-1.5 * most) - 1, (1.5 * most) + 1, false, centered, inverse, scale, shift);
    }

    /// <summary>A matrix product with a new weight from an axis to another, with or without bias and activation.</summary>
    public static int Linear(ProgramBuilder b, int x, string from, string to)
    {
        var product = b.Contract(x, b.Tensor([from, to], -0.6, 0.6), from);
        if (b.Chance(0.6)) product = b.Add(product, b.Tensor([to]));
        return b.Chance(0.4) ? b.Unary(b.Pick("Gelu", "Tanh", "Relu", "Swish", "Sigmoid", "Sin"), product) : product;
    }

    /// <summary>Scores over queries and keys with all that people do to them.</summary>
    public static int Decorate(ProgramBuilder b, int scores, string query, string key, string[] others)
    {
        for (var i = b.Random.Next(4); i > 0; i--)
        {
            switch (b.Random.Next(9))
            {
                case 0:
                    scores = b.Add(scores, b.Tensor(Some(b, [query, key, .. others])));
                    break;
                case 1:
                    scores = b.Masked(
                        b.Condition($"{{0}}.Index(\"{query}\") >= {{0}}.Index(\"{key}\")", [query, key], scores),
                        b.Bounded(scores), b.Pick(-30.0, -5.0, -8.5));
                    break;
                case 2:
                    scores = b.Masked(
                        b.Condition($"Abs({{0}}.Index(\"{query}\") - {{0}}.Index(\"{key}\")) < 3", [query, key], scores), b.Bounded(scores), -7);
                    break;
                case 3:
                    var mask = b.Tensor(Some(b, [key, .. others]));
                    scores = b.Masked(b.Condition("{0} > 0.3f", b[mask].Axes, mask), b.Bounded(scores), -6);
                    break;
                case 4:
                    scores = b.Real("3 * Tanh({0} / 3)", b[scores].Axes, -3, 3, false, scores);
                    break;
                case 5:
                    var slope = b.Tensor(others.Take(1), 0, 0.3);
                    var distance = b.CountOf([query]) + b.CountOf([key]);
                    scores = b.Real(
                        $"{{0}} - ({{0}}.Index(\"{key}\") - {{0}}.Index(\"{query}\")) * {{1}}", b.AxesOf(scores, slope),
                        b[scores].Low - (0.3 * distance), b[scores].High + (0.3 * distance), false, scores, slope);
                    break;
                case 6:
                    scores = b.Dropout(scores);
                    break;
                case 7:
                    scores = b.Mul(scores, b.Tensor(Some(b, others), 0.3, 1));
                    break;
                default:
                    // Only within one document.
                    scores = b.Masked(
                        b.Condition("{0} != {1}", [query, key], b.Ids([query], key), b.Ids([key], key)), b.Bounded(scores), b.Pick(-4.0, 0.0));
                    break;
            }
        }
        return scores;
    }

    /// <summary>One or more of some axes.</summary>
    public static string[] Some(ProgramBuilder b, IReadOnlyList<string> axes)
    {
        string[] chosen = [.. axes.Where(_ => b.Chance(0.5))];
        return chosen.Length > 0 || axes.Count == 0 ? chosen : [axes[b.Random.Next(axes.Count)]];
    }
}
