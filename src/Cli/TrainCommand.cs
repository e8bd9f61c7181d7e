using System.CommandLine;
using System.Globalization;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Config;
using Mage.Data;
using Mage.Model;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl train</c>.</summary>
internal sealed class TrainCommand
{
    private readonly Argument<string?> what = new("what")
    {
        Description = "all: a tokenizer, then MAGE on its tokens; tokenizer: that alone; mage: MAGE on the tokens of --tokenizer; "
            + "classifier: what evaluate judges images by [default: all]",
        Arity = ArgumentArity.ZeroOrOne, HelpName = "WHAT",
    };
    private readonly Option<string?> preset = new("--preset")
    {
        Description = "Settings to start from: "
            + string.Join("; ", Presets.Names.Select(name => $"{name} ({Presets.Describe(name)})")) + " [default: default]",
        HelpName = "NAME",
    };

    private readonly Option<string?> config = new("--config") { Description = "Settings to start from: the config.json of a run", HelpName = "FILE" };
    private readonly Option<string?> tokenizer = new("--tokenizer")
    {
        Description = "Take the tokenizer of another run, with its settings, or a file with weights of this run's sizes, instead of training one",
        HelpName = "PATH",
    };
    private readonly Option<string?> data = DataOption.Create();
    private readonly Option<string?> output = new("--out")
    {
        Description = "The run folder, new or empty [default: runs/ and the time]", HelpName = "FOLDER",
    };
    private readonly Option<string?> resume = new("--resume")
    {
        Description = "Go on with a run that was stopped or killed, with its own settings and the same images", HelpName = "FOLDER",
    };
    private readonly Option<int?> seed = new("--seed")
    {
        Description = "Seed of every random number; the same seed gives the same run, bit for bit", HelpName = "N",
    };
    private readonly Option<int?> imageSize = new("--image-size") { Description = "Height and width that images are resized to", HelpName = "N" };
    private readonly Option<int?> channels = new("--channels") { Description = "1 for grey, 3 for colour", HelpName = "N" };
    private readonly Option<int?> tokenizerSteps = new("--tokenizer-steps") { Description = "Optimizer steps of the tokenizer", HelpName = "N" };
    private readonly Option<int?> mageSteps = new("--mage-steps") { Description = "Optimizer steps of MAGE", HelpName = "N" };
    private readonly Option<int?> tokenizerBatch = new("--tokenizer-batch")
    {
        Description = "Images that pass through the tokenizer at once", HelpName = "N",
    };
    private readonly Option<int?> mageBatch = new("--mage-batch") { Description = "Images that pass through MAGE at once", HelpName = "N" };

    private readonly Option<string?> device = DeviceOption.Create();
    private readonly Option<string?> precision = DeviceOption.CreatePrecision();

    private readonly Option<string[]> set = new("--set")
    {
        Description = "Any other setting, named as in config.json; may be repeated", HelpName = "KEY=VALUE", Arity = ArgumentArity.OneOrMore,
    };

    private TrainCommand()
    {
    }

    /// <summary>The command.</summary>
    /// <param name="parts">What makes the models.</param>
    public static Command Create(IRunParts parts)
    {
        var self = new TrainCommand();
        var command = new Command("train") { self.what };
        foreach (var option in self.Options())
        {
            command.Add(option);
        }

        command.SetAction(parse => self.Run(parse, parts));
        return command;
    }

    private IEnumerable<Option> Options() =>
    [
        preset, config, tokenizer, data, output, resume, seed, imageSize, channels, tokenizerSteps, mageSteps, tokenizerBatch, mageBatch, device,
        precision, set,
    ];

    private int Run(ParseResult parse, IRunParts parts)
    {
        DeviceOption.Apply(parse, device, precision);
        var console = new CommandConsole(parse.InvocationConfiguration.Output);
        var (settings, images, folder, held) = parse.GetValue(resume) is { } path ? Reopen(parse, path) : Begin(parse, parts);
        using (held)
        {
            console.Images(images);
            console.Line($"run folder {folder.Path}");
            using var stop = new StopSignal();
            try
            {
                var summary = new TrainingRun(settings, folder, images, parts, console.Progress()).Execute(stop.Token);
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

    /// <summary>Images and tokens are read before the folder is made, so that wrong data leave nothing behind.</summary>
    private (RunConfig, ImageSet, RunFolder, RunLock) Begin(ParseResult parse, IRunParts parts)
    {
        var settings = Settings(parse);
        var taken = TakenTokenizer(parse, settings);
        RunConfigRules.Check(settings);
        if (settings.Data.Tokens is { } tokens)
        {
            TokenFile.Open(tokens).Dispose();
        }

        var images = ImageSet.Load(settings.Data);
        if (settings.Mage.ClassConditional && images.ClassNames.Count > Vocabulary.MaxClasses)
        {
            throw new UserErrorException(
                $"mage.classConditional needs at most {Vocabulary.MaxClasses} classes, and '{images.Source}' has {images.ClassNames.Count}; "
                + "without them: --set mage.classConditional=false --set sampling.guidance=0");
        }

        if (settings.Train == TrainedParts.Classifier && images.ClassNames.Count < 2)
        {
            throw new UserErrorException($"a classifier tells classes apart, and all images of '{images.Source}' are of one");
        }

        var folder = RunFolder.Create(
            parse.GetValue(output) ?? Path.Combine("runs", DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)));
        return Holding(folder, () =>
        {
            // Another may have begun here in the meantime, and ended.
            folder.RequireEmpty();
            if (taken is not null)
            {
                parts.TakeTokenizer(settings, taken, folder);
            }

            RunConfigJson.Write(folder.Config, settings);
            ClassNames.Write(folder, images.ClassNames);
            Fingerprints.Write(folder, images);
            return (settings, images);
        });
    }

    private (RunConfig, ImageSet, RunFolder, RunLock) Reopen(ParseResult parse, string path)
    {
        if (parse.GetValue(what) is { } word)
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
            var settings = Fingerprints.ReadConfig(folder);
            var images = ImageSet.Load(settings.Data);
            if (Fingerprints.ChangeOfImages(folder, images) is { } change)
            {
                throw new UserErrorException($"{change}; put them back, or delete '{folder.Fingerprints}' to go on with them as they are");
            }

            ClassNames.Write(folder, images.ClassNames);
            Fingerprints.Write(folder, images);
            return (settings, images);
        });
    }

    /// <summary>Takes the folder, and gives it back if what it is taken for fails.</summary>
    private static (RunConfig, ImageSet, RunFolder, RunLock) Holding(RunFolder folder, Func<(RunConfig, ImageSet)> prepare)
    {
        var held = RunLock.Take(folder);
        try
        {
            var (settings, images) = prepare();
            return (settings, images, folder, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The file of the tokenizer that is to be taken, whose settings become the run's; null if one is to be trained.</summary>
    private string? TakenTokenizer(ParseResult parse, RunConfig settings)
    {
        var (word, path) = (parse.GetValue(what) ?? "all", parse.GetValue(tokenizer));
        settings.Train = word switch
        {
            "all" or "mage" => TrainedParts.All,
            "tokenizer" => TrainedParts.Tokenizer,
            "classifier" => TrainedParts.Classifier,
            _ => throw new UserErrorException($"'{word}' is nothing that can be trained; there are all, tokenizer, mage, classifier"),
        };
        if (path is null ? word == "mage" : settings.Train != TrainedParts.All)
        {
            throw new UserErrorException(
                path is null ? "train mage needs --tokenizer, a run or a file" : $"train {word} takes no tokenizer, so --tokenizer is not for it");
        }

        if (path is null)
        {
            return settings.Data.Tokens is null || settings.Train != TrainedParts.All
                ? null
                : throw new UserErrorException("data.tokens needs the tokenizer that made them, not a new one; name its run with --tokenizer");
        }

        if (((Option[])[tokenizerSteps, tokenizerBatch]).FirstOrDefault(option => parse.GetResult(option) is not null) is { } ofTraining)
        {
            throw new UserErrorException($"--tokenizer takes one that is trained already, so {ofTraining.Name} is not for it");
        }

        if (File.Exists(path))
        {
            return path;
        }

        var source = RunFolder.Open(path);
        var other = Fingerprints.ReadConfig(source);
        if (parse.GetValue(channels) is { } asked && asked != other.Data.Channels)
        {
            throw new UserErrorException($"--channels is {asked}, and the tokenizer of '{path}' is one of {other.Data.Channels}");
        }

        settings.Tokenizer = other.Tokenizer;
        settings.Data.Channels = other.Data.Channels;
        settings.Data.ImageSize = parse.GetValue(imageSize) ?? other.Data.ImageSize;
        var weights = source.Weights("tokenizer");
        return File.Exists(weights)
            ? weights
            : throw new UserErrorException(
                $"the run '{path}' has no tokenizer yet ('{weights}' is missing); go on with: mage-dsl train --resume {path}");
    }

    private RunConfig Settings(ParseResult parse)
    {
        if (parse.GetValue(config) is not null && parse.GetValue(preset) is not null)
        {
            throw new UserErrorException("--config and --preset both say where to start from; give one of them");
        }

        var settings = parse.GetValue(config) is { } file ? RunConfigJson.Read(file) : Presets.Get(parse.GetValue(preset) ?? Presets.Names[0]);
        foreach (var assignment in parse.GetValue(set) ?? [])
        {
            settings = RunConfigJson.Set(settings, assignment);
        }

        // Absolute paths, so that the run can be resumed and probed from any folder.
        settings.Data.Path = Absolute(parse.GetValue(data) ?? settings.Data.Path);
        settings.Data.Tokens = Absolute(settings.Data.Tokens);
        var perceptual = settings.Tokenizer.Perceptual;
        (perceptual.File, perceptual.LinearFile) = (Absolute(perceptual.File), Absolute(perceptual.LinearFile));
        settings.Data.ImageSize = parse.GetValue(imageSize) ?? settings.Data.ImageSize;
        settings.Data.Channels = parse.GetValue(channels) ?? settings.Data.Channels;
        settings.Seed = parse.GetValue(seed) ?? settings.Seed;
        settings.Tokenizer.Training.Steps = parse.GetValue(tokenizerSteps) ?? settings.Tokenizer.Training.Steps;
        settings.Tokenizer.Training.Batch = parse.GetValue(tokenizerBatch) ?? settings.Tokenizer.Training.Batch;
        settings.Mage.Training.Steps = parse.GetValue(mageSteps) ?? settings.Mage.Training.Steps;
        settings.Mage.Training.Batch = parse.GetValue(mageBatch) ?? settings.Mage.Training.Batch;
        return settings;
    }

    private static string? Absolute(string? path) => string.IsNullOrEmpty(path) ? path : Path.GetFullPath(path);
}
