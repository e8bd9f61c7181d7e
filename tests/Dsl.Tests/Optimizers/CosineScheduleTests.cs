using Xunit;

namespace MageDsl.Tests.Optimizers;

public class CosineScheduleTests
{
    /// <summary>Peak, minimum, warm-up, total, time, and the rate that the reference implementation gives.</summary>
    [Theory]
    [InlineData(0.001, 0.0, 40, 400, 0, 0.0)]
    [InlineData(0.001, 0.0, 40, 400, 0.001, 2.5e-08)]
    [InlineData(0.001, 0.0, 40, 400, 0.5, 1.25e-05)]
    [InlineData(0.001, 0.0, 40, 400, 1, 2.5e-05)]
    [InlineData(0.001, 0.0, 40, 400, 10.25, 0.00025625)]
    [InlineData(0.001, 0.0, 40, 400, 20, 0.0005)]
    [InlineData(0.001, 0.0, 40, 400, 39, 0.000975)]
    [InlineData(0.001, 0.0, 40, 400, 39.999, 0.000999975)]
    [InlineData(0.001, 0.0, 40, 400, 40, 0.001)]
    [InlineData(0.001, 0.0, 40, 400, 40.001, 0.0009999999999809614)]
    [InlineData(0.001, 0.0, 40, 400, 41, 0.0009999809615320856)]
    [InlineData(0.001, 0.0, 40, 400, 60, 0.000992403876506104)]
    [InlineData(0.001, 0.0, 40, 400, 100, 0.0009330127018922195)]
    [InlineData(0.001, 0.0, 40, 400, 150.5, 0.0007849983812981515)]
    [InlineData(0.001, 0.0, 40, 400, 220, 0.0005)]
    [InlineData(0.001, 0.0, 40, 400, 300, 0.0001786061951567303)]
    [InlineData(0.001, 0.0, 40, 400, 399, 1.9038467914345158e-08)]
    [InlineData(0.001, 0.0, 40, 400, 399.5, 4.759639632756496e-09)]
    [InlineData(0.001, 0.0, 40, 400, 399.999, 1.9038604026633265e-14)]
    [InlineData(0.001, 0.0, 40, 400, 400, 0.0)]
    [InlineData(0.00025, 1e-06, 5, 100, 0, 0.0)]
    [InlineData(0.00025, 1e-06, 5, 100, 0.001, 5e-08)]
    [InlineData(0.00025, 1e-06, 5, 100, 0.5, 2.5e-05)]
    [InlineData(0.00025, 1e-06, 5, 100, 1, 5e-05)]
    [InlineData(0.00025, 1e-06, 5, 100, 10.25, 0.00024812837279081874)]
    [InlineData(0.00025, 1e-06, 5, 100, 20, 0.00023499448202520787)]
    [InlineData(0.00025, 1e-06, 5, 100, 39, 0.00017925341686614234)]
    [InlineData(0.00025, 1e-06, 5, 100, 39.999, 0.00017551485070880143)]
    [InlineData(0.00025, 1e-06, 5, 100, 40, 0.0001755110803692947)]
    [InlineData(0.00025, 1e-06, 5, 100, 40.001, 0.0001755073099750966)]
    [InlineData(0.00025, 1e-06, 5, 100, 41, 0.00017171405749031847)]
    [InlineData(0.00025, 1e-06, 5, 100, 60, 9.493705685097051e-05)]
    [InlineData(0.00025, 1e-06, 5, 100, 100, 1e-06)]
    [InlineData(0.1, 0.0, 10, 90, 0, 0.0)]
    [InlineData(0.1, 0.0, 10, 90, 0.001, 1e-05)]
    [InlineData(0.1, 0.0, 10, 90, 0.5, 0.005)]
    [InlineData(0.1, 0.0, 10, 90, 1, 0.01)]
    [InlineData(0.1, 0.0, 10, 90, 10.25, 0.09999759044796641)]
    [InlineData(0.1, 0.0, 10, 90, 20, 0.09619397662556434)]
    [InlineData(0.1, 0.0, 10, 90, 39, 0.07093298687687141)]
    [InlineData(0.1, 0.0, 10, 90, 39.999, 0.06913598563672045)]
    [InlineData(0.1, 0.0, 10, 90, 40, 0.0691341716182545)]
    [InlineData(0.1, 0.0, 10, 90, 40.001, 0.06913235757028123)]
    [InlineData(0.1, 0.0, 10, 90, 41, 0.06730585285387465)]
    [InlineData(0.1, 0.0, 10, 90, 60, 0.030865828381745515)]
    public void The_rate_is_that_of_the_reference(double peak, double minimum, double warmup, double total, double time, double expected)
        => Assert.Equal(expected, new CosineSchedule(peak, minimum, warmup, total).Rate(time), Math.Max(1e-15, 1e-12 * expected));

    [Fact]
    public void Beyond_the_end_it_stays_at_the_minimum()
        => Assert.Equal(1e-6, new CosineSchedule(1e-3, 1e-6, 5, 100).Rate(150), 1e-15);

    [Fact]
    public void Without_warm_up_it_begins_at_the_peak()
        => Assert.Equal(1e-3, new CosineSchedule(1e-3, 0, 0, 10).Rate(0), 1e-15);

    [Fact]
    public void Warm_up_to_the_very_end_is_defined()
        => Assert.Equal(0, new CosineSchedule(1e-3, 0, 10, 10).Rate(10), 1e-15);
}
