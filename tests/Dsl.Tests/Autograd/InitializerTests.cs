using Xunit;

namespace MageDsl.Tests.Autograd;

public sealed class InitializerTests : IDisposable
{
    private readonly TensorScope scope = new();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_seed_repeats_bit_for_bit()
    {
        Initializer first = new(7), second = new(7);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(first.XavierUniform(8, 9).ToArray<float>(), second.XavierUniform(8, 9).ToArray<float>());
            Assert.Equal(first.Normal(0.02, 50).ToArray<float>(), second.Normal(0.02, 50).ToArray<float>());
        }
    }

    [Fact]
    public void Seeds_and_indices_differ()
    {
        var initializer = new Initializer(7);
        var first = initializer.Uniform(1, 100).ToArray<float>();
        Assert.NotEqual(first, initializer.Uniform(1, 100).ToArray<float>());
        Assert.NotEqual(first, new Initializer(8).Uniform(1, 100).ToArray<float>());
    }

    [Fact]
    public void Every_tensor_counts_whatever_its_kind()
    {
        Initializer constant = new(3), drawn = new(3);
        constant.Zeros(5);
        constant.Ones(5);
        drawn.Normal(1, 2);
        drawn.Uniform(1, 2, 2);
        Assert.Equal(2, constant.Index);
        Assert.Equal(drawn.Uniform(1, 6).ToArray<float>(), constant.Uniform(1, 6).ToArray<float>());
    }

    [Fact]
    public void Constants_are_constant()
    {
        var initializer = new Initializer(0);
        Assert.All(initializer.Zeros(3).ToArray<float>(), value => Assert.Equal(0, value));
        Assert.All(initializer.Ones(3).ToArray<float>(), value => Assert.Equal(1, value));
        Assert.All(initializer.Constant(0.5, 3).ToArray<float>(), value => Assert.Equal(0.5f, value));
    }

    [Fact]
    public void Normal_has_its_moments()
    {
        var values = new Initializer(1).Normal(0.02, 100_000).ToArray<float>();
        var mean = values.Average(value => (double)value);
        var variance = values.Average(value => (double)value * value);
        Assert.InRange(mean, -0.0003, 0.0003);
        Assert.InRange(Math.Sqrt(variance), 0.0198, 0.0202);
        Assert.InRange(values.Count(value => Math.Abs(value) > 0.04) / 1e5, 0.043, 0.048); // beyond two deviations: 0.0455
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Xavier_fills_its_bound()
    {
        var values = new Initializer(1).XavierUniform(30, 20, 3, 3).ToArray<float>();
        var bound = (float)Math.Sqrt(6.0 / ((20 * 9) + (30 * 9)));
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        Assert.InRange(values.Max(), 0.99f * bound, bound);
        Assert.InRange(values.Min(), -bound, -0.99f * bound);
    }

    [Fact]
    public void Kaiming_fills_its_bound()
    {
        var initializer = new Initializer(1);
        var bound = (float)(1 / Math.Sqrt(20 * 9));
        Assert.InRange(initializer.KaimingUniform(30, 20, 3, 3).ToArray<float>().Max(), 0.99f * bound, bound);
        Assert.InRange(initializer.KaimingBias(20 * 9, 3000).ToArray<float>().Max(), 0.99f * bound, bound);
    }

    [Fact]
    public void Fans_need_two_dimensions()
    {
        Assert.Throws<ArgumentException>(() => new Initializer(1).XavierUniform(3));
        Assert.Throws<ArgumentException>(() => new Initializer(1).KaimingUniform());
    }
}
