using MageDsl.Generators.Ir;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Ir;

/// <summary>The IR as text reads well and comes back exactly.</summary>
public class IrTextTests
{
    private const string Everything = """
        [Kernel(Differentiable = false)] [return: Dims("b y", "w"), Ids("b"), Into("sum", "scale", "best")]
        public static (Expr, Expr, Expr) Everything(
            [Dims("b y")] Expr sum, [Dims("w")] Expr scale, [Ids("b")] Expr best, [Dims("b h")] Expr x, [Dims("i")] Expr w,
            [Dims("b (s=3 k e)")] Expr qkv, [Size("k")] int heads, [Dims("... z")] Expr rest, float eps = 1e-6f, double far = double.NegativeInfinity, int seed = -1, bool on = true)
        {
            var windows = x.Window("h", "y", "i", like: w, stride: 2, pad: 1);
            var noise = windows.Random(seed, 5) < 0.1f;
            var flags = noise & !(windows >= 1e300) | windows != -1.5;
            var picked = Sum(qkv["s", 2].Rename("e", "f").Slice("f", "g", 1, 1), "g") / heads;
            var total = Sum(Select(flags, windows, -0.1), "i") + Mean(picked, "k") + Sum(rest, "... z") * (1 - eps * 1e-45f) + Max(System.Math.Pow(far, heads), (byte)checked(seed * 9_000_000_000_000_000_001L % 7) - 0.0f * float.NaN);
            return (on ? total : sum, scale * Gather(w, "i", scale.Index("w")), ArgMax(x, "h"));
        }
        """;

    [Fact]
    public void What_is_printed_reads_back_equal()
    {
        // Parsed only: no kernel that can be compiled has in-place results and all the rest.
        var model = Models(Run(Compilation([Class(Everything)])))[^1];
        var text = IrText.Print(model);
        var again = IrText.Parse(text);
        Assert.Equal(model, again);
        Assert.Equal(text, IrText.Print(again));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(-0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Numbers_come_back_to_the_last_bit(double number)
    {
        var graph = new Graph();
        var value = graph.Const(number);
        var model = new KernelModel(
            "", "T", "F", true, true, default, EquatableArray.Of(new ResultModel(Layout.Parse(""), MageDsl.Generators.Ir.ValueType.Real, value)),
            graph.Nodes.ToEquatable(), default, default, "global::T.F");
        Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits(IrText.Parse(IrText.Print(model)).Nodes[0].Number));
    }

    [Fact]
    public void The_text_is_readable() => Assert.Equal(
        """
        magedsl-ir 2
        kernel Norm of K in Test
        definition global::Test.K.Norm
        flags fusion differentiable
        param x tensor "n d"
        param eps float = 1E-06F
        result real "n d" %7
        %0 = input x  [n d]
        %1 = scalar eps :float  []
        %2 = mul %0 %0  [n d]
        %3 = reducesum %2 over=d  [n]
        %4 = lift %1  []
        %5 = add %3 %4  [n]
        %6 = rsqrt %5  [n]
        %7 = mul %0 %6  [n d]

        """, IrText.Print(Model(
            "[Kernel] [return: Dims(\"n d\")] public static Expr Norm([Dims(\"n d\")] Expr x, float eps = 1e-6f) => " +
            "x * Rsqrt(Sum(x * x, \"d\") + eps);")));

    [Theory]
    [InlineData("", "first line")]
    [InlineData("magedsl-ir 3\n", "first line")]
    [InlineData("magedsl-ir 2\nnonsense", "line 2")]
    [InlineData("magedsl-ir 2\n%0 = unheard %1  []", "line 2")]
    [InlineData("magedsl-ir 2\n%0 = exp %3  []", "line 2")]
    [InlineData("magedsl-ir 2\n%1 = const 1  []", "line 2")]
    [InlineData("magedsl-ir 2\nkernel F of T\n%0 = const x  []", "line 3")]
    [InlineData("magedsl-ir 2\nresult real \"\" %4", "%4")]
    public void What_cannot_be_read_is_named(string text, string what) =>
        Assert.Contains(what, Assert.Throws<FormatException>(() => IrText.Parse(text)).Message);
}
