using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>C#'s own scalars keep their types and conversions in the IR, up to where they meet a value of the language.</summary>
public class ScalarTests
{
    private const string Parameters = "[Dims(\"n\")] Expr x, float rate, int step, double far";

    private static string Of(string body) =>
        Nodes(Model($"[Kernel(Differentiable = false)] [return: Dims(\"n\")] public static Expr F({Parameters}) {{ {body} }}"));

    [Fact]
    public void Are_computed_in_their_types() => Assert.Equal(
        """
        %0 = input x  [n]
        %1 = scalar rate :float  []
        %2 = scalar step :int  []
        %3 = const 1F :float  []
        %4 = sub %3 %1 :float  []
        %5 = convert %2 :float  []
        %6 = call %1 %5 System.MathF.Pow :float  []
        %7 = div %4 %6 :float  []
        %8 = lift %7  []
        %9 = mul %0 %8  [n]
        """, Of("return x * ((1 - rate) / System.MathF.Pow(rate, step));"));

    [Theory]
    [InlineData("step * step", "%2 = mul %1 %1 :int  []")]
    [InlineData("checked(step * step)", "%2 = mul %1 %1 checked :int  []")]
    [InlineData("step * rate", "%3 = convert %2 :float  []\n%4 = mul %3 %1 :float  []")]
    [InlineData("rate * far", "%3 = convert %1 :double  []\n%4 = mul %3 %2 :double  []")]
    [InlineData("rate * 0.1", "%2 = convert %1 :double  []\n%3 = const 0.1D :double  []\n%4 = mul %2 %3 :double  []")]
    [InlineData("(byte)step", "%2 = convert %1 :byte  []\n%3 = convert %2 :int  []\n%4 = lift %3  []")]
    [InlineData("step * 3L", "%4 = mul %2 %3 :long  []\n%5 = convert %4 :float  []\n%6 = lift %5  []")]
    [InlineData("(float)(rate > far ? step : 2.5)", "%4 = convert %1 :double  []\n%5 = less %3 %4 :flag  []")]
    [InlineData("step >>> 3", "%3 = shiftrightunsigned %1 %2 :int  []")]
    [InlineData("float.Abs(rate)", "%2 = call %1 System.Single.Abs :float  []")]
    public void Are_converted_where_Csharp_does(string scalar, string nodes) => Assert.Contains(nodes, Of($"return x * ({scalar});"));

    [Theory]
    [InlineData("var a = 0.1f; return x * (a + 0.2f);", "0.30000001192092896")]
    [InlineData("var a = 0.1f; return x * (a + 0.2);", "0.30000000149011613")]
    [InlineData("var a = 100000; return x * (a * a);", "1410065408")]
    [InlineData("var a = 3; return x * (1f / a);", "0.3333333432674408")]
    [InlineData("var a = 7; a <<= 2; a ^= 1; a -= 30; return x * -a;", "1")]
    [InlineData("var (a, b) = (1, 0.1f); (float c, float d) = (a, b); return x * (c / 3 + d);", "0.4333333373069763")]
    [InlineData("(float, double) pair = (1, 3); return x * (pair.Item1 / 3 * pair.Item2);", "1.0000000298023224")]
    [InlineData("var on = 1 < 2 && !(3 > 4); if (on) return x * 5; return x;", "5")]
    public void Constants_are_computed_as_Csharp_does(string body, string value) =>
        Assert.Equal($"%0 = input x  [n]\n%1 = const {value}  []\n%2 = mul %0 %1  [n]", Of(body));

    [Fact]
    public void What_may_throw_is_harmless_where_Csharp_does_not_come() => Assert.Equal(
        """
        %0 = input x  [n]
        %1 = scalar step :int  []
        %2 = const 0 :int  []
        %3 = equal %1 %2 :flag  []
        %4 = not %3 :flag  []
        %5 = const 100 :int  []
        %6 = select %4 %5 %2 :int  []
        %7 = const 1 :int  []
        %8 = select %4 %1 %7 :int  []
        %9 = rem %6 %8 :int  []
        %10 = lift %9  []
        %11 = mul %0 %10  [n]
        %12 = lift %4 :bool  []
        %13 = select %12 %11 %0  [n]
        """, Of("if (step != 0) x *= 100 % step; return x;"));

    [Fact]
    public void A_seed_is_any_int() => Assert.Equal(
        "%0 = input x  [n]\n%1 = scalar step :int  []\n%2 = const 1 :int  []\n%3 = add %1 %2 :int  []\n%4 = random %3  [n]\n%5 = mul %0 %4  [n]",
        Of("return x * x.Random(step + 1);"));
}
