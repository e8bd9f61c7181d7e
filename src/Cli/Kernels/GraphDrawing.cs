using System.Globalization;
using System.Net;
using System.Text;
using MageDsl.Generators.Emit;

namespace Mage.Cli.Kernels;

/// <summary>
/// Draws a pass as SVG: one frame per launch, in order, with its values in it; arcs on the left say what a launch leaves for which.
/// </summary>
internal sealed class GraphDrawing(ShownKernel kernel, ShownPass pass)
{
    private const double BoxHeight = 34;
    private const double RowHeight = 56;
    private const double Header = 58;
    private const double Padding = 16;
    private const double FrameGap = 22;
    private const double LeastFrame = 640;
    private const double CharacterWidth = 6.6;

    private readonly StringBuilder svg = new();
    private readonly List<(string Buffer, double Y)> stored = [];
    private readonly List<(string Place, double From, double To)> arcs = [];

    /// <summary>The whole picture.</summary>
    public string Svg()
    {
        var graphs = pass.Listed.Stages.Select(s => new StageGraph(pass.Listed.Schedule, s.Cost.Parts)).ToArray();
        var layouts = graphs.Select(g => new LayeredLayout([.. g.Boxes.Select(Width)], [.. g.Edges])).ToArray();
        var frame = Math.Max(LeastFrame, layouts.Select(l => l.Width + (2 * Padding)).DefaultIfEmpty().Max());
        var y = 8.0;
        for (var i = 0; i < graphs.Length; i++)
        {
            var height = Header + (layouts[i].Rows * RowHeight) + Padding - (RowHeight - BoxHeight);
            Frame(i, y, frame, height);
            Stage(graphs[i], layouts[i], y + Header, (frame - layouts[i].Width) / 2);
            foreach (var box in graphs[i].Boxes.Where(b => b.Kind == BoxKind.Read))
            {
                arcs.AddRange(stored.Where(s => s.Buffer == box.Buffer).Select(s => (box.Place, s.Y, y + 24)));
            }

            stored.AddRange(graphs[i].Boxes.Where(b => b.Kind == BoxKind.Stored).Select(b => (b.Buffer, y + height - 12)));
            y += height + FrameGap;
        }

        var gutter = Gutter();
        var (width, total) = (frame + gutter + 10, y);
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{N(width)}\" height=\"{N(total)}\" viewBox=\"{N(-gutter)} 0 {N(width)} " +
            $"{N(total)}\">\n{svg}</svg>\n";
    }

    /// <summary>A value's kind as a class of the style sheet.</summary>
    private string Class(StageBox box) => box.Kind switch
    {
        BoxKind.Inner => "inner",
        _ when kernel.Saved.Any(s => s.Name == box.Buffer) => "saved",
        _ when pass.Listed.Schedule.Temporaries.Any(t => CostEmitter.Shown(t.Name) == box.Buffer) => "temporary",
        _ when kernel.Forward.Program.Outputs.Any(output => output.Name == box.Buffer) => "result",
        _ when box.Buffer.StartsWith("grad", StringComparison.Ordinal) && kernel.Info.Parameters.All(p => p.Name != box.Buffer) => "gradient",
        _ => "argument",
    };

    private static double Width(StageBox box) => Math.Max(46, (CharacterWidth * Math.Max(Text(box).Length, box.Axes.Length)) + 16);

    private static string Text(StageBox box) => box.Kind == BoxKind.Stored ? $"{box.Label} → {box.Place}" : box.Label;

    private void Frame(int index, double y, double width, double height)
    {
        var stage = pass.Program.Stages[index];
        var sizes = kernel.Sizes;
        var (bytes, operations) = (stage.Bytes(sizes), stage.Operations.At(sizes));
        var (seconds, bound) = kernel.Floor(pass, index);
        var space = stage.Text[..stage.Text.IndexOf(": ", StringComparison.Ordinal)];
        svg.Append($"<g class=\"stage {stage.Template}\" data-stage=\"{pass.Name}-{index}\"><rect x=\"0\" y=\"{N(y)}\" width=\"{N(width)}\" " +
            $"height=\"{N(height)}\" rx=\"8\"/>");
        svg.Append($"<text class=\"title\" x=\"14\" y=\"{N(y + 21)}\">{index + 1}. {stage.Template} " +
            $"<tspan class=\"space\" dx=\"8\">{Escape(space)}</tspan></text>");
        svg.Append($"<text class=\"costs\" x=\"14\" y=\"{N(y + 40)}\">reads {Figures.Of(stage.BytesRead.At(sizes), "B")} " +
            $"· writes {Figures.Of(stage.BytesWritten.At(sizes), "B")} · ");
        svg.Append($"{Figures.Of(operations, "FLOP")} · {Figures.Intensity(operations, bytes)} " +
            $"FLOP/B · at least {Figures.Time(seconds)} ({bound})</text></g>\n");
    }

    private void Stage(StageGraph graph, LayeredLayout layout, double top, double left)
    {
        double Y(int node) => top + (layout.Layer(node) * RowHeight);
        foreach (var edge in graph.Edges.Distinct())
        {
            var (x, y) = (left + layout.X[edge.From], Y(edge.From) + BoxHeight);
            var path = new StringBuilder($"M{N(x)} {N(y)}");
            foreach (var bend in layout.Bends(edge).Append(edge.To))
            {
                var (toX, toY) = (left + layout.X[bend], Y(bend));
                path.Append($"C{N(x)} {N((y + toY) / 2)} {N(toX)} {N((y + toY) / 2)} {N(toX)} {N(toY)}");
                if (bend != edge.To)
                {
                    path.Append($"L{N(toX)} {N(toY + BoxHeight)}");
                }

                (x, y) = (toX, toY + BoxHeight);
            }

            svg.Append($"<path class=\"edge\" data-from=\"{graph.Boxes[edge.From].Node}\" data-to=\"{graph.Boxes[edge.To].Node}\" d=\"{path}\"/>\n");
        }

        for (var i = 0; i < graph.Boxes.Count; i++)
        {
            Box(graph.Boxes[i], left + layout.X[i], Y(i));
        }
    }

    private void Box(StageBox box, double x, double y)
    {
        var width = Width(box);
        svg.Append($"<g class=\"node {Class(box)} {box.Kind.ToString().ToLowerInvariant()}\" data-node=\"{pass.Name}-{box.Node}\">");
        svg.Append($"<rect x=\"{N(x - (width / 2))}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(BoxHeight)}\" " +
            $"rx=\"{(box.Kind == BoxKind.Read ? 16 : 5)}\"/>");
        svg.Append($"<text x=\"{N(x)}\" y=\"{N(y + 15)}\">{Escape(Text(box))}</text><text class=\"axes\" x=\"{N(x)}\" " +
            $"y=\"{N(y + 28)}\">{Escape(box.Axes)}</text></g>\n");
    }

    /// <summary>One arc between two launches, with the names of all that goes there; further out the further it goes.</summary>
    private double Gutter()
    {
        var most = 0.0;
        foreach (var group in arcs.Distinct().GroupBy(arc => (arc.From, arc.To)).OrderBy(group => group.Key.To - group.Key.From))
        {
            var ((from, to), place) = (group.Key, string.Join(", ", group.Select(arc => arc.Place)));
            var reach = 24 + Math.Min(150, (to - from) * 0.12);
            most = Math.Max(most, (reach * 0.75) + (CharacterWidth * place.Length));
            svg.Append($"<path class=\"arc\" d=\"M0 {N(from)}C{N(-reach)} {N(from)} {N(-reach)} {N(to)} -5 {N(to)}\" marker-end=\"url(#arrow)\"/>");
            svg.Append($"<text class=\"arc-name\" x=\"{N((-reach * 0.75) - 3)}\" y=\"{N(((from + to) / 2) + 4)}\">{Escape(place)}</text>\n");
        }

        return most + 14;
    }

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
