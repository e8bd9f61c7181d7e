using System.CommandLine;
using Mage.Cli.Options;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl export</c>.</summary>
internal static class ExportCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var run = RunArgument.Create();
        var output = new Option<string?>("--out") { Description = "The folder, new or empty", HelpName = "FOLDER", Required = true };
        var weights = WeightsOption.Create();
        var command = new Command("export") { run, output, weights };
        command.SetAction(parse =>
        {
            var chosen = WeightsOption.Read(parse, weights);
            var folder = RunExport.Make(RunArgument.Open(parse, parse.GetValue(run), wanted: null).Folder, parse.GetValue(output)!, chosen);
            foreach (var file in new DirectoryInfo(folder.Path).GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                parse.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant($"{file}: {file.Length:N0} bytes"));
            }

            return 0;
        });
        return command;
    }
}
