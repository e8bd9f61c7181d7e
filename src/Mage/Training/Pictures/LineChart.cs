using Mage.Data.Png;

namespace Mage.Training.Pictures;

/// <summary>A named curve; X ascends.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>One pair of axes with its curves.</summary>
public sealed record ChartPanel(string Title, string XLabel, IReadOnlyList<ChartSeries> Series);

/// <summary>
/// Draws panels side by side: for each curve the values as they are, pale, and a moving average over a fiftieth of the
/// curve on top of them. Values that are not finite are left out.
/// </summary>
public static class LineChart
{
    private const int PanelWidth = 640;
    private const int PanelHeight = 440;
    private const int Left = 84;
    private const int Right = 24;
    private const int Top = 56;
    private const int Bottom = 60;
    private static readonly Color Ink = new(40, 44, 52);
    private static readonly Color Soft = new(110, 116, 128);
    private static readonly Color GridLine = new(228, 230, 235);
    private static readonly Color[] Palette = [new(31, 99, 178), new(204, 82, 26), new(38, 138, 84), new(132, 73, 168)];

    /// <summary>Draws the chart.</summary>
    public static PixelImage Draw(IReadOnlyList<ChartPanel> panels)
    {
        var canvas = new Canvas(PanelWidth * Math.Max(1, panels.Count), PanelHeight, Color.White);
        for (var i = 0; i < panels.Count; i++)
        {
            DrawPanel(canvas, panels[i], i * PanelWidth);
        }

        return canvas.Image;
    }

    private static void DrawPanel(Canvas canvas, ChartPanel panel, int offset)
    {
        var (x0, x1, y0, y1) = (offset + Left, offset + PanelWidth - Right, PanelHeight - Bottom, Top);
        canvas.Text(panel.Title, x0, 18, Ink);
        var series = panel.Series
            .Select(one => one with { Points = [.. one.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))] })
            .ToArray();
        var points = series.SelectMany(one => one.Points).ToArray();
        if (points.Length == 0)
        {
            canvas.Text("no values", (x0 + x1 - (BitmapFont.Measure("no values") * 2)) / 2, (y0 + y1) / 2, Soft);
            return;
        }

        var across = ChartScale.For(points.Min(p => p.X), points.Max(p => p.X), 6, mayBeLogarithmic: false);
        var up = ChartScale.For(points.Min(p => p.Y), points.Max(p => p.Y), 6, mayBeLogarithmic: true);
        double X(double value) => x0 + (across.Place(value) * (x1 - x0));
        double Y(double value) => y0 + (up.Place(value) * (y1 - y0));

        foreach (var tick in up.Ticks)
        {
            var (label, y) = (ChartScale.Label(tick), (int)Y(tick));
            canvas.Fill(x0, y, x1 - x0, 1, GridLine);
            canvas.Text(label, x0 - 10 - (BitmapFont.Measure(label) * 2), y - 7, Soft);
        }

        foreach (var tick in across.Ticks)
        {
            var (label, x) = (ChartScale.Label(tick), (int)X(tick));
            canvas.Fill(x, y0, 1, 6, Soft);
            canvas.Text(label, Math.Min(x - BitmapFont.Measure(label), x1 + Right - (BitmapFont.Measure(label) * 2)), y0 + 12, Soft);
        }

        canvas.Fill(x0, y0, x1 - x0, 1, Soft);
        canvas.Fill(x0, y1, 1, y0 - y1, Soft);
        canvas.Text(panel.XLabel, (x0 + x1) / 2 - BitmapFont.Measure(panel.XLabel), PanelHeight - 24, Soft);
        for (var i = 0; i < series.Length; i++)
        {
            var color = Palette[i % Palette.Length];
            var curve = series[i].Points.Select(p => (X(p.X), Y(p.Y))).ToArray();
            DrawCurve(canvas, curve, color.Tint(0.3), 1.2);
            DrawCurve(canvas, Smooth(curve), color, 2.4);
        }

        DrawLegend(canvas, series, x1, y1);
    }

    private static void DrawCurve(Canvas canvas, (double X, double Y)[] curve, Color color, double width)
    {
        for (var i = 0; i < curve.Length; i++)
        {
            // A curve of a single value is a dot.
            var (from, to) = (curve[Math.Max(0, i - 1)], curve[i]);
            canvas.Line(from.X, from.Y, to.X, to.Y, color, curve.Length == 1 ? width * 2 : width);
        }
    }

    private static (double X, double Y)[] Smooth((double X, double Y)[] curve)
    {
        var reach = curve.Length / 100;
        return [.. curve.Select((point, i) =>
        {
            // Symmetric, and narrower towards the ends, so that the average does not lag behind the curve.
            var side = Math.Min(reach, Math.Min(i, curve.Length - 1 - i));
            return (point.X, curve.AsSpan(i - side, (2 * side) + 1).ToArray().Average(p => p.Y));
        })];
    }

    private static void DrawLegend(Canvas canvas, ChartSeries[] series, int right, int top)
    {
        var width = series.Max(one => BitmapFont.Measure(one.Name) * 2) + 34;
        for (var i = 0; i < series.Length; i++)
        {
            var y = top + 6 + (i * 22);
            canvas.Fill(right - width, y + 5, 22, 4, Palette[i % Palette.Length]);
            canvas.Text(series[i].Name, right - width + 30, y, Ink);
        }
    }
}
