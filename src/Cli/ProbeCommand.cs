using System.CommandLine;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl probe</c>.</summary>
internal static class ProbeCommand
{
    /// <summary>The command.</summary>
    /// <param name="parts">What loads the models.</param>
    public static Command Create(IRunParts parts)
    {
        var run = RunArgument.Create();
        var data = DataOption.CreateForRun();
        var weights = WeightsOption.Create();
        var device = DeviceOption.Create();
        var precision = DeviceOption.CreatePrecision();
        var command = new Command("probe")
        {
            run, data, weights, device, precision,
        };
        command.SetAction(parse =>
        {
            DeviceOption.Apply(parse, device, precision);
            var chosen = WeightsOption.Read(parse, weights);
            var from = RunArgument.Open(parse, parse.GetValue(run));
            var console = new CommandConsole(parse.InvocationConfiguration.Output);
            var images = RunImages.Load(parse, data, from, console);
            using var models = parts.Load(from.Config, from.Folder, chosen);
            console.Summary(RunEvaluation.Measure(from.Config, images, models));
            return 0;
        });
        return command;
    }
}
