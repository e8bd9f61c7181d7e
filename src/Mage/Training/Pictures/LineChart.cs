using System.Globalization;
using Mage.Images;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Mage.Training.Pictures;

/// <summary>A named curve; X ascends.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>One pair of axes with its curves.</summary>
public sealed record ChartPanel(string Title, string XLabel, IReadOnlyList<ChartSeries> Series);

/// <summary>
/// Draws panels side by side, by ScottPlot: for each curve the values as they are, pale, and a moving average over a fiftieth of the
/// curve on top of them. Values that are not finite are left out. The axis of values is logarithmic where they span more than a factor of 20.
/// </summary>
public static class LineChart
{
    private const int PanelWidth = 640;
    private const int PanelHeight = 440;
    private const double WideRange = 20;
    private const int MostTicks = 9;
    private const double Pale = 0.3;
    private static readonly Color Ink = new(40, 44, 52);
    private static readonly Color Soft = new(110, 116, 128);
    private static readonly Color GridLine = new(228, 230, 235);
    private static readonly Color[] Palette = [new(31, 99, 178), new(204, 82, 26), new(38, 138, 84), new(132, 73, 168)];

    /// <summary>Draws the chart.</summary>
    public static PixelImage Draw(IReadOnlyList<ChartPanel> panels)
    {
        using var surface = SKSurface.Create(
            new SKImageInfo(PanelWidth * Math.Max(1, panels.Count), PanelHeight, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        for (var i = 0; i < panels.Count; i++)
        {
            using var plot = PlotOf(panels[i]);
            plot.RenderManager.ClearCanvasBeforeEachRender = false;
            plot.Render(surface.Canvas, new PixelRect(i * PanelWidth, (i + 1) * PanelWidth, PanelHeight, 0));
        }

        using var pixels = surface.PeekPixels();
        return new PixelImage(pixels.Width, pixels.Height, 3, SkiaPixels.WithoutAlpha(pixels.GetPixelSpan()));
    }

    private static Plot PlotOf(ChartPanel panel)
    {
        var plot = new Plot();
        plot.Axes.Title.Label.Text = panel.Title;
        plot.Axes.Bottom.Label.Text = panel.XLabel;
        Style(plot);
        var series = panel.Series
            .Select(one => one with { Points = [.. one.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))] })
            .ToArray();
        var values = series.SelectMany(one => one.Points).Select(p => p.Y).ToArray();
        if (values.Length == 0)
        {
            plot.Axes.SetLimits(0, 1, 0, 1);
            (plot.Axes.Bottom.IsVisible, plot.Axes.Left.IsVisible) = (false, false);
            plot.HideGrid();
            var note = plot.Add.Text("no values", 0.5, 0.5);
            (note.LabelFontName, note.LabelFontColor, note.LabelFontSize, note.LabelAlignment) = (ChartFont.Name, Soft, 16, Alignment.MiddleCenter);
            return plot;
        }

        var isLogarithmic = values.Min() > 0 && values.Max() / values.Min() > WideRange;
        for (var i = 0; i < series.Length; i++)
        {
            var color = Palette[i % Palette.Length];
            Coordinates[] curve = [.. series[i].Points.Select(p => new Coordinates(p.X, isLogarithmic ? Math.Log10(p.Y) : p.Y))];
            AddCurve(plot, curve, color.WithAlpha(Pale), 1.2f);
            AddCurve(plot, Smooth(curve), color, 2.4f).LegendText = series[i].Name;
        }

        plot.Axes.Left.TickGenerator = new NumericAutomatic { TickDensity = 0.6 };
        if (isLogarithmic)
        {
            var ticks = LogarithmicTicks(values.Min(), values.Max());
            plot.Axes.Left.TickGenerator = new NumericManual([.. ticks.Select(Math.Log10)], [.. ticks.Select(Label)]);
        }

        plot.Axes.Margins(0, 0.04);
        return plot;
    }

    /// <summary>Round numbers between two: 1, 2 and 5 of each power of ten; where those are many, powers alone, as many apart as it takes.</summary>
    internal static double[] LogarithmicTicks(double min, double max)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(min)), (int)Math.Ceiling(Math.Log10(max)));
        var apart = (last - first + MostTicks) / MostTicks;
        var powers = Enumerable.Range(first, last - first + 1).Where(power => power % apart == 0).Select(power => Math.Pow(10, power)).ToArray();
        var fine = Between(powers.SelectMany(power => new[] { power, 2 * power, 5 * power }));
        return apart == 1 && fine.Length <= MostTicks ? fine : Between(powers);

        double[] Between(IEnumerable<double> ticks) => [.. ticks.Where(tick => tick >= min && tick <= max)];
    }

    /// <summary>A value as a tick's label.</summary>
    internal static string Label(double value) =>
        value.ToString(value is < 1e-3 or >= 1e6 ? "0.#E+0" : "0.####", CultureInfo.InvariantCulture);

    private static void Style(Plot plot)
    {
        ChartFont.Apply(plot);
        plot.FigureBackground.Color = Colors.White;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.MajorLineColor = GridLine;
        plot.Axes.Color(Soft);
        (plot.Axes.Right.FrameLineStyle.IsVisible, plot.Axes.Top.FrameLineStyle.IsVisible) = (false, false);
        (plot.Axes.Title.Label.ForeColor, plot.Axes.Title.Label.FontSize, plot.Axes.Title.Label.Bold) = (Ink, 20, false);
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            (axis.TickLabelStyle.FontSize, axis.MinorTickStyle.Length) = (15, 0);
        }

        (plot.Axes.Bottom.Label.FontSize, plot.Axes.Bottom.Label.Bold) = (16, false);
        plot.ShowLegend(Alignment.UpperRight);
        (plot.Legend.FontSize, plot.Legend.FontColor, plot.Legend.OutlineWidth, plot.Legend.ShadowColor) = (16, Ink, 0, Colors.Transparent);
        (plot.Legend.FontName, plot.Legend.BackgroundColor) = (ChartFont.Name, Colors.White.WithAlpha(0.7));
    }

    private static ScottPlot.Plottables.Scatter AddCurve(Plot plot, Coordinates[] curve, Color color, float width)
    {
        var line = plot.Add.ScatterLine(curve, color);
        line.LineWidth = width;

        // A curve of a single value is a dot.
        line.MarkerSize = curve.Length == 1 ? 4 * width : 0;
        return line;
    }

    private static Coordinates[] Smooth(Coordinates[] curve)
    {
        var reach = curve.Length / 100;
        return [.. curve.Select((point, i) =>
        {
            // Symmetric, and narrower towards the ends, so that the average does not lag behind the curve.
            var side = Math.Min(reach, Math.Min(i, curve.Length - 1 - i));
            return new Coordinates(point.X, curve.AsSpan(i - side, (2 * side) + 1).ToArray().Average(p => p.Y));
        })];
    }
}
