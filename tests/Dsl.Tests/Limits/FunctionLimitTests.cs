using Dsl.Tests.Kernels;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Limits;

/// <summary>
/// Values and slopes of every function of one number, from the smallest numbers to infinity, against their limits: compiled, fused and not,
/// in both precisions, at every vector width; and the definition.
/// </summary>
[Collection(CpuSettings.Name)]
public class FunctionLimitTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly double RootOfPi = Math.Sqrt(Math.PI);

    private static readonly double[] Points =
    [
        .. new[] { 0, 1e-45f, 1e-38f, 1e-30f, 1e-3f, 1, 5, 17, 30, 89, 105, 1e4f, 1e19f, 3e38f, float.PositiveInfinity }
            .SelectMany(x => new double[] { x, -x }).Distinct(),
        double.NaN,
    ];

    private static readonly Dictionary<string, (Func<double, double> Value, Func<double, double> Slope)> Functions = new()
    {
        ["LimitKernels.ExpAlone"] = (Math.Exp, Math.Exp),
        ["LimitKernels.LogAlone"] = (Math.Log, x => 1 / x),
        ["LimitKernels.SqrtAlone"] = (Math.Sqrt, x => 0.5 / Math.Sqrt(x)),
        ["LimitKernels.RsqrtAlone"] = (x => 1 / Math.Sqrt(x), x => -0.5 / (x * Math.Sqrt(x))),
        ["LimitKernels.ErfAlone"] = (x => ErrorFunction.Erf(x), x => 2 / RootOfPi * Math.Exp(-x * x)),
        ["LimitKernels.TanhAlone"] = (Math.Tanh, x => 1 / Math.Cosh(x) / Math.Cosh(x)),
        ["LimitKernels.SigmoidAlone"] = (Logistic, x => Logistic(x) * Logistic(-x)),
        ["LimitKernels.SinAlone"] = (Math.Sin, Math.Cos),
        ["LimitKernels.CosAlone"] = (Math.Cos, x => -Math.Sin(x)),
        ["LimitKernels.AbsAlone"] = (Math.Abs, x => x > 0 ? 1 : x < 0 ? -1 : 0),
        ["LimitKernels.Relu"] = (x => Math.Max(x, 0), x => x < 0 ? 0 : 1),
        ["LimitKernels.NotAbove"] = (x => Math.Min(x, 0), x => x > 0 ? 0 : 1),
        ["LimitKernels.FloorAlone"] = (Math.Floor, _ => 0),
        ["Activations.Gelu"] = (x => x < -40 ? 0 : x * Normal(x),
            x => Normal(x) + (Math.Abs(x) > 40 ? 0 : x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI))),
        ["Activations.Swish"] = (x => x < -800 ? 0 : x * Logistic(x), x => Logistic(x) + (Math.Abs(x) > 800 ? 0 : x * Logistic(x) * Logistic(-x))),
    };

    private static double Logistic(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    private static double Normal(double x) => 0.5 * (1 + ErrorFunction.Erf(x / Math.Sqrt(2)));

    public static IEnumerable<TheoryDataRow<string>> Names() =>
        Functions.Keys.SelectMany(name => new[] { name, $"Unfused{name}" }).Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_and_its_slope_have_their_limits(string name)
    {
        var kernel = KernelCases.Of(typeof(Tensor), typeof(FunctionLimitTests)).Single(k => k.Name == name);
        var (value, slope) = Functions[name.Replace("Unfused", "")];
        foreach (var scale in new[] { 1.0, -3.0 })
        {
            double[] cotangent = [.. Points.Select(_ => scale)];
            Slopes.AssertAre(
                kernel, [.. Points.Select(value)], [[.. Points.Select(x => scale * slope(x))]],
                cotangent, new Slopes.Argument([Points.Length], Points));
        }
    }

    /// <summary>Of equal, infinite, huge and tiny numbers, zeros of either sign and NaN, each with each.</summary>
    [Theory]
    [InlineData("Larger")]
    [InlineData("Smaller")]
    [InlineData("DifferenceOfTwo")]
    [InlineData("GateOfTwo")]
    public void Functions_of_two_numbers_follow_the_definition(string name)
    {
        double[] numbers = [0, -0.0, 1, -1, Inf, -Inf, double.NaN, 1e-45f, 3e38f];
        double[] first = [.. numbers.SelectMany(a => numbers.Select(_ => a))];
        double[] second = [.. numbers.SelectMany(_ => numbers)];
        double[] value = [.. first.Zip(second, (a, b) => name switch
        {
            "Larger" => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : b > a ? b : a,
            "Smaller" => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : b < a ? b : a,
            "DifferenceOfTwo" => a == b ? 0 : a - b,
            _ => b == 0 ? 0 : a * b,
        })];
        double[] toFirst = [.. first.Zip(
            second, (a, b) => name switch { "Larger" => a < b ? 0 : 1.0, "Smaller" => b < a ? 0 : 1.0, "DifferenceOfTwo" => 1, _ => b })];
        double[] toSecond = [.. first.Zip(toFirst, (a, s) => name switch { "DifferenceOfTwo" => -1, "GateOfTwo" => a, _ => 1 - s })];
        double[] ones = [.. first.Select(_ => 1.0)];
        Slopes.Argument[] arguments = [new([first.Length], first), new([first.Length], second)];
        foreach (var kernel in KernelCases.Of(typeof(FunctionLimitTests))
            .Where(k => k.Name is { } full && full.EndsWith("LimitKernels." + name, StringComparison.Ordinal)))
        {
            Slopes.AssertAre(kernel, value, [toFirst, toSecond], ones, arguments);
            var signs = value.Select(double.IsNegative).ToArray();
            Assert.Equal(signs, Slopes.Defined(kernel, ones, arguments).Value.Select((v, i) => double.IsNaN(v) ? signs[i] : double.IsNegative(v)));
            foreach (var width in SimdScope.Widths)
            {
                using var scope = new SimdScope(width, 1);
                Assert.Equal(
                    signs,
                    Slopes.Compiled(kernel, ElementType.Float32, ones, arguments).Value
                        .Select((v, i) => double.IsNaN(v) ? signs[i] : double.IsNegative(v)));
            }
        }
    }
}
