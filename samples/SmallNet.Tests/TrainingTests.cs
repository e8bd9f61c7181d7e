using Xunit;

namespace SmallNet.Tests;

public class TrainingTests
{
    [Fact]
    public void Learns_the_spiral()
    {
        var losses = new List<float>();
        var training = new Training(width: 16, seed: 3);
        var other = Spirals.Draw(300, seed: 4);
        var before = training.Accuracy(other);
        training.Run(Spirals.Draw(300, seed: 3), steps: 200, (_, loss) => losses.Add(loss));
        Assert.True(losses[^1] < 0.3 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.True(training.Accuracy(other) > Math.Max(0.9, before), $"accuracy {training.Accuracy(other)}, {before} before");
    }
}
