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
        Assert.Equal(masked, plan.MaskedCount(0));
        Assert.Equal(tokens / 2, plan.DroppedCount);
        Assert.Equal(masked, Enumerable.Range(0, tokens).Count(t => plan.IsMasked(0, t)));
        Assert.Equal(tokens / 2, Enumerable.Range(0, tokens).Count(t => plan.IsDropped(0, t)));
    }

    [Fact]
    public void A_mask_can_be_given()
    {
        var plan = MaskPlan.FromMask(
            [true, false, true, true, false, false, true, true], 2, 4, [true, false, false, false, false, false, false, true]);
        Assert.Equal([3, 2], [plan.MaskedCount(0), plan.MaskedCount(1)]);
        Assert.Equal(1, plan.DroppedCount);
        Assert.Equal(5 / 8.0, plan.MaskRate);
        Assert.True(plan.IsMasked(0, 2) && !plan.IsMasked(1, 0) && plan.IsDropped(1, 3) && !plan.IsDropped(0, 3));
        Assert.Equal(0, MaskPlan.FromMask([true, false], 1, 2).DroppedCount);
    }

    [Fact]
    public void A_mask_that_does_not_fit_is_refused_in_its_own_words()
    {
        Assert.Contains("2 images of 4 tokens need 8", Assert.Throws<ArgumentException>(() => MaskPlan.FromMask([true], 2, 4)).Message);
        Assert.Contains("token 1 of image 0", Assert.Throws<ArgumentException>(() => MaskPlan.FromMask([true, false], 1, 2, [false, true])).Message);
        Assert.Contains("image 1 has 1", Assert.Throws<ArgumentException>(() => MaskPlan.FromMask([true, true], 2, 1, [false, true])).Message);
        Assert.Contains("batch", Assert.Throws<ArgumentOutOfRangeException>(() => MaskPlan.FromMask([], 0, 4)).Message);
    }

    [Fact]
    public void NaN_is_no_noise_and_no_rate()
    {
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => MaskPlan.FromNoise([0, float.NaN], 1, 2, 0.5, 0.5)).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => MaskPlan.FromNoise([0, 1], 1, 2, double.NaN, 0.5)).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => MaskPlan.FromNoise([0, 1], 1, 2, 0.5, double.NaN)).Message);
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
