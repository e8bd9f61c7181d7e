using MageDsl;
using Xunit;

namespace Dsl.Tests.Language;

public class SizeFormulaTests
{
    private static readonly Dictionary<string, int> Sizes = new() { ["..."] = 5, ["n"] = 3, ["d"] = 7 };

    [Theory]
    [InlineData("0", 0)]
    [InlineData("12", 12)]
    [InlineData("n", 3)]
    [InlineData("n*n*d", 63)]
    [InlineData("4*...*d+2*n+1", 147)]
    public void Is_a_sum_of_products(string text, long value) => Assert.Equal(value, SizeFormula.Parse(text).At(Sizes));

    [Fact]
    public void Says_which_axes_it_needs()
    {
        var formula = SizeFormula.Parse("4*n*d+2*m+n");
        Assert.Equal(["n", "d", "m"], formula.Axes);
        Assert.Contains("'m'", Assert.Throws<ArgumentException>(() => formula.At(Sizes)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4*")]
    [InlineData("n++d")]
    [InlineData("4x*n")]
    public void What_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => SizeFormula.Parse(text));

    [Fact]
    public void Large_numbers_do_not_wrap_around()
    {
        Dictionary<string, int> large = new() { ["n"] = int.MaxValue };
        Assert.Equal(4L * int.MaxValue, SizeFormula.Parse("4*n").At(large));
        Assert.Throws<OverflowException>(() => SizeFormula.Parse("n*n*n").At(large));
    }
}
