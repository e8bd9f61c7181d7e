using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>
/// How exact sums of split floats are where an instruction rounds towards zero, as tensor cores do: they align what they add up to the largest of it,
/// cut off what is below, and cut the result to 24 bits. (What imitates them here adds up as ever.)
/// </summary>
public class SplitSumTests
{
    private const int Terms = 8, Bits = 24, MoreBits = 1;

    /// <summary>Errors as large as those of <c>fma</c>, or less; not so if all terms were carried through instructions.</summary>
    [Theory]
    [InlineData(256, false)]
    [InlineData(768, false)]
    [InlineData(3072, false)]
    [InlineData(768, true)]
    [InlineData(3072, true)]
    public void Sums_that_are_added_apart_are_as_exact_as_those_of_fma(int terms, bool arePositive)
    {
        var random = new Random(1);
        double byFma = 0, whole = 0, byInstruction = 0, byStep = 0;
        for (var repeat = 0; repeat < 200_000 / terms; repeat++)
        {
            float[] a = Draw(random, terms, arePositive), b = Draw(random, terms, arePositive);
            var exact = a.Zip(b, (x, y) => (double)x * y).Sum();
            byFma += Square(a.Zip(b).Aggregate(0f, (sum, pair) => MathF.FusedMultiplyAdd(pair.First, pair.Second, sum)) - exact);
            whole += Square(Sum(a, b, together: terms) - exact);
            byInstruction += Square(Sum(a, b, together: Terms) - exact);
            byStep += Square(Sum(a, b, together: 4 * Terms) - exact);
        }

        Assert.True(byInstruction <= byFma, $"{Math.Sqrt(byInstruction / byFma)} times the error of fma");
        Assert.True(byStep <= byFma, $"{Math.Sqrt(byStep / byFma)} times the error of fma");
        Assert.True(whole > 4 * byFma, $"only {Math.Sqrt(whole / byFma)} times the error of fma");
    }

    private static double Square(double value) => value * value;

    private static float[] Draw(Random random, int count, bool arePositive)
        => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - (arePositive ? 0 : 1))];

    /// <summary>Three products of all, of which so many terms are added up by instructions before they are added to the others.</summary>
    private static float Sum(float[] a, float[] b, int together)
    {
        var (sum, few) = (0f, 0f);
        for (var first = 0; first < a.Length; first += Terms)
        {
            var (x, y) = (Parts(a.AsSpan(first, Terms)), Parts(b.AsSpan(first, Terms)));
            few = Multiply(x.High, y.High, Multiply(x.High, y.Low, Multiply(x.Low, y.High, few)));
            if ((first + Terms) % together != 0) continue;
            sum += few;
            few = 0;
        }

        return sum + few;
    }

    /// <summary>What is multiplied of numbers: of what is left tensor cores do not see the last bits.</summary>
    private static (double[] High, double[] Low) Parts(ReadOnlySpan<float> values)
    {
        var (high, low) = (new double[Terms], new double[Terms]);
        for (var i = 0; i < Terms; i++)
        {
            var word = new Quad<uint>(BitConverter.SingleToUInt32Bits(values[i]), 0, 0, 0);
            var first = Float32Word.High(word);
            high[i] = BitConverter.UInt32BitsToSingle(first.X);
            low[i] = BitConverter.UInt32BitsToSingle(Float32Word.Low(word, first).X & 0xFFFFE000u);
        }

        return (high, low);
    }

    private static float Multiply(double[] a, double[] b, float sum)
    {
        var products = a.Zip(b, (x, y) => x * y).Append(sum).ToArray();
        var unit = Unit(products.Max(Math.Abs)) * Math.Pow(2, -MoreBits);
        var total = products.Sum(value => Cut(value, unit));
        return (float)Cut(total, Unit(Math.Abs(total)));
    }

    /// <summary>The last of so many bits of a number.</summary>
    private static double Unit(double size) => size == 0 ? 1 : Math.Pow(2, Math.ILogB(size) - Bits + 1);

    private static double Cut(double value, double unit) => Math.Truncate(value / unit) * unit;
}
