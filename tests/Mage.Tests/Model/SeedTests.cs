namespace Mage.Tests.Model;

public class SeedTests
{
    [Fact]
    public void DerivedKeysAreDistinct()
    {
        var keys = new HashSet<int>();
        for (var run = 0; run < 10; run++)
        {
            for (var step = 0; step < 1000; step++)
            {
                for (var layer = 0; layer < 10; layer++)
                {
                    keys.Add(new Seed(run).For(step).For(layer));
                }
            }
        }

        // Of 10^5 random keys among 2^32, about one pair would be equal.
        Assert.InRange(keys.Count, 100_000 - 10, 100_000);
    }

    [Fact]
    public void UniformNumbersAreUniform()
    {
        var numbers = Enumerable.Range(0, 10_000).Select(new Seed(3).Uniform).ToArray();
        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - 1.0 / (1 << 25)));
        Assert.Equal(0.5, numbers.Average(), 0.015);
        Assert.Equal(1 / 12.0, numbers.Average(number => (number - 0.5) * (number - 0.5)), 0.004);
    }

    [Fact]
    public void GumbelNumbersHaveTheGumbelMeanAndVariance()
    {
        // Euler's constant and pi²/6; standard errors of 10^4 draws are 0.013 and 0.03.
        var numbers = Enumerable.Range(0, 10_000).Select(new Seed(3).Gumbel).ToArray();
        var mean = numbers.Average();
        Assert.Equal(0.5772, mean, 0.06);
        Assert.Equal(1.645, numbers.Average(number => (number - mean) * (number - mean)), 0.15);
    }
}
