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
