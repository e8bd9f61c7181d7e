using Mage.Model;

namespace Mage.Tests.Model;

public class TruncatedNormalTests
{
    // Quantiles by scipy.stats.truncnorm.
    [Theory]
    [InlineData(0.5, 0.1, 0.5343692854031152)]
    [InlineData(0.5, 0.25, 0.5855713039751812)]
    [InlineData(0.5, 0.5, 0.6756697314995572)]
    [InlineData(0.5, 0.75, 0.7868056637913977)]
    [InlineData(0.5, 0.9, 0.8847839127503596)]
    [InlineData(0.0, 0.1, 0.24192707670340413)]
    [InlineData(0.0, 0.5, 0.5430974757203739)]
    [InlineData(0.0, 0.9, 0.8304815117126766)]
    public void QuantilesAreExact(double low, double probability, double expected)
        => Assert.Equal(expected, new TruncatedNormal(0.55, 0.25, low, 1).Quantile(probability), 1e-12);

    [Fact]
    public void EndsAreTheEndsOfTheInterval()
    {
        var rates = new TruncatedNormal(0.55, 0.25, 0.5, 1);
        Assert.Equal(0.5, rates.Quantile(0), 1e-12);
        Assert.Equal(1.0, rates.Quantile(1), 1e-9);
    }

    [Fact]
    public void DrawsHaveTheExactMeanAndVariance()
    {
        // 0.69360 and 0.016535 by scipy; the mean of 4000 draws has a standard error of 0.002.
        var rates = new TruncatedNormal(0.55, 0.25, 0.5, 1);
        var draws = Enumerable.Range(0, 4000).Select(i => rates.Quantile(new Seed(5).Uniform(i))).ToArray();
        var mean = draws.Average();
        Assert.Equal(0.6936, mean, 0.008);
        Assert.Equal(0.016535, draws.Average(draw => (draw - mean) * (draw - mean)), 0.0015);
        Assert.All(draws, draw => Assert.InRange(draw, 0.5, 1.0));
    }
}
