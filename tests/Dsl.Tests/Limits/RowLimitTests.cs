using Dsl.Tests.Kernels;
using MageDsl;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Limits;

/// <summary>Softmax, losses and lengths of rows with infinite, huge, tiny and no elements, against their limits.</summary>
[Collection(CpuSettings.Name)]
public class RowLimitTests
{
    private const double Inf = double.PositiveInfinity;

    private const int Size = 21;

    /// <summary>Rows of scores: a few, and then one number to the end.</summary>
    private static readonly double[][] Scores =
    [
        Row([0.5, -1, 2], last: 0), Row([0.5, -1, 2], last: -Inf), Row([-Inf, 3], last: -Inf), Row([], last: -Inf), Row([], last: 3e38f),
        Row([3e38f, -3e38f, 1e4], last: 0), Row([1e4, -1e4], last: 1e4),
        Row([1, Inf, -Inf], last: 2), Row([Inf, 0, Inf], last: 5), Row([1e-38f, -1e-38f], last: 89),
        Row([1, double.NaN], last: 0),
    ];

    private static double[] Row(double[] first, double last) => [.. first, .. Enumerable.Repeat(last, Size - first.Length)];

    private static double[] Lacks(double[] row)
    {
        var largest = row.Any(double.IsNaN) ? double.NaN : row.Max();
        return [.. row.Select(x => x == largest ? 0 : x - largest)];
    }

    private static double[] Probability(double[] row)
    {
        double[] exponentials = [.. Lacks(row).Select(Math.Exp)];
        var sum = exponentials.Sum();
        return [.. exponentials.Select(e => e / sum)];
    }

    private static double[] LogProbability(double[] row)
    {
        var lacks = Lacks(row);
        var sum = Math.Log(lacks.Sum(Math.Exp));
        return [.. lacks.Select(x => x - sum)];
    }

    private static double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => i % 7 - 2.5)];

    private static double[] Dot(IEnumerable<double[]> rows, Func<double[], double[], double[]> gradient) =>
        [.. rows.SelectMany((row, i) => gradient(row, Weights(rows.Count() * Size)[(i * Size)..((i + 1) * Size)]))];

    private static Slopes.Argument Table(double[][] rows) => new([rows.Length, rows[0].Length], [.. rows.SelectMany(r => r)]);

    private static IEnumerable<KernelInfo> Kernels(string name) =>
        KernelCases.Of(typeof(Tensor), typeof(RowLimitTests)).Where(k => k.Name == name || k.Name == "Unfused" + name);

    [Fact]
    public void Softmax_of_rows()
    {
        var wanted = Dot(Scores, (row, g) => [.. Probability(row).Zip(g, (p, gi) => p * (gi - Probability(row).Zip(g, (q, gj) => q * gj).Sum()))]);
        foreach (var kernel in Kernels("Activations.Softmax"))
            Slopes.AssertAre(kernel, [.. Scores.SelectMany(Probability)], [wanted], Weights(Scores.Length * Size), Table(Scores));
    }

    [Fact]
    public void Log_softmax_of_rows()
    {
        var wanted = Dot(Scores, (row, g) => [.. Probability(row).Zip(g, (p, gi) => gi - p * g.Sum())]);
        foreach (var kernel in Kernels("Activations.LogSoftmax"))
            Slopes.AssertAre(kernel, [.. Scores.SelectMany(LogProbability)], [wanted], Weights(Scores.Length * Size), Table(Scores));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cross_entropy_of_rows(int target)
    {
        double[] weights = [.. Scores.Select((_, i) => i % 3 - 1.5)];
        double[] wanted = [.. Scores.SelectMany((row, i) => Probability(row).Select((p, k) => weights[i] * (p - (k == target ? 1 : 0))))];
        foreach (var kernel in Kernels("Losses.SmoothedCrossEntropy"))
        {
            Slopes.AssertAre(
                kernel, [.. Scores.Select(row => -LogProbability(row)[target])], [wanted], weights, Table(Scores),
                new Slopes.Argument([Scores.Length], [.. Scores.Select(_ => (double)target)], IsIds: true));
        }
    }

    /// <summary>What is not counted may be infinite.</summary>
    [Fact]
    public void Masked_cross_entropy_counts_nothing_of_masked_rows()
    {
        double[][] rows = [Row([0, 1], 0), Row([-Inf, 1], 0), Row([-Inf], 3)];
        double[] gradient = [.. Probability(rows[0]).Select((p, k) => p - (k == 0 ? 1 : 0)), .. new double[2 * Size]];
        foreach (var kernel in Kernels("Losses.MaskedCrossEntropy"))
        {
            Slopes.Argument[] arguments =
            [
                new([1, 3, Size], [.. rows.SelectMany(r => r)]), new([1, 3], [0, 0, 0], IsIds: true), new([1, 3], [1, 0, 0]),
            ];
            foreach (var width in SimdScope.Widths)
            {
                using var scope = new SimdScope(width, 1);
                foreach (var found in new[] { Slopes.Compiled(kernel, ElementType.Float32, [1], arguments), Slopes.Defined(kernel, [1], arguments) })
                {
                    Assert.Equal(-LogProbability(rows[0])[0], found.Value[0], 1e-5);
                    Assert.All(gradient.Zip(found.Gradients[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
                }
            }
        }
    }

    /// <summary>Rows of vectors with their lengths, as far as float32 allows.</summary>
    private static readonly double[][] Vectors =
    [
        Row([], 0), Row([3, 4], 0), Row([1e-30f, -1e-30f], 0), Row([1e-45f], 0),
        Row([1e-38f, 1e-45f], 0), Row([2e38f, -2e38f], 0), Row([3e38f, 1e38f], 1), Row([3e38f, 3e38f], 0),
        Row([Inf, 1], 0), Row([-Inf, Inf], -3e38f), Row([1e4, -1e-4], 1e-20), Row([double.NaN], 1), Row([], 1e19),
    ];

    private static double Length(double[] row) => Math.Sqrt(row.Sum(x => x * x));

    private static double[] Direction(double[] row)
    {
        var infinite = row.Count(double.IsInfinity);
        if (infinite > 0) row = [.. row.Select(x => double.IsInfinity(x) ? Math.Sign(x) : 0.0)];
        var length = Length(row);
        return [.. row.Select(x => length == 0 ? 0 : x / length)];
    }

    [Fact]
    public void Lengths_of_vectors()
    {
        double[] weights = [.. Vectors.Select((_, i) => i % 2 == 0 ? 1 : -3.0)];
        double[][] rows = [.. Vectors.Select(r => r.Select(x => (double)(float)x).ToArray())];
        foreach (var kernel in Kernels("Normalization.L2Norm"))
        {
            Slopes.AssertAre(
                kernel, [.. rows.Select(Length)],
                [[.. rows.SelectMany((row, i) => Direction(row).Select(u => weights[i] * u))]], weights, Table(rows));
        }
    }

    /// <summary>The smallest lengths by ratios: beside 1, any of them would pass for another.</summary>
    [Fact]
    public void Small_lengths_are_as_exact_as_others()
    {
        foreach (var kernel in Kernels("Normalization.L2Norm"))
        {
            foreach (var width in SimdScope.Widths)
            {
                using var scope = new SimdScope(width, 1);
                foreach (var size in new[] { 1e-30f, 1e-36f, 1e18f, 1e37f })
                {
                    double[] vector = [3 * size, -4 * size, 0, 0, 0, 0, 0];
                    Assert.Equal(5, Slopes.Compiled(kernel, ElementType.Float32, [1], new Slopes.Argument([1, 7], vector)).Value[0] / size, 1e-5);
                }
            }
        }
    }

    [Fact]
    public void Directions_of_vectors()
    {
        double[][] rows = [.. Vectors.Where(r => Length(r) is 0 or > 1e-12 && !r.Any(double.IsNaN))
            .Select(r => r.Select(x => (double)(float)x).ToArray())];
        double[] cotangent = Weights(rows.Length * Size);
        double[] gradient = [.. rows.SelectMany((row, i) => Of(row, cotangent[(i * Size)..((i + 1) * Size)]))];
        foreach (var kernel in Kernels("Normalization.L2Normalize"))
            Slopes.AssertAre(kernel, [.. rows.SelectMany(Direction)], [gradient], cotangent, Table(rows));

        static double[] Of(double[] row, double[] g)
        {
            var (length, direction) = (Length(row), Direction(row));
            if (length == 0) return [.. g.Select(x => x / (double)1e-12f)];
            var along = direction.Zip(g, (u, x) => u * x).Sum();
            return [.. direction.Zip(g, (u, x) => (x - u * along) / length)];
        }
    }
}
