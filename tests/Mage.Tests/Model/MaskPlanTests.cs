using Mage.Model;

namespace Mage.Tests.Model;

public class MaskPlanTests
{
    [Theory]
    [InlineData(16, 0.5, 8)]
    [InlineData(16, 0.5000001, 9)]
    [InlineData(16, 0.55, 9)]
    [InlineData(16, 0.75, 12)]
    [InlineData(16, 0.95, 16)]
    [InlineData(256, 0.5, 128)]
    [InlineData(256, 0.5000001, 129)]
    [InlineData(256, 0.55, 141)]
    [InlineData(256, 0.999, 256)]
    [InlineData(256, 1.0, 256)]
    public void CountsAreRoundedUp(int tokens, double rate, int masked)
    {
        var plan = MaskPlan.FromNoise(Noise(tokens), 1, tokens, rate, 0.5);
        Assert.Equal(masked, plan.MaskedCount);
        Assert.Equal(tokens / 2, plan.DroppedCount);
        Assert.Equal(masked, Enumerable.Range(0, tokens).Count(t => plan.IsMasked(0, t)));
        Assert.Equal(tokens / 2, Enumerable.Range(0, tokens).Count(t => plan.IsDropped(0, t)));
    }

    [Fact]
    public void TheLowestNoiseIsDroppedAndTheNextLowestMasked()
    {
        var plan = MaskPlan.FromNoise([0.9f, 0.1f, 0.5f, 0.3f], 1, 4, maskRate: 0.75, dropRate: 0.5);
        Assert.Equal([false, true, true, true], Enumerable.Range(0, 4).Select(t => plan.IsMasked(0, t)));
        Assert.Equal([false, true, false, true], Enumerable.Range(0, 4).Select(t => plan.IsDropped(0, t)));
    }

    [Fact]
    public void EqualNoiseStillGivesExactCounts()
    {
        var plan = MaskPlan.FromNoise([0.5f, 0.5f, 0.5f, 0.5f], 1, 4, maskRate: 0.75, dropRate: 0.5);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(t => plan.IsMasked(0, t)));
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(t => plan.IsDropped(0, t)));
    }

    [Fact]
    public void ADrawDependsOnItsSeedAlone()
    {
        var rates = new TruncatedNormal(0.55, 0.25, 0.5, 1);
        string Pattern(int seed)
        {
            var plan = MaskPlan.Draw(2, 64, rates, new Seed(seed));
            return string.Concat(Enumerable.Range(0, 128).Select(i => plan.IsMasked(i / 64, i % 64) ? '1' : '0'));
        }

        Assert.Equal(Pattern(1), Pattern(1));
        Assert.NotEqual(Pattern(1), Pattern(2));
        Assert.NotEqual(Pattern(1)[..64], Pattern(1)[64..]);
    }

    [Theory]
    [InlineData(0.4, 0.5)]
    [InlineData(1.1, 0.5)]
    [InlineData(double.NaN, 0.5)]
    [InlineData(0.5, -0.1)]
    public void ImpossibleRatesAreRefused(double mask, double drop)
        => Assert.Throws<ArgumentException>(() => MaskPlan.FromNoise(Noise(4), 1, 4, mask, drop));

    [Fact]
    public void NoiseOfAnotherLengthIsRefused()
        => Assert.Throws<ArgumentException>(() => MaskPlan.FromNoise(Noise(5), 1, 4, 0.5, 0.5));

    private static float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(i => (float)new Seed(1).Uniform(i))];
}
