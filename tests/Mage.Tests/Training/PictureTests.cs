using Mage.Images;
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
        Assert.Equal(grid.Pixels, ImageReader.Decode(ImageWriter.Encode(grid, ImageFormat.Png)).Pixels);
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
    public void AFallingCurveIsDrawnFromTheUpperLeftToTheLowerRight()
    {
        var image = LineChart.Draw([new ChartPanel("x", "step", [new ChartSeries("y", [(0, 10), (50, 5), (100, 0)])])]);
        (int X, int Y)[] blue =
        [
            .. from x in Enumerable.Range(0, image.Width) from y in Enumerable.Range(0, image.Height) where IsBlue(x, y) select (x, y),
        ];
        var (left, right) = (blue.Min(p => p.X), blue.Max(p => p.X));
        Assert.InRange(left, 20, 120);
        Assert.InRange(right, 560, 640);
        var middle = (left + right) / 2;
        var (first, half, last) = (Height(left + 2), Height(middle), Height(right - 2));
        Assert.InRange(half, (first + last) / 2 - 8, (first + last) / 2 + 8);
        Assert.InRange(last - first, 250, 420);

        bool IsBlue(int x, int y) => image[x, y][2] > image[x, y][0] + 100;

        // Of the curve, not of the legend above it.
        double Height(int x) => blue.Where(p => p.X == x).Max(p => p.Y);
    }

    [Fact]
    public void TextIsDrawnWithoutAnyFontOfTheMachine()
    {
        var (with, without) = (Titled("Tokenizer"), Titled(""));
        Assert.InRange(Dark(with) - Dark(without), 100, 3000);
        Assert.NotEqual(with.Pixels, Titled("Tokenized").Pixels);

        static PixelImage Titled(string title) => LineChart.Draw([new ChartPanel(title, "", [])]);

        static int Dark(PixelImage image) => Enumerable.Range(0, image.Width * 60).Count(i => image[i % image.Width, i / image.Width][0] < 128);
    }

    [Fact]
    public void ChartsTakeWhateverComes()
    {
        var one = new ChartSeries("one", [(5, 3)]);
        var broken = new ChartSeries("broken", [(1, double.NaN), (2, double.PositiveInfinity), (3, 1)]);
        var same = new ChartSeries("same", [(1, 0), (2, 0)]);
        var huge = new ChartSeries("\u263a", [(1, 1e-300), (2, 1e300)]);
        var chart = LineChart.Draw(
            [new ChartPanel("a", "", [one]), new ChartPanel("b", "", [broken, same]), new ChartPanel("c", "", []), new ChartPanel("d", "", [huge])]);
        Assert.Equal((4 * 640, 440), (chart.Width, chart.Height));
        Assert.All(Enumerable.Range(0, 4), panel => Assert.Contains(
            Enumerable.Range(0, 440), y => Enumerable.Range(panel * 640, 640).Any(x => chart[x, y][0] < 200)));
        Assert.All(LineChart.Draw([]).Pixels, p => Assert.Equal(255, p));
    }

    [Theory]
    [InlineData(0.01, 1, "0.01 0.02 0.05 0.1 0.2 0.5 1")]
    [InlineData(0.3, 7, "0.5 1 2 5")]
    [InlineData(0.001, 1000, "0.001 0.01 0.1 1 10 100 1000")]
    [InlineData(1e-5, 3e-4, "1E-5 2E-5 5E-5 1E-4 2E-4")]
    public void LogarithmicTicksAreRound(double min, double max, string expected) =>
        Assert.Equal(expected, string.Join(' ', LineChart.LogarithmicTicks(min, max).Select(LineChart.Label)));

    [Fact]
    public void ManyPowersOfTenStillGiveFewTicks() => Assert.InRange(LineChart.LogarithmicTicks(1e-300, 1e300).Length, 2, 30);
}
