using System.Net;
using System.Text;
using System.Text.Json;

namespace Mage.Cli.Kernels;

/// <summary>A page that shows how a kernel was compiled: a single file that needs nothing else.</summary>
internal static class GraphPage
{
    /// <summary>The page.</summary>
    public static string Write(ShownKernel kernel)
    {
        ShownPass[] passes = kernel.Backward is { } backward ? [kernel.Forward, backward] : [kernel.Forward];
        using var reader = new StreamReader(typeof(GraphPage).Assembly.GetManifestResourceStream("GraphPage.html")!);
        var sizes = string.Join(", ", kernel.Sizes.Select(size => $"{size.Key}={size.Value}"));
        return reader.ReadToEnd()
            .Replace("{{title}}", WebUtility.HtmlEncode(kernel.Info.Name))
            .Replace("{{signature}}", WebUtility.HtmlEncode(kernel.Info.ToString()))
            .Replace(
                "{{traits}}",
                WebUtility.HtmlEncode($"{(kernel.Listing.Kernel.Fusion ? "fused" : "unfused")}; figures for {sizes} {kernel.Machine.Numbers}"))
            .Replace("{{machine}}", WebUtility.HtmlEncode(kernel.Machine.Text))
            .Replace(
                "{{tabs}}", string.Concat(passes.Select(p => $"<button data-tab=\"{p.Name}\">{p.Name} <small>{Summary(kernel, p)}</small></button>")))
            .Replace(
                "{{graphs}}", string.Concat(passes.Select(p => $"<div class=\"graph\" id=\"{p.Name}\">{new GraphDrawing(kernel, p).Svg()}</div>")))
            .Replace("{{data}}", Data(kernel, passes));
    }

    private static string Summary(ShownKernel kernel, ShownPass pass) =>
        $"{pass.Program.Stages.Count} {(pass.Program.Stages.Count == 1 ? "launch" : "launches")}, " +
        $"{Figures.Of(pass.Program.Bytes(kernel.Sizes), "B")}, {Figures.Of(pass.Program.Operations(kernel.Sizes), "FLOP")}, " +
        $"peak {Figures.Of(pass.Program.PeakBytes(kernel.Sizes), "B")}";

    /// <summary>What a click shows: the line of every value, and of every stage its formulas and code.</summary>
    private static string Data(ShownKernel kernel, ShownPass[] passes)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("nodes");
            foreach (var pass in passes)
            {
                for (var id = 0; id < pass.Listed.Schedule.Graph.Nodes.Count; id++)
                {
                    json.WriteString($"{pass.Name}-{id}", MageDsl.Generators.Ir.IrText.Print(id, pass.Listed.Schedule.Graph[id]));
                }
            }

            json.WriteEndObject();
            json.WriteStartObject("stages");
            foreach (var pass in passes)
            {
                for (var i = 0; i < pass.Program.Stages.Count; i++)
                {
                    var stage = pass.Program.Stages[i];
                    var text = $"{stage.Template}: {stage.Text}\n\nbytes read     {stage.BytesRead}\nbytes written  {stage.BytesWritten}\n" +
                        $"operations     {stage.Operations}\nlive           {stage.BytesLive}";
                    json.WriteStartArray($"{pass.Name}-{i}");
                    json.WriteStringValue(text);
                    json.WriteStringValue(kernel.Code(pass.Listed.Stages[i]));
                    json.WriteEndArray();
                }
            }

            json.WriteEndObject();
            var saved = kernel.Saved.Select(s => $"{s.Name}: {s.Bytes} = {Figures.Of(s.Bytes.At(kernel.Sizes), "B")}").ToArray();
            json.WriteString(
                "saved", kernel.Backward is null ? "" : saved.Length == 0 ? "nothing but arguments and results" : string.Join("\n", saved));
            json.WriteEndObject();
        }

        // The writer escapes < and >, so that no text of a kernel ends the script.
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
