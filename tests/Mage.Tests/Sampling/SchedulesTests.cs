using Mage.Config;
using Mage.Sampling;

namespace Mage.Tests.Sampling;

public class SchedulesTests
{
    public static TheoryData<MaskSchedule> All => [.. Enum.GetValues<MaskSchedule>()];

    [Theory]
    [MemberData(nameof(All))]
    public void UnknownTokensFallFromAllToNone(MaskSchedule schedule)
    {
        var shares = Enumerable.Range(0, 101).Select(i => schedule.Unknown(i / 100.0)).ToArray();
        Assert.Equal(1, shares[0], 1e-12);
        Assert.Equal(0, shares[^1], 1e-12);
        Assert.Equal(shares.OrderDescending(), shares);
    }

    [Theory]
    [InlineData(MaskSchedule.Cosine, 0.7071067811865476)]
    [InlineData(MaskSchedule.Linear, 0.5)]
    [InlineData(MaskSchedule.Square, 0.75)]
    [InlineData(MaskSchedule.SquareRoot, 0.2928932188134524)]
    [InlineData(MaskSchedule.Arccos, 0.6666666666666667)]
    public void HalfWay(MaskSchedule schedule, double unknown) => Assert.Equal(unknown, schedule.Unknown(0.5), 1e-12);

    [Fact]
    public void GuidanceIsThereOrGrows()
    {
        Assert.Equal([1, 1, 1], Enumerable.Range(0, 3).Select(step => GuidanceSchedule.Constant.Share(step, 3)));
        Assert.Equal([0, 0.5, 1], Enumerable.Range(0, 3).Select(step => GuidanceSchedule.Linear.Share(step, 3)));
        Assert.Equal(1, GuidanceSchedule.Linear.Share(0, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void HaltonRanksAreAnOrderOfAllPlaces(int grid)
        => Assert.Equal(Enumerable.Range(0, grid * grid), HaltonOrder.Ranks(grid).Order());

    [Fact]
    public void HaltonBeginsWithThePointsOfTheSequence()
    {
        // (1/2, 1/3), (1/4, 2/3), (3/4, 1/9), (1/8, 4/9), (5/8, 7/9) of 4 by 4 places.
        var ranks = HaltonOrder.Ranks(4);
        Assert.Equal(
            [0, 1, 2, 3, 4],
            ((int, int)[])[(2, 1), (1, 2), (3, 0), (0, 1), (2, 3)] switch { var places => places.Select(at => ranks[(at.Item1 * 4) + at.Item2]) });
    }

    [Theory]
    [InlineData("squareRoot", true)]
    [InlineData("square-root", true)]
    [InlineData("COSINE", true)]
    [InlineData("cosin", false)]
    [InlineData("1", false)]
    [InlineData("", false)]
    public void WordsAreReadAsTheyAreWritten(string word, bool isOne) => Assert.Equal(isOne, Words.TryParse<MaskSchedule>(word, out _));
}
