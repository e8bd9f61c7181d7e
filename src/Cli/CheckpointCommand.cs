using System.CommandLine;
using System.Globalization;
using Mage.Checkpoints;
using Mage.Cli.Output;
using MageDsl;

namespace Mage.Cli;

/// <summary><c>mage-dsl checkpoint</c>: files of weights, whoever wrote them.</summary>
internal static class CheckpointCommand
{
    /// <summary>Exit code of <c>diff</c> for files that are not the same.</summary>
    public const int Different = 1;

    /// <summary>The command.</summary>
    public static Command Create() => new("checkpoint") { Show(), Convert(), Diff() };

    private static Command Show()
    {
        var file = File("FILE");
        var values = new Option<bool>("--values") { Description = "Read every number, and show the smallest, the mean and the largest" };
        var command = new Command("show", "What is in a file of weights: models, keys, shapes.") { file, values };
        command.SetAction(parse =>
        {
            var report = CheckpointReport.Read(parse.GetValue(file)!, parse.GetValue(values));
            var console = new CommandConsole(parse.InvocationConfiguration.Output);
            console.Line($"{parse.GetValue(file)}: {report.Format}");
            console.Table(
                "Models",
                [
                    ["model", "keys", "parameters"],
                    .. report.Parts.Select(part => (string[])[part.Name, Text($"{part.Keys}"), Text($"{part.Parameters:N0}")]),
                ]);
            var ranges = parse.GetValue(values);
            string[] headings = ["key", "type", "shape", .. ranges ? (string[])["min", "mean", "max"] : []];
            console.Table($"{report.Rows.Count} tensors", [headings, .. report.Rows.Select(row => Cells(row, ranges))]);
            foreach (var (key, what) in report.Others)
            {
                console.Line($"not loaded: {key} = {what}");
            }

            return 0;
        });
        return command;
    }

    private static Command Convert()
    {
        var file = File("FILE");
        var output = File("OUT");
        output.Description = "The file to write, which ends in .safetensors";
        var part = Part();
        var single = new Option<bool>("--float32") { Description = "Write 64-bit numbers with 32 bits as well; 16-bit ones always become that" };
        var command = new Command("convert", "Write the weights of a file as safetensors, under their official keys.")
        {
            file, output, part, single,
        };
        command.SetAction(parse =>
        {
            var to = parse.GetValue(output)!;
            var count = CheckpointConverter.Convert(parse.GetValue(file)!, to, parse.GetValue(part), parse.GetValue(single));
            parse.InvocationConfiguration.Output.WriteLine($"{to}: {count} tensors");
            return 0;
        });
        return command;
    }

    private static Command Diff()
    {
        var first = File("A");
        var second = File("B");
        var part = Part();
        var command = new Command("diff", "Compare the weights of two files; the exit code is 0 if they are the same, 1 if not.")
        {
            first, second, part,
        };
        command.SetAction(parse =>
        {
            var difference = CheckpointDifference.Between(parse.GetValue(first)!, parse.GetValue(second)!, parse.GetValue(part));
            var console = new CommandConsole(parse.InvocationConfiguration.Output);
            if (difference.Keys.Count > 0)
            {
                console.Table("What differs", [["key", "how"], .. difference.Keys.Select(one => (string[])[one.Key, one.What])]);
            }

            console.Line($"{difference.Same} keys are the same in both, {difference.Keys.Count} are not");
            return difference.Keys.Count == 0 ? 0 : Different;
        });
        return command;
    }

    private static Argument<string?> File(string name) => new(name)
    {
        Description = "A file of weights: .safetensors, .pth or .ckpt, told apart by the content", HelpName = name,
    };

    private static Option<string?> Part() => new("--part")
    {
        Description = "Of a file with several models only this: tokenizer, mage, discriminator", HelpName = "NAME",
    };

    private static string[] Cells(CheckpointRow row, bool values)
    {
        string[] cells = [row.Key, row.Type, Tensor.ShapeText([.. row.Shape])];
        return !values ? cells
            : row.Values is var (least, mean, most) ? [.. cells, Text($"{least:G6}"), Text($"{mean:G6}"), Text($"{most:G6}")]
            : [.. cells, "", "", ""];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
