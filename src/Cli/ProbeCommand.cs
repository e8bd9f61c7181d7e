using System.CommandLine;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Data;
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
            var (folder, config) = RunArgument.Open(parse, parse.GetValue(run));
            var console = new CommandConsole(parse.InvocationConfiguration.Output);
            config.Data.Path = parse.GetValue(data) ?? config.Data.Path;
            var images = ImageSet.Load(config.Data);
            console.Images(images);
            if (parse.GetValue(data) is null && Fingerprints.ChangeOfImages(folder, images) is { } change)
            {
                console.Line($"note: {change}; what is held out now may have been trained on");
            }

            using var models = parts.Load(config, folder, chosen);
            console.Summary(RunEvaluation.Measure(config, images, models));
            return 0;
        });
        return command;
    }
}
