using Mage.Evaluation;
using Xunit;

namespace Mage.Tests.Evaluation;

public class MetricsTests
{
    [Fact]
    public void PsnrOfAnErrorOfATenthIsTwentyDecibels() =>
        Assert.Equal(20, Metrics.Psnr([0.2f, 0.5f, 0.9f, 0.1f], [0.3f, 0.4f, 0.8f, 0.2f], 4), 1e-4);

    [Fact]
    public void PsnrIsTheMeanOverImages() =>
        Assert.Equal(30, Metrics.Psnr([0.5f, 0.5f], [0.6f, 0.51f], 1), 1e-3);

    [Fact]
    public void ReconstructionsAreClippedAndPerfectOnesCountHundred() => Assert.Equal(100, Metrics.Psnr([0f, 1f], [-3f, 7f], 2));

    [Fact]
    public void PsnrNeedsEquallyManyImages()
    {
        Assert.Throws<ArgumentException>(() => Metrics.Psnr([1f, 2f], [1f], 1));
        Assert.Throws<ArgumentException>(() => Metrics.Psnr([1f, 2f, 3f], [1f, 2f, 3f], 2));
        Assert.Throws<ArgumentException>(() => Metrics.Psnr([], [], 2));
    }

    [Fact]
    public void EquallyFrequentCodesHaveTheirNumberAsPerplexity()
    {
        var (used, perplexity) = Metrics.CodebookUsage([0, 3, 5, 7, 7, 5, 3, 0], 16);
        Assert.Equal(4, used);
        Assert.Equal(4, perplexity, 1e-9);
    }

    [Fact]
    public void ACollapsedCodebookHasPerplexityOne()
    {
        var (used, perplexity) = Metrics.CodebookUsage([2, 2, 2], 16);
        Assert.Equal((1, 1.0), (used, perplexity));
    }

    [Fact]
    public void AccuracyIsTheShareThatAgrees()
    {
        Assert.Equal(0.75, Metrics.Accuracy([1, 2, 3, 4], [1, 2, 3, 5]));
        Assert.Throws<ArgumentException>(() => Metrics.Accuracy([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => Metrics.Accuracy([], []));
    }
}
