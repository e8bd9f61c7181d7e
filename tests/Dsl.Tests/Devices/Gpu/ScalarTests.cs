using MageDsl.Devices;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>What device code is asked for beyond vectors' tests: arguments at the ends of the range, NaN in conditions, and random numbers.</summary>
public class ScalarTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly double[] Numbers =
    [
        0, -0.0, 1, -1, 0.5, 2.5, -2.5, 3, -3, 1e-45, 1e-40, -1e-38, 1e-320, 1e-308, 1e-30, 1e-3, 17, 89.5, -105, 710, -745, -750,
        8191.5, 1e5, 524288.5, 8388609, 16777216, 1e9, 123456789012, 1e19, -1e22, 3e38, -1e200, 1.7e308,
        Math.PI, Math.PI / 2, -1.5 * Math.PI, 0.999999, 1.000001, Inf, -Inf, double.NaN,
    ];

    public static TheoryData<string> Probes() => new(ScalarProbe.Names);

    [Theory]
    [MemberData(nameof(Probes))]
    public void Functions_hold_over_the_whole_range(string name)
    {
        var probe = ScalarProbe.Open(name);
        var x = Numbers.Select(probe.Rounded).Distinct().ToArray();
        Close("Exp", Math.Exp);
        Close("Log", Math.Log);
        Close("Erf", ErrorFunction.Erf);
        Close("Tanh", Math.Tanh);
        Close("Sin", Math.Sin, slack: 1e-13);
        Close("Cos", Math.Cos, slack: 1e-13);
        Close("Sqrt", Math.Sqrt);
        Close("Rsqrt", a => 1 / Math.Sqrt(a));
        Close("Floor", Math.Floor);
        Close("Whole", a => Math.Abs(a) < int.MaxValue ? Math.Round(a) : a, a => Math.Abs(a) < int.MaxValue);

        void Close(string function, Func<double, double> expected, Func<double, bool>? within = null, double slack = 0)
        {
            var arguments = x.Where(within ?? (_ => true)).ToArray();
            var found = probe.Unary(function, arguments);
            for (var i = 0; i < found.Length; i++)
            {
                AssertClose(probe.Single, expected(arguments[i]), found[i], $"{function}({arguments[i]:R})", slack);
            }
        }
    }

    public static TheoryData<string> Devices() => new(GpuTests.Names);

    /// <summary>
    /// Numbers of bfloat16 are exact to a 256th: these are to a hundred thousandth, and what is missing to one is to a thousandth.
    /// </summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void Functions_for_bfloat16_are_more_exact_than_that(string device)
    {
        var probe = ScalarProbe.OpenShort(device);
        double[] x = [.. Numbers.Concat(Enumerable.Range(-1200, 2401).Select(i => 0.01 * i)).Select(probe.Rounded).Distinct()];
        var (exp, erf, sigmoid) = (probe.Unary("Exp", x), probe.Unary("Erf", x), probe.Unary("Sigmoid", x));
        for (var i = 0; i < x.Length; i++)
        {
            var (number, size, exact) = ($"{x[i]:R}", Math.Min(Math.Abs(x[i]), 200), ErrorFunction.Erf(x[i]));
            Close($"Exp({number})", Math.Exp(x[i]), exp[i], 1e-7 * (4 + size));
            Close($"Sigmoid({number})", 1 / (1 + Math.Exp(-x[i])), sigmoid[i], 1e-7 * (8 + size));
            Close($"Erf({number})", exact, erf[i], 1e-5, 3e-7);
            if (size <= 3) Close($"1 - |Erf({number})|", 1 - Math.Abs(exact), 1 - Math.Abs(erf[i]), 1e-3, 3e-7);
            Assert.True(double.IsNaN(x[i]) || Math.Abs(erf[i]) <= 1, $"Erf({number}) is {erf[i]:R}");
        }

        // What is subnormal may be zero.
        static void Close(string what, double expected, double found, double part, double least = 1.2e-38)
        {
            expected = (float)expected;
            if (!(double.IsFinite(expected) ? Math.Abs(found - expected) <= part * Math.Abs(expected) + least : found.Equals(expected)))
                Assert.Fail($"{what} is {expected:R}, found {found:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void Functions_of_two_numbers_hold_over_the_whole_range(string name)
    {
        var probe = ScalarProbe.Open(name);
        var numbers = Numbers.Select(probe.Rounded).Distinct().ToArray();
        double[] a = [.. numbers.SelectMany(x => numbers.Select(_ => x))];
        double[] b = [.. numbers.SelectMany(_ => numbers)];
        Close("Pow", Math.Pow);
        Close("Atan2", Math.Atan2);
        Close("Div", (x, y) => x / y);
        Close("Min", (x, y) => double.IsNaN(x) || double.IsNaN(y) ? double.NaN : y < x ? y : x);
        Close("Max", (x, y) => double.IsNaN(x) || double.IsNaN(y) ? double.NaN : y > x ? y : x);
        Close("Gate", (x, y) => y == 0 ? 0 : x * y);
        Close("Difference", (x, y) => x == y ? 0 : x - y);
        Close("Less", (x, y) => x < y ? 1 : 0);
        Close("LessEqual", (x, y) => x <= y ? 1 : 0);
        Close("Equal", (x, y) => x == y ? 1 : 0);
        Close("Not", (x, y) => !(x < y) ? 1 : 0);
        Close("And", (x, y) => x < y && 0 < y ? 1 : 0);
        Close("Choose", (x, y) => (0 < x ? x < y : !(y <= 0)) ? 1 : 0);
        Close("Select", (x, y) => x < y ? y : y);

        void Close(string function, Func<double, double, double> expected)
        {
            var found = probe.Binary(function, a, b);
            for (var i = 0; i < found.Length; i++) AssertClose(probe.Single, expected(a[i], b[i]), found[i], $"{function}({a[i]:R}, {b[i]:R})");
        }
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void Random_numbers_are_those_of_the_cpu(string name)
    {
        var probe = ScalarProbe.Open(name);
        double[] seeds = [.. Enumerable.Range(0, 100).Select(i => (double)(i * 7919))];
        double[] streams = [.. seeds.Select(seed => seed % 13)];
        double[] places = [.. seeds.Select((_, i) => i < 50 ? i : (double)(1000003 * i % (1 << 24)))];
        Assert.Equal(
            seeds.Select((seed, i) => (Philox.Word((uint)places[i], (uint)streams[i], (uint)seed) >> 8) / (double)(1 << 24)),
            probe.Ternary("Random", seeds, streams, places));
    }

    /// <summary>
    /// Within a few units in the last place, or of the smallest number, or of the slack that floats have; what is beyond the range is infinite.
    /// </summary>
    private static void AssertClose(bool single, double expected, double found, string what, double slack = 0)
    {
        if (single) expected = (float)expected;
        var (part, least) = single ? (5e-7, (4 * (double)float.Epsilon) + slack) : (1e-14, 4 * double.Epsilon);
        if (!(double.IsFinite(expected) ? Math.Abs(found - expected) <= part * Math.Abs(expected) + least : found.Equals(expected)))
            Assert.Fail($"{what} is {expected:R}, found {found:R}");
    }
}
