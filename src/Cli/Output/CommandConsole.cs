using System.Globalization;
using Mage.Data;
using Mage.Training;
using Mage.Training.Progress;
using Spectre.Console;

namespace Mage.Cli.Output;

/// <summary>Where a command shows its results: tables everywhere, live progress only where a terminal can redraw.</summary>
internal sealed class CommandConsole
{
    private readonly TextWriter output;
    private readonly IAnsiConsole console;
    private readonly bool isTerminal;

    /// <summary>Shows on the process's console if <paramref name="output"/> is that, else as plain text.</summary>
    public CommandConsole(TextWriter output)
    {
        this.output = output;
        isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        console = isTerminal
            ? AnsiConsole.Console
            : AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new PlainOutput(output),
            });
    }

    /// <summary>Progress that suits the console.</summary>
    public IProgressDisplay Progress() =>
        isTerminal && console.Profile.Capabilities.Interactive ? new LiveProgress(console) : new PlainProgress(output);

    /// <summary>A line.</summary>
    public void Line(string text) => output.WriteLine(text);

    /// <summary>A table with a title; the first row holds the headings.</summary>
    public void Table(string title, params string[][] rows)
    {
        var table = new Table().Border(isTerminal ? TableBorder.Rounded : TableBorder.Ascii).Title(Markup.Escape(title));
        foreach (var heading in rows[0])
        {
            table.AddColumn(new TableColumn(Markup.Escape(heading)).NoWrap());
        }

        foreach (var row in rows.Skip(1))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);
    }

    /// <summary>The images of a run, and what was done to them or passed over.</summary>
    public void Images(ImageSet images)
    {
        Line($"{images.Train.Count} images to train on, {images.HeldOut.Count} held out, {images.ClassNames.Count} classes, from {images.Source}");
        foreach (var note in images.Notes)
        {
            Line($"  {note}");
        }
    }

    /// <summary>The closing numbers of a run, as far as there are any.</summary>
    public void Summary(RunSummary summary)
    {
        if (summary.HeldOutImages > 0)
        {
            string[][] ofTokenizer = summary.ReconstructionPsnr is not { } psnr ? [] :
            [
                ["reconstruction PSNR", Text($"{psnr:0.00} dB")],
                ["codes used", Text($"{summary.CodesUsed} of {summary.CodebookSize} (perplexity {summary.CodePerplexity:0})")],
            ];
            string[][] ofMage = summary.MaskedTokenAccuracy is { } accuracy ? [["masked-token accuracy", Text($"{accuracy:0.0%}")]] : [];
            string[][] ofClassifier = summary.ClassifierAccuracy is { } right ? [["classes recognised", Text($"{right:0.0%}")]] : [];
            Table($"On {summary.HeldOutImages} held-out images", [["", "value"], .. ofTokenizer, .. ofMage, .. ofClassifier]);
        }

        if (summary is { LinearProbe: { } linear, NearestNeighbors: { } nearest })
        {
            // Beside the same on raw pixels.
            Table(
                $"Accuracy on {summary.HeldOutImages} held-out images, learnt from {summary.ProbeImages}",
                ["", "MAGE features", "raw pixels"],
                ["linear probe", Text($"{linear.Mage:0.0%}"), Text($"{linear.RawPixels:0.0%}")],
                ["20 nearest neighbours", Text($"{nearest.Mage:0.0%}"), Text($"{nearest.RawPixels:0.0%}")]);
        }

        foreach (var note in summary.Notes)
        {
            Line(note);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Any writer as a wide, dumb terminal: nothing is cut or wrapped.</summary>
    private sealed class PlainOutput(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => 160;

        public int Height => 50;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
