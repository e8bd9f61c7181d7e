using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Eight neighbours are two times four.</summary>
public class EightsTests
{
    private static readonly Quad<float> Low = new(-1.5f, 0.25f, 3, float.NaN), High = new(2, -0.75f, 8, 0.5f);

    /// <summary>Also where a draw of two numbers is shared by both fours.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(6u)]
    [InlineData(uint.MaxValue - 10)]
    public void Random_numbers_are_those_of_their_positions(uint index)
    {
        var found = Eights<float, Float32>.RandomFrom(5, 2, index);
        Assert.Equal(Numbers(Quads<float, Float32>.RandomFrom(5, 2, index)), Numbers(found.X));
        Assert.Equal(Numbers(Quads<float, Float32>.RandomFrom(5, 2, index + 4)), Numbers(found.Y));

        var half = Quads<float, Float32>.Splat(0.5f);
        var below = Eights<float, Float32>.RandomBelowFrom(5, 2, index, Float32.Limit(0.5f));
        Assert.Equal((Quads<float, Float32>.Less(found.X, half), Quads<float, Float32>.Less(found.Y, half)), (below.X, below.Y));
        Assert.Equal(below.X, Quads<float, Float32>.RandomBelowFrom(5, 2, index, Float32.Limit(0.5f)));
        if (index % 2 == 0) Assert.Equal(below.Y, Eights<float, Float32>.RandomBelow(5, 2, index, Float32.Limit(0.5f)).Y);
    }

    /// <summary>Whatever the word and whatever the number: as the fraction is compared.</summary>
    [Fact]
    public void A_word_is_below_a_number_if_its_fraction_is()
    {
        const float Unit = 1f / (1 << 24);
        float[] numbers =
        [
            0, -0.5f, float.Epsilon, Unit, 1.5f * Unit, 0.1f, 0.5f, 0.5f + Unit, 1 - Unit, 1, 2, 1e30f, float.PositiveInfinity,
            float.NegativeInfinity, float.NaN,
        ];
        foreach (var number in numbers)
        {
            var edge = float.IsFinite(number) ? (uint)(ulong)Math.Clamp((double)number * (1L << 32), 0, uint.MaxValue) : 77;
            uint[] words =
            [
                0, 1, 255, 256, 257, edge - 257, edge - 256, edge - 1, edge, edge + 255, edge + 256, uint.MaxValue - 256, uint.MaxValue,
            ];
            foreach (var word in words)
            {
                Assert.Equal(Float32.Less(Float32.Fraction(word), number), Float32.Limit(number).IsAbove(word));
                Assert.Equal(Float64.Less(Float64.Fraction(word), number), Float64.Limit(number).IsAbove(word));
                Assert.Equal(Float64.Less(Float64.Fraction(word), number + 1e-9), Float64.Limit(number + 1e-9).IsAbove(word));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    public void What_is_past_the_end_is_something_else(int count)
    {
        var first = Eights<float, Float32>.First(count, new(Low, High), 7);
        Assert.Equal(Numbers(Low).Concat(Numbers(High)).Select((x, i) => i < count ? x : 7), Numbers(first.X).Concat(Numbers(first.Y)));
    }

    [Fact]
    public void Each_operation_is_that_on_four()
    {
        Pair<Quad<float>> a = new(Low, High), b = new(High, Low);
        Assert.Equal(Numbers(Quads<float, Float32>.Sub(Low, High)), Numbers(Eights<float, Float32>.Sub(a, b).X));
        Assert.Equal(Numbers(Quads<float, Float32>.Sub(High, Low)), Numbers(Eights<float, Float32>.Sub(a, b).Y));
        var chosen = Eights<float, Float32>.Select(Eights<float, Float32>.Less(a, b), a, b);
        Assert.Equal(Numbers(Quads<float, Float32>.Select(Quads<float, Float32>.Less(Low, High), Low, High)), Numbers(chosen.X));
        Assert.Equal(Numbers(Quads<float, Float32>.Select(Quads<float, Float32>.Less(High, Low), High, Low)), Numbers(chosen.Y));
        Assert.Equal([3, 5, 7, 9, 11, 13, 15, 17], Numbers(Eights<float, Float32>.Iota(3, 2).X).Concat(Numbers(Eights<float, Float32>.Iota(3, 2).Y)));
    }

    private static float[] Numbers(Quad<float> four) => [four.X, four.Y, four.Z, four.W];
}
