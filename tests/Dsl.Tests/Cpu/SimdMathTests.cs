using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Tests.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>Arithmetic and functions of every vector type, and of device code on every device, against double on scalars.</summary>
public sealed class SimdMathTests
{
    private const double Inf = double.PositiveInfinity;

    public static TheoryData<string> Vectors() => new(SimdProbe.All.Keys);

    public static TheoryData<string> Numbers() => new(SimdProbe.All.Keys.Concat(ScalarProbe.Names));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Arithmetic_is_that_of_scalars(string numbers)
    {
        var probe = Probe(numbers);
        var (a, b) = Pairs(probe);
        Exact(probe, "Add", a, b, (x, y) => x + y);
        Exact(probe, "Sub", a, b, (x, y) => x - y);
        Exact(probe, "Difference", a, b, (x, y) => x == y ? 0 : x - y);
        Exact(probe, "Mul", a, b, (x, y) => x * y);
        Exact(probe, "Gate", a, b, (x, y) => y == 0 ? 0 : x * y);
        Exact(probe, "Div", a, b, (x, y) => x / y);
        Exact(probe, "Min", a, b, Math.Min);
        Exact(probe, "Max", a, b, Math.Max);
        Exact(probe, "Less", a, b, (x, y) => x < y ? 1 : 0);
        Exact(probe, "LessEqual", a, b, (x, y) => x <= y ? 1 : 0);
        Exact(probe, "Equal", a, b, (x, y) => x == y ? 1 : 0);
        Exact(probe, "And", a, b, (x, y) => x < y && 0 < y ? 1 : 0);
        Exact(probe, "Or", a, b, (x, y) => x < y || 0 < y ? 1 : 0);
        Exact(probe, "Not", a, b, (x, y) => x < y ? 0 : 1);
        Exact(probe, "Neg", a, x => -x);
        Exact(probe, "Abs", a, Math.Abs);
        Exact(probe, "Floor", a, Math.Floor);
        Exact(probe, "Sqrt", a, Math.Sqrt);
        var selected = probe.Ternary("Select", a, b, a);
        Assert.Equal(a.Zip(b, (x, y) => x < y ? y : x), selected);
        // Once rounded or twice, the sum is within a rounding of the product.
        var sums = probe.Ternary("Fma", a, b, a);
        for (var i = 0; i < a.Length; i++)
        {
            var exact = a[i] * b[i] + a[i];
            if (double.IsFinite(exact))
                Assert.True(Math.Abs(sums[i] - exact) <= Epsilon(probe) * (Math.Abs(a[i] * b[i]) + Math.Abs(a[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Functions_are_accurate(string numbers)
    {
        var probe = Probe(numbers);
        var limit = probe.Single ? 88.7 : 709;
        Close(probe, "Exp", Range(-(probe.Single ? 87.3 : 708), limit), Math.Exp, 2.4e-7, 1e-14);
        Close(probe, "Log", Range(1e-6, 3).Concat(Range(3, 1e6)).Concat(Powers(1e-30, 1e30)), Math.Log, 2.4e-7, 1e-14);
        Close(probe, "Erf", Range(-6.5, 6.5).Concat(Powers(1e-30, 1)).Concat(Powers(1e-4, 7)), ErrorFunction.Erf, 4e-7, 1e-14);
        Close(probe, "Tanh", Range(-20, 20).Concat(Powers(1e-30, 1)).Concat(Powers(1e-4, 30)), Math.Tanh, 4e-7, 1e-14);
        Close(probe, "Sigmoid", Range(probe.Single ? -87 : -700, 100).Concat(Powers(1e-30, 1)), x => 1 / (1 + Math.Exp(-x)), 4e-7, 1e-14);
        Close(probe, "Sin", Range(-3, 3).Concat(Powers(1e-20, 1e5)), Math.Sin, 4e-7, 1e-14, 1e-7);
        Close(probe, "Cos", Range(-3, 3).Concat(Powers(1e-20, 1e5)), Math.Cos, 4e-7, 1e-14, 1e-7);
        Close(probe, "Rsqrt", Powers(1e-30, 1e30), x => 1 / Math.Sqrt(x), 2.4e-7, 1e-14);
        var bases = Powers(1e-3, 1e3).Select(probe.Rounded).ToArray();
        var exponents = bases.Select((_, i) => probe.Rounded(i % 13 - 6 + i % 7 * 0.25)).ToArray();
        Close(probe, probe.Binary("Pow", bases, exponents), bases.Zip(exponents, Math.Pow).ToArray(), bases, "Pow", 2.4e-7, 1e-14, 0);
        Close(probe, probe.Binary("Atan2", exponents, bases), exponents.Zip(bases, Math.Atan2).ToArray(), exponents, "Atan2", 2.4e-7, 1e-14, 0);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Functions_hold_at_the_edges(string numbers)
    {
        var probe = Probe(numbers);
        double[] edges = [double.NaN, Inf, -Inf, 0];
        Assert.Equal([double.NaN, Inf, 0, 1], probe.Unary("Exp", edges));
        Assert.Equal([double.NaN, Inf, double.NaN, -Inf], probe.Unary("Log", edges));
        Assert.Equal([double.NaN, 1, -1, 0], probe.Unary("Erf", edges));
        Assert.Equal([double.NaN, 1, -1, 0], probe.Unary("Tanh", edges));
        Assert.Equal([double.NaN, 1, 0, 0.5], probe.Unary("Sigmoid", edges));
        Assert.Equal([double.NaN, double.NaN, double.NaN, 0], probe.Unary("Sin", edges));
        Assert.Equal([double.NaN, double.NaN, double.NaN, 1], probe.Unary("Cos", edges));
        Assert.Equal([double.NaN, 0, double.NaN, Inf], probe.Unary("Rsqrt", edges));
        Assert.Equal([Inf, 0], probe.Unary("Exp", probe.Single ? [89.5, -105] : [710, -750]));
        Assert.Equal([double.NaN], probe.Unary("Log", [-1]));
        Assert.All(probe.Unary("Erf", Range(-9, 9).ToArray()), y => Assert.InRange(y, -1, 1));
        Assert.All(probe.Unary("Tanh", Range(-25, 25).ToArray()), y => Assert.InRange(y, -1, 1));
        Assert.Equal([4, -8, 1, 0, double.NaN], probe.Binary("Pow", [-2, -2, 5, 0, -2], [2, 3, 0, 2, 0.5]));
        foreach (var name in new[] { "Min", "Max" })
        {
            Assert.Equal([double.NaN, double.NaN], probe.Binary(name, [double.NaN, 1], [1, double.NaN]));
            // Of equals the first, which shows in zeros.
            Assert.Equal([true, false], probe.Binary(name, [-0.0, 0], [0, -0.0]).Select(double.IsNegative));
        }
    }

    public static TheoryData<string> Floats() => new(
        SimdProbe.All.Keys.Concat(ScalarProbe.Names).Where(name => name.Contains("float", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Floats))]
    public void Exp_reaches_into_the_subnormals(string numbers)
    {
        var probe = Probe(numbers);
        var x = Range(-103.9, -87.4).Select(probe.Rounded).ToArray();
        var y = probe.Unary("Exp", x);
        for (var i = 0; i < x.Length; i++)
            Assert.True(Math.Abs(y[i] - Math.Exp(x[i])) <= float.Epsilon + 2.4e-7 * Math.Exp(x[i]), $"{x[i]}: {y[i]}");
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Reductions_take_every_lane(string vector)
    {
        var probe = SimdProbe.All[vector];
        for (var odd = 0; odd < probe.Width; odd++)
        {
            var lanes = Enumerable.Range(0, probe.Width).Select(l => l == odd ? 100.0 : l - 3.0).ToArray();
            Assert.Equal(100, probe.Reduce("Max", lanes));
            Assert.Equal(-100, probe.Reduce("Min", lanes.Select(x => -x).ToArray()));
            Assert.Equal(lanes.Sum(), probe.Reduce("Sum", lanes));
            Assert.Equal(lanes[0], probe.Reduce("First", lanes));
            lanes[odd] = double.NaN;
            Assert.Equal(double.NaN, probe.Reduce("Max", lanes));
            Assert.Equal(double.NaN, probe.Reduce("Min", lanes));
        }
    }

    private static ArithmeticProbe Probe(string numbers) => SimdProbe.All.TryGetValue(numbers, out var vectors) ? vectors : ScalarProbe.Open(numbers);

    private static double Epsilon(ArithmeticProbe probe) => probe.Single ? 1.2e-7 : 2.3e-16;

    private static IEnumerable<double> Range(double from, double to)
        => Enumerable.Range(0, 4001).Select(i => from + (to - from) * i / 4000);

    private static IEnumerable<double> Powers(double from, double to)
        => Enumerable.Range(0, 1001).Select(i => from * Math.Pow(to / from, i / 1000.0));

    private static (double[] A, double[] B) Pairs(ArithmeticProbe probe)
    {
        double[] values = [0, 1, -1, 0.5, -2.75, 3.1415926, -1e-3, 1e10, -7e-12, 123456.78, Inf, -Inf];
        var rounded = values.Select(probe.Rounded).ToArray();
        return (rounded.SelectMany(x => rounded.Select(_ => x)).ToArray(), rounded.SelectMany(_ => rounded).ToArray());
    }

    private static void Exact(ArithmeticProbe probe, string name, double[] a, double[] b, Func<double, double, double> expected)
        => Assert.Equal(a.Zip(b, (x, y) => probe.Rounded(expected(x, y))), probe.Binary(name, a, b));

    private static void Exact(ArithmeticProbe probe, string name, double[] a, Func<double, double> expected)
        => Assert.Equal(a.Select(x => probe.Rounded(expected(x))), probe.Unary(name, a));

    private static void Close(
        ArithmeticProbe probe, string name, IEnumerable<double> points, Func<double, double> expected,
        double single, double @double, double absolute = 0)
    {
        var x = points.Select(probe.Rounded).ToArray();
        Close(probe, probe.Unary(name, x), x.Select(expected).ToArray(), x, name, single, @double, absolute);
    }

    private static void Close(
        ArithmeticProbe probe, double[] found, double[] expected, double[] x, string name, double single, double @double, double absolute)
    {
        var tolerance = probe.Single ? single : @double;
        var slack = probe.Single ? absolute : absolute * 1e-8;
        for (var i = 0; i < x.Length; i++)
        {
            if (!(Math.Abs(found[i] - expected[i]) <= tolerance * Math.Abs(expected[i]) + slack))
                Assert.Fail($"{name}({x[i]:R}) is {expected[i]:R}, found {found[i]:R}");
        }
    }
}
