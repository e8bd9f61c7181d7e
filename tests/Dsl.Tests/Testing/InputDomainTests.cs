using MageDsl.Testing;
using Xunit;

namespace Dsl.Tests.Testing;

public class InputDomainTests
{
    private static readonly Dictionary<string, int> NoSizes = [];

    private static double[] Draw(InputDomain domain) => domain.Draw(new Random(1), 1000, ids: false, NoSizes);

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(1e30)]
    public void Extreme_numbers_have_zeros_ties_both_ends_and_every_magnitude(double range)
    {
        var drawn = Draw(InputDomain.Extreme(range));
        Assert.Contains(0, drawn);
        Assert.Contains((float)range, drawn);
        Assert.Contains((float)-range, drawn);
        Assert.All(drawn, x => Assert.InRange(Math.Abs(x), 0, (float)range));
        Assert.All(drawn, x => Assert.Equal((float)x, x));
        Assert.Contains(drawn.Where(x => x != 0 && Math.Abs(x) < (float)range).GroupBy(x => x), g => g.Count() > 1);
        var magnitudes = drawn.Where(x => x != 0).Select(x => (int)Math.Floor(Math.Log10(Math.Abs(x)))).ToHashSet();
        for (var magnitude = (int)Math.Ceiling(-Math.Log10(range)); magnitude < Math.Log10(range); magnitude++)
        {
            Assert.Contains(magnitude, magnitudes);
        }
    }

    [Fact]
    public void What_is_positive_stays_so()
    {
        Assert.All(Draw(InputDomain.Positive.Widened(1e10)), x => Assert.InRange(x, 1e-11, 1e10));
        var fromZero = Draw(InputDomain.Between(0, 1).Widened(1e10));
        Assert.Contains(0, fromZero);
        Assert.All(fromZero, x => Assert.InRange(x, 0, 1e10));
        Assert.Contains(Draw(InputDomain.Symmetric.Widened(1e10)), x => x < 0);
    }
}
