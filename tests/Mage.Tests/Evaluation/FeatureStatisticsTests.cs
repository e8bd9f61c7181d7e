using Mage.Evaluation;
using Xunit;

namespace Mage.Tests.Evaluation;

public class FeatureStatisticsTests
{
    [Fact]
    public void EqualFeaturesHaveNoDistance()
    {
        var features = Features(200, Cloud(3));
        Assert.Equal(0, new FeatureStatistics(features, 2).FrechetDistance(new FeatureStatistics(features, 2)), 1e-9);
    }

    [Fact]
    public void AlongOneAxisItIsThatOfMeansAndDeviations()
    {
        // Means 2 and 5, deviations √2 and √8: (5 - 2)² + (√8 - √2)².
        var (first, second) = (new FeatureStatistics([1, 3], 1), new FeatureStatistics([3, 7], 1));
        Assert.Equal(11, first.FrechetDistance(second), 1e-9);
        Assert.Equal(11, second.FrechetDistance(first), 1e-9);
    }

    [Fact]
    public void InAPlaneItIsThatOfTheClosedForm()
    {
        var (first, second) = (Features(50, Cloud(1)), Features(70, Cloud(2)));
        var ((m, a), (n, b)) = (Moments(first), Moments(second));

        // Of two by two matrices, tr (AB)^½ = (tr AB + 2 (det AB)^½)^½.
        var trace = (a.XX * b.XX) + (2 * a.XY * b.XY) + (a.YY * b.YY);
        var root = Math.Sqrt(trace + (2 * Math.Sqrt(Determinant(a) * Determinant(b))));
        var expected = Math.Pow(m.X - n.X, 2) + Math.Pow(m.Y - n.Y, 2) + a.XX + a.YY + b.XX + b.YY - (2 * root);
        Assert.Equal(expected, new FeatureStatistics(first, 2).FrechetDistance(new FeatureStatistics(second, 2)), 1e-9);
    }

    [Fact]
    public void MoreFeaturesThanImagesHaveADistanceToo()
    {
        var noise = new Seed(5);
        float[] Some(int key) => [.. Enumerable.Range(0, 3 * 16).Select(i => (float)noise.For(key).Uniform(i))];
        Assert.InRange(new FeatureStatistics(Some(1), 16).FrechetDistance(new FeatureStatistics(Some(2), 16)), 0.1, 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void ThereMustBeTwoWholeRows(int values)
        => Assert.Throws<ArgumentException>(() => new FeatureStatistics(new float[values], 2));

    private static Func<int, (double X, double Y)> Cloud(int key)
    {
        var noise = new Seed(key);
        return i => (noise.Uniform(2 * i) + key, (noise.Uniform(2 * i) / key) - noise.Uniform((2 * i) + 1));
    }

    private static float[] Features(int count, Func<int, (double X, double Y)> at)
        => [.. Enumerable.Range(0, count).Select(at).SelectMany(one => (float[])[(float)one.X, (float)one.Y])];

    private static ((double X, double Y) Mean, (double XX, double XY, double YY) Covariance) Moments(float[] features)
    {
        var rows = features.Chunk(2).ToArray();
        var (x, y, free) = (rows.Average(row => (double)row[0]), rows.Average(row => (double)row[1]), rows.Length - 1.0);
        return ((x, y), (
            rows.Sum(row => (row[0] - x) * (row[0] - x)) / free, rows.Sum(row => (row[0] - x) * (row[1] - y)) / free,
            rows.Sum(row => (row[1] - y) * (row[1] - y)) / free));
    }

    private static double Determinant((double XX, double XY, double YY) of) => (of.XX * of.YY) - (of.XY * of.XY);
}
