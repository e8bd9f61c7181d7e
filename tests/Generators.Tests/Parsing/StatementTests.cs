using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>Statements of a definition: what the C# around the arithmetic becomes.</summary>
public class StatementTests
{
    private static string Body(string body, string layout = "n") =>
        Nodes(Model($"[Kernel] [return: Dims(\"{layout}\")] public static Expr F([Dims(\"n\")] Expr x, [Dims(\"n\")] Expr y, bool on = false, " +
            $"bool up = false) {{ {body} }}"));

    private const string Inputs = "%0 = input x  [n]\n%1 = input y  [n]\n";

    [Theory]
    [InlineData("var a = x + y; return a;")]
    [InlineData("Expr a = x, b = y; return a + b;")]
    [InlineData("Expr a; a = x + y; return a;")]
    [InlineData("x = x + y; return x;")]
    [InlineData("x += y; return x;")]
    [InlineData("var (a, b) = (x, y); return a + b;")]
    [InlineData("Expr a, b; (a, b) = (x, y); return a + b;")]
    [InlineData("(x, y) = (y, x); return y + x;")]
    [InlineData("var pair = (x, y); return pair.Item1 + pair.Item2;")]
    [InlineData("var pair = (left: x, right: y); return pair.left + pair.right;")]
    [InlineData("var ((a, b), _) = ((x, y), x); return a + b;")]
    [InlineData("{ var a = x; { return a + y; } }")]
    [InlineData("const bool always = true; if (always) return x + y; return x;")]
    [InlineData(";; return (x) + (y);")]
    [InlineData("Expr a, b; a = b = x; return a + y;")]
    public void Names_leave_no_trace(string body) => Assert.Equal(Inputs + "%2 = add %0 %1  [n]", Body(body));

    [Theory]
    [InlineData("return on ? x : y;")]
    [InlineData("if (on) return x; return y;")]
    [InlineData("if (on) return x; else return y;")]
    [InlineData("var r = y; if (on) r = x; return r;")]
    [InlineData("Expr r; if (on) r = x; else r = y; return r;")]
    [InlineData("if (on) { y = x; } return y;")]
    [InlineData("var (r, s) = on ? (x, y) : (y, x); return r;")]
    [InlineData("return on && true ? x : y;")]
    [InlineData("return false || on ? x : y;")]
    public void A_flag_selects(string body) =>
        Assert.Equal("%0 = input x  [n]\n%1 = input y  [n]\n%2 = scalar on :flag  []\n%3 = lift %2 :bool  []\n%4 = select %3 %0 %1  [n]", Body(body));

    [Fact]
    public void Flags_combine() => Assert.Equal(
        Inputs + "%2 = scalar on :flag  []\n%3 = scalar up :flag  []\n%4 = not %3 :flag  []\n%5 = and %2 %4 :flag  []\n%6 = lift %5 :bool  []\n" +
            "%7 = select %6 %0 %1  [n]",
        Body("return on && !up ? x : y;"));

    [Fact]
    public void An_early_return_keeps_what_follows_for_the_other_branch() => Assert.Equal(
        "%0 = input x  [n]\n%1 = input y  [n]\n%2 = scalar on :flag  []\n%3 = exp %0  [n]\n%4 = mul %3 %1  [n]\n%5 = lift %2 :bool  []\n" +
        "%6 = select %5 %0 %4  [n]",
        Body("if (on) { return x; } x = Exp(x); return x * y;"));

    [Fact]
    public void A_local_of_a_branch_stays_there() => Assert.Equal(
        "%0 = input x  [n]\n%1 = scalar on :flag  []\n%2 = exp %0  [n]\n%3 = mul %2 %2  [n]\n%4 = lift %1 :bool  []\n%5 = select %4 %3 %0  [n]",
        Body("if (on) { var e = Exp(x); x = e * e; } return x;"));

    [Fact]
    public void A_value_that_both_branches_share_is_not_selected() => Assert.Equal(
        "%0 = input y  [n]", Body("var r = y; if (on) { r = y; } return r;"));

    [Fact]
    public void What_no_result_needs_is_dropped() =>
        Assert.Equal("%0 = input x  [n]", Body("var unused = Exp(y) + x.Rename(\"n\", \"m\"); return x;"));
}
