using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Generation;

// The primitives of the language, each with the bounds of its result.
internal sealed partial class ProgramBuilder
{
    private static readonly Dictionary<string, Func<double, double>> Monotone = new()
    {
        ["Exp"] = Math.Exp, ["Log"] = Math.Log, ["Sqrt"] = Math.Sqrt, ["Erf"] = x => Math.Clamp(x, -1, 1),
        ["Tanh"] = Math.Tanh, ["Sigmoid"] = x => 1 / (1 + Math.Exp(-x)),
    };

    public static readonly string[] UnaryNames =
        [
            "Exp", "Log", "Sqrt", "Rsqrt", "Erf", "Tanh", "Sin", "Cos", "Abs", "Sigmoid",
            "Neg", "Square", "Relu", "Pow", "Gelu", "Swish", "StopGradient", "Round",
        ];

    public int Unary(string name, int x)
    {
        if (name is "Log" or "Sqrt" or "Rsqrt" or "Pow") x = Positive(x);
        if (name is "Exp") x = Bounded(x, 2);
        if (name is "Square" or "Gelu" or "Swish") x = Bounded(x, 3);
        var (low, high, over) = (nodes[x].Low, nodes[x].High, nodes[x].Axes);
        var most = Math.Max(Math.Abs(low), Math.Abs(high));
        return name switch
        {
            _ when Monotone.TryGetValue(name, out var f) =>
                Real($"{name}({{0}})", over, name == "Erf" && low < 0 ? -1 : f(low), name == "Erf" ? 1 : f(high), false, x),
            "Rsqrt" => Real("Rsqrt({0})", over, 1 / Math.Sqrt(high), 1 / Math.Sqrt(low), false, x),
            "Sin" or "Cos" => Real($"{name}({{0}})", over, -1, 1, false, x),
            "Abs" => Real("Abs({0})", over, Math.Max(0, Math.Max(low, -high)), most, nodes[x].Exact, x),
            "Neg" => Real("-{0}", over, -high, -low, nodes[x].Exact, x),
            "Square" => Real("{0} * {0}", over, 0, most * most, false, x),
            "Relu" => Real("Max({0}, 0)", over, Math.Max(0, low), Math.Max(0, high), nodes[x].Exact, x),
            "Pow" => Real($"Pow({{0}}, {Pick("1.5f", "0.5f", "2", "-1", "3")})", over, 0, Math.Max(Math.Pow(most, 3), 1 / low), false, x),
            "Gelu" => Real("MageDsl.Layers.Activations.Gelu({0})", over, -0.2, Math.Max(0, high), false, x),
            "Swish" => Real("MageDsl.Layers.Activations.Swish({0})", over, -0.3, Math.Max(0, high), false, x),
            "StopGradient" => Real("StopGradient({0})", over, low, high, nodes[x].Exact, x),
            // Half rounded, so that an extremum of it has no ties: there differences are not what the language says. The 0.3 keeps what is whole by
            // its making, as the logarithm of the only probability is, away from the steps.
            _ => Real("{0} + StopGradient(Floor({0} * 4 + 0.3f) / 4 - {0}) * 0.5f", over, low - 0.125, high + 0.0375, false, x),
        };
    }

    public static readonly string[] BinaryNames = ["+", "-", "*", "*", "/", "Max", "Min", "Pow", "Difference", "Gate"];

    public int Binary(string name, int x, int y)
    {
        if (name == "Pow") (x, y) = (Bounded(Positive(x), 3), Bounded(y, 2));
        if (name is "*" or "/" or "Gate") (x, y) = (Bounded(x), Bounded(y));
        // Last, because a bounded divisor may be a sine, and close to zero.
        if (name == "/") y = Positive(y);
        var (a, b, c, d) = (nodes[x].Low, nodes[x].High, nodes[y].Low, nodes[y].High);
        var over = AxesOf(x, y);
        double[] corners = name switch
        {
            "+" => [a + c, b + d],
            "-" or "Difference" => [a - d, b - c],
            "*" or "Gate" => [a * c, a * d, b * c, b * d],
            "/" => [a / c, a / d, b / c, b / d],
            "Max" => [Math.Max(a, c), Math.Max(b, d)],
            "Min" => [Math.Min(a, c), Math.Min(b, d)],
            _ => [Math.Pow(a, c), Math.Pow(a, d), Math.Pow(b, c), Math.Pow(b, d)],
        };
        var exact = name is "Max" or "Min" && nodes[x].Exact && nodes[y].Exact;
        return Real(name.Length == 1 ? $"{{0}} {name} {{1}}" : $"{name}({{0}}, {{1}})", over, corners.Min(), corners.Max(), exact, x, y);
    }

    public int Add(int x, int y) => Binary("+", x, y);

    public int Mul(int x, int y) => Binary("*", x, y);

    public int Select(int condition, int x, int y) =>
        Real(
            "Select({0}, {1}, {2})", AxesOf(condition, x, y), Math.Min(nodes[x].Low, nodes[y].Low),
            Math.Max(nodes[x].High, nodes[y].High), nodes[x].Exact && nodes[y].Exact, condition, x, y);

    /// <summary>The value where the condition holds, and a constant elsewhere.</summary>
    public int Masked(int condition, int x, double otherwise) =>
        Real(
            $"Select({{0}}, {{1}}, {Number(otherwise)})", AxesOf(condition, x),
            Math.Min(nodes[x].Low, otherwise), Math.Max(nodes[x].High, otherwise), false, condition, x);

    public int Index(int x, string axis) => IdsOf($"{{0}}.Index(\"{axis}\")", [axis], axes[axis].Size, true, x);

    public int Reduce(string name, int x, params string[] over)
    {
        if (name == "Sum" && CountOf(over) > 4) x = Bounded(x);
        IReadOnlyList<string> kept = [.. nodes[x].Axes.Except(over)];
        var count = name == "Sum" ? CountOf(over) : 1;
        return Real(
            $"{name}({{0}}, over: \"{string.Join(" ", over)}\")", kept, nodes[x].Low * count,
            nodes[x].High * count, name is "Max" or "Min" && nodes[x].Exact, x);
    }

    public int ArgMax(int x, string axis) =>
        IdsOf($"{Pick("ArgMax", "ArgMin")}({{0}}, over: \"{axis}\")", [.. nodes[x].Axes.Where(a => a != axis)], axes[axis].Size, nodes[x].Exact, x);

    /// <summary>A sum of products, scaled so that its elements stay about as large as those of its factors.</summary>
    public int Contract(int x, int y, params string[] over)
    {
        (x, y) = (Bounded(x, 3), Bounded(y, 3));
        IReadOnlyList<string> kept = [.. AxesOf(x, y).Except(over)];
        var most = Math.Max(Math.Abs(nodes[x].Low), Math.Abs(nodes[x].High))
            * Math.Max(Math.Abs(nodes[y].Low), Math.Abs(nodes[y].High)) * CountOf(over);
        return Real(
            $"Sum({{0}} * {{1}}, over: \"{string.Join(" ", over)}\")", kept, nodes[x].Low >= 0 && nodes[y].Low >= 0 ? 0 : -most, most, false, x, y);
    }

    public int Gather(int table, string axis, int ids) =>
        Real(
            $"Gather({{0}}, \"{axis}\", {{1}})", [.. nodes[table].Axes.Where(a => a != axis).Union(nodes[ids].Axes)],
            nodes[table].Low, nodes[table].High, nodes[table].Exact, table, ids);

    public int PickAt(int x, string axis, int index) =>
        View(x, $"{{0}}[\"{axis}\", {index}]", [.. nodes[x].Axes.Where(a => a != axis)]);

    public int Rename(int x, string axis, string into)
    {
        Axis(into, axes[axis].Size, rule: new AxisRule(axis, 0));
        return View(x, $"{{0}}.Rename(\"{axis}\", into: \"{into}\")", [.. nodes[x].Axes.Select(a => a == axis ? into : a)]);
    }

    public int Slice(int x, string axis, int start, int trim)
    {
        var into = FreshName("k");
        Axis(into, axes[axis].Size - start - trim, rule: new AxisRule(axis, -start - trim));
        return View(
            x, $"{{0}}.Slice(\"{axis}\", into: \"{into}\", start: {start}, trim: {trim})", [.. nodes[x].Axes.Select(a => a == axis ? into : a)]);
    }

    /// <summary>Windows along an axis as long as the axis <paramref name="by"/> of the filter; their positions get a new axis.</summary>
    public int Window(int x, string axis, string by, int filter, int stride, int pad)
    {
        while (axes[axis].Size + (2 * pad) < axes[by].Size) pad++;
        var rule = new AxisRule(axis, 2 * pad, by, stride);
        var into = Axis(FreshName("y"), rule.Size(a => axes[a].Size), rule: rule);
        var text = $"{{0}}.Window(\"{axis}\", into: \"{into}\", by: \"{by}\", like: {{1}}, stride: {stride}, pad: {pad})";
        var (low, high) = (nodes[x].Low, nodes[x].High);
        return Real(
            text, [.. nodes[x].Axes.SelectMany(a => a == axis ? [into, by] : new[] { a })],
            pad > 0 ? Math.Min(0, low) : low, pad > 0 ? Math.Max(0, high) : high, nodes[x].Exact, x, filter);
    }

    public int Uniform(int x) => Real($"{{0}}.Random({{1}}, {streams++})", nodes[x].Axes, 0, 1, true, x, Seed());

    /// <summary>Drops some elements and makes up for it in the others.</summary>
    public int Dropout(int x)
    {
        var (low, high) = (nodes[x].Low, nodes[x].High);
        return Chance(0.5)
            ? Real(
                "Select({1} < {2}, 0, {0} / (1 - {2}))", nodes[x].Axes, Math.Min(0, low * 1.43),
                Math.Max(0, high * 1.43), false, x, Uniform(x), Scalar())
            : Real("Select({1} >= 0.5f, {0} * 2, 0)", nodes[x].Axes, Math.Min(0, low * 2), Math.Max(0, high * 2), false, x, Uniform(x));
    }

    /// <summary>What C# computes from float parameters, in float or double, before it is an Expr.</summary>
    public int ScalarArithmetic()
    {
        var text = Pick(
            "1 - {0} * 0.7f", "System.MathF.Sqrt({0}) / 3", "{0} * 0.1 + {1}", "(int)({0} * 10) * {1}",
            "{0} < 0.5 && {1} > 0 ? {0} / 7 : 1f / 7", "1 / (1 - System.MathF.Pow({0}, 3))");
        return Real($"(Expr)({text})", [], 0.04, 1.1, false, Scalar(), Scalar());
    }

    private int Seed()
    {
        var at = nodes.FindIndex(n => n.Kind == NodeKind.Seed);
        return at >= 0 ? at : Add(new Node(NodeKind.Seed, "", [], Element.Ids, [], Exact: true));
    }

    private int View(int x, string text, IReadOnlyList<string> over) =>
        Add(nodes[x] with { Kind = NodeKind.Expression, Text = text, Args = [x], Axes = over, Table = "" });
}
