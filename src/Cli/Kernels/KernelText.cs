using Mage.Cli.Output;
using MageDsl;

namespace Mage.Cli.Kernels;

/// <summary>A kernel as text: what <c>kernels show</c> prints.</summary>
internal sealed class KernelText(ShownKernel kernel, CommandConsole console)
{
    /// <summary>Prints a pass.</summary>
    /// <param name="pass">The forward or the backward pass.</param>
    /// <param name="seconds">How long it took, if it was run.</param>
    /// <param name="code">Whether to print the generated code.</param>
    public void Write(ShownPass pass, double? seconds, bool code)
    {
        Head(pass);
        console.Line($"{pass.Name} IR");
        Lines(pass.Listed.Ir);
        console.Line("");
        console.Line($"{pass.Name} stages");
        for (var i = 0; i < pass.Program.Stages.Count; i++)
        {
            console.Line($"  {i + 1,2}. {pass.Program.Stages[i].Template}: {pass.Program.Stages[i].Text}");
        }

        console.Line("");
        if (pass.Listed.Decisions.Count > 0)
        {
            console.Line("decisions");
            Lines(string.Join("\n", pass.Listed.Decisions));
            console.Line("");
        }

        Costs(pass, seconds);
        Memory(pass);
        Launched(pass);
        if (code)
        {
            Code(pass);
        }
    }

    private void Head(ShownPass pass)
    {
        console.Line(kernel.Info.ToString());
        var flags = kernel.Info.Parameters.Where(p => p.Kind == KernelParameterKind.Bool)
            .Select(p => $"{p.Name} = {(kernel.Off.Contains(p.Name) ? "false" : "true")}");
        string[] traits =
        [
            kernel.Listing.Kernel.Fusion ? "fused" : "unfused", kernel.Info.Differentiable ? "differentiable" : "not differentiable",
            .. kernel.Info.Into.Count == 0 ? Array.Empty<string>() : [$"writes into {string.Join(", ", kernel.Info.Into)}"], .. flags,
        ];
        console.Line(string.Join(", ", traits));
        if (kernel.Backward is not null && pass == kernel.Forward)
        {
            console.Line("this is the forward pass; --backward shows the backward pass");
        }

        console.Line("");
    }

    private void Costs(ShownPass pass, double? seconds)
    {
        var (program, sizes) = (pass.Program, kernel.Sizes);
        console.Line($"at {string.Join(", ", sizes.Select(size => $"{size.Key}={size.Value}"))} {kernel.Machine.Numbers}; {kernel.Machine.Text}");
        string[][] rows =
        [
            ["stage", "template", "reads", "writes", "FLOP", "FLOP/B", "bound by", "at least"],
            .. program.Stages.Select((stage, i) => Row(
                $"{i + 1}", stage.Template, stage.BytesRead.At(sizes), stage.BytesWritten.At(sizes), stage.Operations.At(sizes),
                kernel.Floor(pass, i))),
            Row(
                "all", "", program.Stages.Sum(s => s.BytesRead.At(sizes)), program.Stages.Sum(s => s.BytesWritten.At(sizes)),
                program.Operations(sizes), (kernel.Floor(pass), "")),
        ];
        console.Table("what it has to do", rows);
        if (seconds is { } taken)
        {
            console.Line(
                $"measured {Figures.Time(taken)}: {Figures.Share(kernel.Floor(pass) / taken)} of the roofline, " +
                $"{Figures.Of(program.Bytes(sizes) / taken, "B/s")}, {Figures.Of(program.Operations(sizes) / taken, "FLOP/s")}");
        }

        console.Line("");
        console.Line("formulas: bytes read; bytes written; operations; bytes of temporaries that exist meanwhile");
        for (var i = 0; i < program.Stages.Count; i++)
        {
            var stage = program.Stages[i];
            console.Line($"  {i + 1,2}. {stage.BytesRead}; {stage.BytesWritten}; {stage.Operations}; {stage.BytesLive}");
        }
    }

    private static string[] Row(
        string number, string template, long read, long written, long operations, (double Seconds, string Bound) floor) =>
    [
        number, template, Figures.Of(read, "B"), Figures.Of(written, "B"),
        Figures.Of(operations, ""), Figures.Intensity(operations, read + written), floor.Bound, Figures.Time(floor.Seconds),
    ];

    private void Memory(ShownPass pass)
    {
        var sizes = kernel.Sizes;
        console.Line("");
        if (kernel.Backward is not null)
        {
            var saved = kernel.Saved.ToArray();
            console.Line(saved.Length == 0
                ? "saved for the backward pass: nothing but arguments and results"
                : $"saved for the backward pass: {Figures.Of(saved.Sum(s => s.Bytes.At(sizes)), "B")} " +
                    $"in {string.Join(", ", saved.Select(s => $"{s.Name} ({s.Bytes})"))}");
        }

        var peak = pass.Program.PeakBytes(sizes);
        var outputs = pass.Program.Outputs.Sum(output => output.Bytes.At(sizes));
        console.Line($"peak memory beside the arguments: {Figures.Of(peak, "B")}: outputs {Figures.Of(outputs, "B")}, " +
            $"temporaries {Figures.Of(peak - outputs, "B")}");
    }

    /// <summary>What a device is given for each stage.</summary>
    private void Launched(ShownPass pass)
    {
        var rows = pass.Listed.Stages.SelectMany((stage, i) => kernel.Launched(stage).Select(launched => launched.Row(i + 1))).ToArray();
        if (rows.Length > 0)
        {
            console.Line("");
            console.Table($"what is launched: {kernel.Device!.Language}, counted as it is written", [LaunchedText.Headings, .. rows]);
        }
    }

    private void Code(ShownPass pass)
    {
        console.Line("");
        console.Line("code");
        foreach (var stage in pass.Listed.Stages)
        {
            Lines(kernel.Code(stage));
        }

        console.Line("  // The methods that launch the stages.");
        Lines(kernel.Listing.Methods);
    }

    private void Lines(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            console.Line($"  {line.TrimEnd()}".TrimEnd());
        }
    }
}
