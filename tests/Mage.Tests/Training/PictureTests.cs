using Mage.Data.Png;
using Mage.Training.Pictures;
using Xunit;

namespace Mage.Tests.Training;

public class PictureTests
{
    [Fact]
    public void AGridEnlargesPixelsAndLeavesGaps()
    {
        var grid = ImageGrid.Draw([0f, 0.5f, 1f, 2f, 0.25f, 0f, -1f, 1f], 1, 2, 2);
        var scale = ImageGrid.Enlargement(2);
        Assert.Equal(48, scale);
        Assert.Equal((2 * 98) + 2, grid.Width);
        Assert.Equal(98 + 2, grid.Height);
        Assert.Equal(255, grid[1, 1][0]);
        Assert.Equal(0, grid[2, 2][0]);
        Assert.Equal(0, grid[2 + scale - 1, 2 + scale - 1][0]);
        Assert.Equal(127, grid[2 + scale, 2][0]);
        Assert.Equal(255, grid[2, 2 + scale][0]);
        Assert.Equal(255, grid[2 + (2 * scale), 2][0]);
        Assert.Equal(63, grid[2 + 98, 2][0]);
        Assert.Equal(0, grid[2 + 98, 2 + scale][0]);
    }

    [Fact]
    public void AGridOfColorsReadsPlanes()
    {
        var grid = ImageGrid.Draw([1f, 0.5f, 0f, 0f, 1f, 0f], 3, 1, 2);
        Assert.Equal([255, 127, 0], grid[2, 2].ToArray());
        Assert.Equal([0, 255, 0], grid[2 + 98, 2].ToArray());
        Assert.Equal(grid.Pixels, PngReader.Decode(PngWriter.Encode(grid)).Pixels);
    }

    [Fact]
    public void AGridWithoutImagesIsRefused()
    {
        Assert.Throws<ArgumentException>(() => ImageGrid.Draw([], 1, 2, 2));
        Assert.Throws<ArgumentException>(() => ImageGrid.Draw([1f, 2f, 3f], 1, 2, 2));
        Assert.Equal(1, ImageGrid.Enlargement(256));
    }

    [Fact]
    public void RowsOfGroupsAlternate() => Assert.Equal(
        [1, 2, 5, 6, 3, 4, 7, 8], ImageGrid.Interleave(2, 1, [1f, 2f, 3f, 4f], [5f, 6f, 7f, 8f]));

    [Fact]
    public void ALastRowThatIsNotFullEndsWhite() => Assert.Equal(
        [1, 2, 4, 5, 3, 1, 6, 1], ImageGrid.Interleave(2, 1, [1f, 2f, 3f], [4f, 5f, 6f]));

    [Fact]
    public void EveryLetterAndDigitHasAShapeOfItsOwn()
    {
        const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:-+=/%()[]<>*|_'!?";
        var shapes = Characters.ToDictionary(c => c, Shape);
        Assert.Equal(Characters.Length, shapes.Values.Distinct().Count());
        Assert.DoesNotContain(Shape('\u263a'), shapes.Values);
        Assert.DoesNotContain('#', Shape(' '));
        Assert.Equal("..#..|.##..|..#..|..#..|..#..|..#..|.###.|.....", Shape('1'));
        Assert.Equal(11, BitmapFont.Measure("ab"));
        Assert.Equal(0, BitmapFont.Measure(""));

        static string Shape(char c) => string.Join('|', Enumerable.Range(0, BitmapFont.Height).Select(
            y => string.Concat(Enumerable.Range(0, BitmapFont.Width).Select(x => BitmapFont.Ink(c, x, y) ? '#' : '.'))));
    }

    [Fact]
    public void ALineCoversItsPixelsAndNoOthers()
    {
        var canvas = new Canvas(20, 20, Color.White);
        canvas.Line(2, 10, 18, 10, new Color(0, 0, 0), 2);
        Assert.Equal(0, canvas.Image[10, 9][0]);
        Assert.Equal(0, canvas.Image[10, 10][0]);
        Assert.Equal(255, canvas.Image[10, 6][0]);
        Assert.Equal(255, canvas.Image[10, 13][0]);
        canvas.Line(-50, -50, 100, 100, new Color(0, 0, 0), 1);
        Assert.True(canvas.Image[5, 5][0] < 128);
    }

    [Fact]
    public void AFallingCurveIsDrawnFromTheUpperLeftToTheLowerRight()
    {
        var image = LineChart.Draw([new ChartPanel("x", "step", [new ChartSeries("y", [(0, 10), (50, 5), (100, 0)])])]);
        Assert.True(IsBlue(84 + 8, 56 + 6));
        Assert.True(IsBlue((84 + 616) / 2, (56 + 380) / 2));
        Assert.True(IsBlue(616 - 8, 380 - 6));
        Assert.False(IsBlue(84 + 100, 380 - 50));

        bool IsBlue(int x, int y) => Enumerable.Range(-4, 9).Any(d => image[x, y + d][2] > image[x, y + d][0] + 60);
    }

    [Fact]
    public void ChartsTakeWhateverComes()
    {
        var one = new ChartSeries("one", [(5, 3)]);
        var broken = new ChartSeries("broken", [(1, double.NaN), (2, double.PositiveInfinity), (3, 1)]);
        var same = new ChartSeries("same", [(1, 0), (2, 0)]);
        var chart = LineChart.Draw([new ChartPanel("a", "", [one]), new ChartPanel("b", "", [broken, same]), new ChartPanel("c", "", [])]);
        Assert.Equal((3 * 640, 440), (chart.Width, chart.Height));
        Assert.Contains(chart.Pixels, p => p != 255);
        Assert.All(LineChart.Draw([]).Pixels, p => Assert.Equal(255, p));
    }

    [Theory]
    [InlineData(0, 100, "0 20 40 60 80 100")]
    [InlineData(0.13, 0.19, "0.13 0.14 0.15 0.16 0.17 0.18 0.19")]
    [InlineData(0, 25000, "0 5000 10k 15k 20k 25k")]
    [InlineData(-1, 1, "-1 -0.5 0 0.5 1")]
    public void TicksAreRound(double min, double max, string expected) =>
        Assert.Equal(expected, string.Join(' ', ChartScale.For(min, max, 6, false).Ticks.Select(ChartScale.Label)));

    [Fact]
    public void WideRangesAreLogarithmic()
    {
        var scale = ChartScale.For(0.01, 1, 6, true);
        Assert.Equal("0.01 0.02 0.05 0.1 0.2 0.5 1", string.Join(' ', scale.Ticks.Select(ChartScale.Label)));
        Assert.Equal(0.5, scale.Place(0.1), 1e-9);
        Assert.Equal("0.0001", ChartScale.Label(1e-4).Replace("1E-4", "0.0001"));
        Assert.True(ChartScale.For(1e-9, 1e3, 6, true).Ticks.Count < 15);
    }
}
