using MageDsl;
using MageDsl.Devices;
using Xunit;
using static Dsl.Tests.Language.Values;
using static MageDsl.Ops;

namespace Dsl.Tests.Language;

public class RandomTests
{
    // The known answers published with the generator (Random123, kat_vectors).
    [Theory]
    [InlineData(0u, 0u, 0u, 0xff1dae59u, 0x6cd10df2u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0x2c3f628bu, 0xab4fd7adu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0xdd7ce038u, 0xf62a4c12u)]
    public void Philox_gives_the_known_answers(uint counter0, uint counter1, uint key, uint first, uint second) =>
        Assert.Equal((first, second), Philox.Draw(counter0, counter1, key));

    [Theory]
    [InlineData(0u, 0u, 0u, 0x257a3673u, 0xcd26be2au)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xab302c4du, 0x3dc9d239u)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0xbedbbe6bu, 0xe4c770b3u)]
    public void Seven_rounds_give_the_known_answers(uint counter, uint stream, uint key, uint first, uint second) =>
        Assert.Equal((first, second), Philox.Pair(counter, stream, key));

    [Fact]
    public void The_first_two_numbers_are_the_known_answer() =>
        Assert.Equal(new[] { (0x257a3673u >> 8) / 16777216.0, (0xcd26be2au >> 8) / 16777216.0 }, Some("a=2").Random(seed: 0).ToArray("a"));

    [Fact]
    public void Numbers_are_counted_in_the_order_of_the_axes()
    {
        var numbers = Some("a=3 b=4").Random(7, stream: 2);
        Assert.Equal(["a", "b"], numbers.Axes);
        var found = numbers.ToArray("a b");
        for (var i = 0; i < found.Length; i++) Assert.Equal((Philox.Word((uint)i, 2, 7) >> 8) / 16777216.0, found[i]);
        Assert.NotEqual(found, Some("b=4 a=3").Random(7, stream: 2).ToArray("a b"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_seed_or_stream_others()
    {
        var x = Some("a=64");
        var first = x.Random(3).ToArray("a");
        Assert.Equal(first, Some("a=64", seed: 9).Random(3).ToArray("a"));
        Assert.NotEqual(first, x.Random(4).ToArray("a"));
        Assert.NotEqual(first, x.Random(3, stream: 1).ToArray("a"));
        Assert.NotEqual(first, x.Random(-3).ToArray("a"));
    }

    [Fact]
    public void Numbers_are_uniform_in_zero_to_one()
    {
        var numbers = Expr.From(new double[40000], "a", [40000]).Random(1);
        Assert.InRange(Min(numbers, over: "a").Item(), 0, 0.001);
        Assert.InRange(Max(numbers, over: "a").Item(), 0.999, Math.BitDecrement(1.0));
        var mean = Mean(numbers, over: "a");
        Assert.Equal(0.5, mean.Item(), 0.01);
        Assert.Equal(1 / 12.0, Mean((numbers - mean) * (numbers - mean), over: "a").Item(), 0.005);
    }
}
