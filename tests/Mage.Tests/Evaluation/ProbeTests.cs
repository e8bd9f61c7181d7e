using Mage.Evaluation;
using Xunit;

namespace Mage.Tests.Evaluation;

public class ProbeTests
{
    [Fact]
    public void TheProbeLearnsWhatIsLinearlySeparable()
    {
        var (train, test) = (Blobs(600, 12, 4, 3.0, 1), Blobs(300, 12, 4, 3.0, 2));
        Assert.InRange(Metrics.Accuracy(LinearProbe.Predict(train, test), test.Labels), 0.97, 1.0);
    }

    [Fact]
    public void TheProbeReachesTheBestPossibleAccuracyOfTwoNormals()
    {
        // Two unit normals two apart in one of twenty dimensions: the best boundary is right Φ(1) = 84.1 % of the time.
        var (train, test) = (Blobs(4000, 20, 2, 1.0, 3, sameColumn: true), Blobs(4000, 20, 2, 1.0, 4, sameColumn: true));
        Assert.InRange(Metrics.Accuracy(LinearProbe.Predict(train, test), test.Labels), 0.82, 0.86);
    }

    [Fact]
    public void LabelsWithoutPatternAreGuessed()
    {
        var (train, test) = (Blobs(1000, 8, 2, 0.0, 5), Blobs(1000, 8, 2, 0.0, 6));
        Assert.InRange(Metrics.Accuracy(LinearProbe.Predict(train, test), test.Labels), 0.42, 0.58);
    }

    [Fact]
    public void ScaleShiftAndConstantColumnsDoNotMatter()
    {
        var (train, test) = (Blobs(500, 5, 3, 1.5, 7), Blobs(200, 5, 3, 1.5, 8));
        var expected = LinearProbe.Predict(train, test);
        var found = LinearProbe.Predict(Distort(train), Distort(test));
        Assert.True(Metrics.Accuracy(found, expected) > 0.98);

        static Features Distort(Features features) => new(
            [.. Enumerable.Range(0, features.Count)
                .SelectMany(i => (float[])[.. features.Row(i).ToArray().Select((v, d) => (v * (d + 1) * 8) + 50), 7f])],
            features.Labels);
    }

    [Fact]
    public void TheProbeIsDeterministic()
    {
        var (train, test) = (Blobs(2000, 30, 5, 0.5, 9), Blobs(500, 30, 5, 0.5, 10));
        Assert.Equal(LinearProbe.Predict(train, test), LinearProbe.Predict(train, test));
    }

    [Fact]
    public void FewImagesAreEnough()
    {
        var train = new Features([-1f, 1f], [0, 1]);
        Assert.Equal([0, 1], LinearProbe.Predict(train, new Features([-2f, 2f], [0, 0])));
    }

    [Fact]
    public void WidthsMustAgree()
    {
        var (three, two) = (new Features(new float[3], [0]), new Features(new float[2], [0]));
        Assert.Throws<ArgumentException>(() => LinearProbe.Predict(three, two));
        Assert.Throws<ArgumentException>(() => NearestNeighbors.Predict(three, two));
        Assert.Throws<ArgumentException>(() => new Features(new float[3], [0, 1]));
        Assert.Throws<ArgumentException>(() => new Features([], []));
    }

    [Fact]
    public void NeighborsAreNearInAngleNotInLength()
    {
        var train = new Features([1f, 0f, 0f, 100f], [3, 5]);
        Assert.Equal([3, 5], NearestNeighbors.Predict(train, new Features([50f, 1f, 0.1f, 1f], [0, 0]), k: 1));
    }

    [Fact]
    public void NearNeighborsWeighMore()
    {
        // One neighbour at angle 0 against two at 60 degrees: exp(0.5 / 0.07) is more than two votes.
        var train = new Features([1f, 0f, 0.5f, 0.866f, 0.5f, -0.866f], [1, 0, 0]);
        Assert.Equal([1], NearestNeighbors.Predict(train, new Features([1f, 0f], [0]), k: 3));
    }

    [Fact]
    public void EqualNeighborsVoteByMajorityAndMoreThanThereAreIsAll()
    {
        var train = new Features([1f, 0f, 1f, 0f, 1f, 0f], [2, 4, 4]);
        Assert.Equal([4], NearestNeighbors.Predict(train, new Features([1f, 0f], [0]), k: 100));
    }

    [Fact]
    public void ZerosAreNoTrouble()
    {
        var train = new Features([0f, 0f, 1f, 0f], [0, 1]);
        Assert.Equal([1], NearestNeighbors.Predict(train, new Features([1f, 0f], [0]), k: 1));
    }

    [Fact]
    public void BlobsAreFoundByTheirNeighbors()
    {
        var (train, test) = (Blobs(600, 12, 4, 3.0, 11), Blobs(300, 12, 4, 3.0, 12));
        Assert.InRange(Metrics.Accuracy(NearestNeighbors.Predict(train, test), test.Labels), 0.95, 1.0);
    }

    /// <summary>
    /// Unit normals around centres that are <paramref name="distance"/> along a column of their own, or for two classes at
    /// plus and minus that along the first.
    /// </summary>
    private static Features Blobs(int count, int dim, int classes, double distance, int seed, bool sameColumn = false)
    {
        var random = new Random(seed);
        var (values, labels) = (new float[count * dim], new int[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % classes;
            for (var d = 0; d < dim; d++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                var center = sameColumn ? d == 0 ? (labels[i] == 0 ? -distance : distance) : 0 : d == labels[i] ? 2 * distance : 0;
                values[(i * dim) + d] = (float)(normal + center);
            }
        }

        return new Features(values, labels);
    }
}
