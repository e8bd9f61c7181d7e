using System.CommandLine;
using System.Globalization;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Config;
using Mage.Data;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl train</c>.</summary>
internal sealed class TrainCommand
{
    private readonly TrainSettings settings = new();
    private readonly Option<string?> output = new("--out")
    {
        Description = "The run folder, new or empty [default: runs/ and the time]", HelpName = "FOLDER",
    };
    private readonly Option<string?> resume = new("--resume")
    {
        Description = "Go on with a run that was stopped or killed, with its own settings and the same images", HelpName = "FOLDER",
    };
    private readonly Option<string?> device = DeviceOption.Create();
    private readonly Option<string?> precision = DeviceOption.CreatePrecision();

    private TrainCommand()
    {
    }

    /// <summary>The command.</summary>
    /// <param name="parts">What makes the models.</param>
    public static Command Create(IRunParts parts)
    {
        var self = new TrainCommand();
        var command = new Command("train") { self.settings.What };
        foreach (var option in self.Options())
        {
            command.Add(option);
        }

        command.SetAction(parse => self.Run(parse, parts));
        return command;
    }

    private IEnumerable<Option> Options() => [output, resume, .. settings.All, device, precision];

    private int Run(ParseResult parse, IRunParts parts)
    {
        DeviceOption.Apply(parse, device, precision);
        var console = new CommandConsole(parse.InvocationConfiguration.Output);
        var (config, images, folder, held) = parse.GetValue(resume) is { } path ? Reopen(parse, path) : Begin(parse, parts);
        using (held)
        {
            console.Images(images);
            console.Line($"run folder {folder.Path}");
            using var stop = new StopSignal();
            try
            {
                var summary = new TrainingRun(config, folder, images, parts, console.Progress()).Execute(stop.Token);
                console.Summary(summary);
                return 0;
            }
            catch (OperationCanceledException e)
            {
                var what = e.Message.StartsWith("stopped", StringComparison.Ordinal) ? e.Message : "stopped";
                throw new OperationCanceledException($"{what}; go on with: mage-dsl train --resume {folder.Path}", e);
            }
        }
    }

    /// <summary>All that is read is read before the folder is made, so that what is wrong leaves nothing behind.</summary>
    private (RunConfig, ImageSet, RunFolder, RunLock) Begin(ParseResult parse, IRunParts parts)
    {
        var (config, weights) = settings.Read(parse);
        using var tokenizer = weights is null ? null : parts.ReadTokenizer(config, weights);
        var images = ImageSet.Load(config.Data);
        RunInputs.Check(config, images, tokenizer);
        var folder = RunFolder.Create(
            parse.GetValue(output) ?? Path.Combine("runs", DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)));
        return Holding(folder, () =>
        {
            // Another may have begun here in the meantime, and ended.
            folder.RequireEmpty();
            tokenizer?.Save(folder.Weights("tokenizer"));
            RunConfigJson.Write(folder.Config, config);
            ClassNames.Write(folder, images.ClassNames);
            Fingerprints.Of(folder, config, images).Write(folder);
            return (config, images);
        });
    }

    private (RunConfig, ImageSet, RunFolder, RunLock) Reopen(ParseResult parse, string path)
    {
        if (parse.GetValue(settings.What) is { } word)
        {
            throw new UserErrorException($"--resume goes on with what the run trains, so '{word}' cannot be given with it");
        }

        Option[] free = [resume, device, precision];
        if (Options().Except(free).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } other)
        {
            throw new UserErrorException($"--resume goes on with the run's own settings, so {other.Name} cannot be given with it");
        }

        var folder = RunFolder.Open(path);
        return Holding(folder, () =>
        {
            var config = Fingerprints.ReadConfig(folder);
            var images = ImageSet.Load(config.Data);
            var now = Fingerprints.Of(folder, config, images);
            if (now.ChangeSince(folder, config, images) is { } change)
            {
                throw new UserErrorException($"{change}; put back what there was, or delete '{folder.Fingerprints}' to go on with it as it is");
            }

            ClassNames.Write(folder, images.ClassNames);
            now.Write(folder);
            return (config, images);
        });
    }

    /// <summary>Takes the folder, and gives it back if what it is taken for fails.</summary>
    private static (RunConfig, ImageSet, RunFolder, RunLock) Holding(RunFolder folder, Func<(RunConfig, ImageSet)> prepare)
    {
        var held = RunLock.Take(folder);
        try
        {
            var (config, images) = prepare();
            return (config, images, folder, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
