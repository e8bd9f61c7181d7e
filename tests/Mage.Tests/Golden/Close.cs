using MageDsl;

namespace Mage.Tests.Golden;

/// <summary>Comparison of computed values with reference values.</summary>
internal static class Close
{
    /// <summary>Asserts that no element differs by more than <paramref name="tolerance"/>, and that the shape is the same.</summary>
    /// <returns>The largest difference.</returns>
    public static double Check(GoldenFile file, string name, Tensor actual, double tolerance)
    {
        Assert.Equal(file.Shape(name), actual.Shape.ToArray());
        return Check(name, file.Floats(name), actual.Span<float>(), tolerance);
    }

    /// <summary>Asserts that no element differs by more than <paramref name="tolerance"/>.</summary>
    /// <returns>The largest difference.</returns>
    public static double Check(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (worst, at) = (0.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs((double)expected[i] - actual[i]);
            if (!(difference <= worst))
            {
                (worst, at) = (difference, i);
            }
        }

        Assert.True(
            worst <= tolerance,
            $"{name}[{at}]: expected {expected[at]:R}, found {actual[at]:R}; they differ by {worst:g3}, more than {tolerance:g3}");
        return worst;
    }
}
