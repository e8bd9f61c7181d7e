using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>What each construct of the language becomes in the IR.</summary>
public class ExpressionTests
{
    private const string X = "[Dims(\"n d\")] Expr x";
    private const string XY = X + ", [Dims(\"n d\")] Expr y";

    [Theory]
    [InlineData("x + y", "%2 = add %0 %1  [n d]")]
    [InlineData("x - y", "%2 = sub %0 %1  [n d]")]
    [InlineData("x * y", "%2 = mul %0 %1  [n d]")]
    [InlineData("x / y", "%2 = div %0 %1  [n d]")]
    [InlineData("Pow(x, y)", "%2 = pow %0 %1  [n d]")]
    [InlineData("Max(x, y)", "%2 = max %0 %1  [n d]")]
    [InlineData("Min(b: x, a: y)", "%2 = min %1 %0  [n d]")]
    public void A_binary_operation_is_one_node(string expression, string node) =>
        Assert.Equal($"%0 = input x  [n d]\n%1 = input y  [n d]\n{node}", Nodes(XY, expression));

    [Theory]
    [InlineData("-x", "neg")]
    [InlineData("Exp(x)", "exp")]
    [InlineData("Log(x)", "log")]
    [InlineData("Sqrt(x)", "sqrt")]
    [InlineData("Rsqrt(x)", "rsqrt")]
    [InlineData("Erf(x)", "erf")]
    [InlineData("Tanh(x)", "tanh")]
    [InlineData("Sin(x)", "sin")]
    [InlineData("Cos(x)", "cos")]
    [InlineData("Abs(x)", "abs")]
    [InlineData("Floor(x)", "floor")]
    [InlineData("StopGradient(x)", "stopgradient")]
    public void A_function_is_one_node(string expression, string op) =>
        Assert.Equal($"%0 = input x  [n d]\n%1 = {op} %0  [n d]", Nodes(X, expression));

    [Theory]
    [InlineData("x < y", "%2 = less %0 %1 :bool  [n d]")]
    [InlineData("x <= y", "%2 = lessequal %0 %1 :bool  [n d]")]
    [InlineData("x > y", "%2 = less %1 %0 :bool  [n d]")]
    [InlineData("x >= y", "%2 = lessequal %1 %0 :bool  [n d]")]
    [InlineData("x == y", "%2 = equal %0 %1 :bool  [n d]")]
    [InlineData("x != y", "%2 = equal %0 %1 :bool  [n d]\n%3 = not %2 :bool  [n d]")]
    public void A_comparison_is_a_condition(string expression, string nodes)
    {
        var text = Nodes(XY, $"Select({expression}, x, y)");
        Assert.StartsWith($"%0 = input x  [n d]\n%1 = input y  [n d]\n{nodes}\n", text);
        Assert.Matches(@"%\d = select %\d %0 %1  \[n d\]$", text);
    }

    [Theory]
    [InlineData("x > w", "%2 = neg %0  [n d]\n%3 = neg %1  [d]\n%4 = less %2 %3 :bool  [n d]")]
    [InlineData("w > x", "%2 = neg %1  [d]\n%3 = neg %0  [n d]\n%4 = less %2 %3 :bool  [d n]")]
    [InlineData("x >= 0", "%1 = const 0  []\n%2 = lessequal %1 %0 :bool  [n d]")]
    public void A_comparison_keeps_the_left_operands_axes_first(string condition, string nodes) => Assert.Contains(
        nodes, Nodes(X + ", [Dims(\"d\")] Expr w", $"Select({condition}, x, 0)"));

    [Fact]
    public void Conditions_combine() => Assert.Equal(
        """
        %0 = input x  [n d]
        %1 = input y  [n d]
        %2 = less %0 %1 :bool  [n d]
        %3 = equal %0 %1 :bool  [n d]
        %4 = not %3 :bool  [n d]
        %5 = and %2 %4 :bool  [n d]
        %6 = or %5 %3 :bool  [n d]
        %7 = select %6 %0 %1  [n d]
        """, Nodes(XY, "Select(x < y & !(x == y) | x == y, x, y)"));

    [Fact]
    public void Equal_values_are_one_node() =>
        Assert.Equal("%0 = input x  [n d]\n%1 = exp %0  [n d]\n%2 = mul %1 %1  [n d]", Nodes(X, "Exp(x) * Exp(x)"));

    [Theory]
    [InlineData("Sum(x, over: \"d\")", "%1 = reducesum %0 over=d  [n]")]
    [InlineData("Max(x, over: \"d\")", "%1 = reducemax %0 over=d  [n]")]
    [InlineData("Min(x, \"d\")", "%1 = reducemin %0 over=d  [n]")]
    [InlineData("Sum(x, over: \"d n\")", "%1 = reducesum %0 over=n,d  []")]
    public void A_reduction_removes_its_axes(string expression, string node) =>
        Assert.Equal($"%0 = input x  [n d]\n{node}", Nodes(X, expression, "n"));

    [Fact]
    public void A_mean_is_a_sum_divided_by_the_sizes() => Assert.Equal(
        "%0 = input x  [n d]\n%1 = reducesum %0 over=n,d  []\n%2 = size n  []\n%3 = size d  []\n%4 = mul %2 %3  []\n%5 = div %1 %4  []",
        Nodes(X, "Mean(x, \"n d\")", ""));

    [Theory]
    [InlineData("ArgMax")]
    [InlineData("ArgMin")]
    public void An_arg_reduction_gives_ids(string name)
    {
        var model = Model($"[Kernel] [return: Ids(\"n\")] public static Expr F({X}) => {name}(x, over: \"d\");");
        Assert.Equal($"%0 = input x  [n d]\n%1 = {name.ToLowerInvariant()} %0 over=d :ids  [n]", Nodes(model));
        Assert.Equal("Ids", model.Results[0].Type.ToString());
    }

    [Fact]
    public void Sigmoid_is_a_primitive() => Assert.Equal("%0 = input x  [n d]\n%1 = sigmoid %0  [n d]", Nodes(X, "Sigmoid(x)"));

    [Fact]
    public void Broadcasting_is_by_name_and_keeps_the_left_order() => Assert.EndsWith(
        "%2 = mul %0 %1  [n d k]", Nodes(X + ", [Dims(\"k n\")] Expr w", "x * w", "n k d"));

    [Fact]
    public void A_gather_puts_the_index_axes_in_the_place_of_the_gathered_one() => Assert.EndsWith(
        "%2 = gather %0 %1 over=v  [b t d]", Nodes("[Dims(\"v d\")] Expr table, [Ids(\"b t\")] Expr at", "Gather(table, \"v\", at)", "b t d"));

    [Fact]
    public void Index_is_ids_along_its_axis() => Assert.Equal(
        "%0 = index :ids  [d]", Nodes(X, "x.Index(\"d\")"));

    [Fact]
    public void Size_is_a_scalar() => Assert.EndsWith("%1 = size d  []\n%2 = div %0 %1  [n d]", Nodes(X, "x / x.Size(\"d\")"));

    [Fact]
    public void Random_takes_the_axes_of_its_value_and_remembers_it()
    {
        var model = Model($"[Kernel] [return: Dims(\"n d\")] public static Expr F({X}, int seed) => x.Random(seed, stream: 3);");
        Assert.Equal("%0 = input x  [n d]\n%1 = scalar seed :int  []\n%2 = random %1 number=3  [n d]", Nodes(model));
        var like = Assert.Single(model.Likes);
        Assert.Equal((2, 0), (like.Node, like.Like));
    }

    [Theory]
    [InlineData("2", "2")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("0.1f", "0.10000000149011612")]
    [InlineData("1e-6", "1E-06")]
    [InlineData("(float)System.Math.PI", "3.1415927410125732")]
    [InlineData("2 * 3 + 1", "7")]
    public void Constants_are_folded_by_the_language(string text, string value) => Assert.Equal(
        $"%0 = input x  [n d]\n%1 = const {value}  []\n%2 = mul %0 %1  [n d]", Nodes(X, $"x * ({text})"));

    [Fact]
    public void A_size_parameter_is_the_size_of_its_axis() => Assert.EndsWith(
        "%1 = size h :int  []\n%2 = lift %1  []\n%3 = div %0 %2  [n h e]",
        Nodes("[Dims(\"n (h e)\")] Expr x, [Size(\"h\")] int heads", "x / heads", "n (h e)"));
}
