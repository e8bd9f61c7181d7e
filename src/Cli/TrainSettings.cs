using System.CommandLine;
using Mage.Cli.Options;
using Mage.Config;
using Mage.Training;

namespace Mage.Cli;

/// <summary>What <c>mage-dsl train</c> is told of a new run: the options, and the settings that they come to.</summary>
internal sealed class TrainSettings
{
    private const string Channels = "data.channels";
    private const string ImageSize = "data.imageSize";

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
    private readonly Option<string[]> set = new("--set")
    {
        Description = "Any other setting, named as in config.json; may be repeated", HelpName = "KEY=VALUE", Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>What is trained.</summary>
    public Argument<string?> What { get; } = new("what")
    {
        Description = "all: a tokenizer, then MAGE on its tokens; tokenizer: that alone; mage: MAGE on the tokens of --tokenizer; "
            + "classifier: what evaluate judges images by [default: all]",
        Arity = ArgumentArity.ZeroOrOne, HelpName = "WHAT",
    };

    /// <summary>The options.</summary>
    public IEnumerable<Option> All =>
        [preset, config, tokenizer, data, seed, imageSize, channels, tokenizerSteps, mageSteps, tokenizerBatch, mageBatch, set];

    /// <summary>The settings, checked, and the file of the tokenizer that is to be taken; null if one is to be trained, or none.</summary>
    /// <exception cref="UserErrorException">The line says something impossible, or what it names cannot be read.</exception>
    public (RunConfig Settings, string? Tokenizer) Read(ParseResult parse)
    {
        var settings = Asked(parse);
        var (word, path) = (parse.GetValue(What) ?? "all", parse.GetValue(tokenizer));
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

        if (path is null && settings.Data.Tokens is not null && settings.Train == TrainedParts.All)
        {
            throw new UserErrorException("data.tokens needs the tokenizer that made them, not a new one; name its run with --tokenizer");
        }

        var taken = path is null ? null : Taken(parse, path, settings);
        RunConfigRules.Check(settings);
        return (settings, taken);
    }

    /// <summary>The file of the tokenizer to take. If a run is named, the tokenizer's settings become those of the new run.</summary>
    private string Taken(ParseResult parse, string path, RunConfig settings)
    {
        if (((Option[])[tokenizerSteps, tokenizerBatch]).FirstOrDefault(option => parse.GetResult(option) is not null) is { } ofTraining)
        {
            throw new UserErrorException($"--tokenizer takes one that is trained already, so {ofTraining.Name} is not for it");
        }

        if (File.Exists(path))
        {
            return path;
        }

        var source = RunFolder.Open(path);
        TakeSettings(parse, path, Fingerprints.ReadConfig(source), settings);
        var weights = source.Weights("tokenizer");
        return File.Exists(weights)
            ? weights
            : throw new UserErrorException(
                $"the run '{path}' has no tokenizer yet ('{weights}' is missing); go on with: mage-dsl train --resume {path}");
    }

    /// <summary>
    /// Takes the tokenizer's settings, which the line must not contradict. The size of images may be another one, since a tokenizer is made of
    /// convolutions.
    /// </summary>
    private void TakeSettings(ParseResult parse, string path, RunConfig other, RunConfig settings)
    {
        var said = (parse.GetValue(set) ?? [])
            .Select(text => (Text: $"{set.Name} {text}", Key: text.Split('=')[0].Trim(), Assignment: text)).ToList();
        if (parse.GetValue(channels) is { } asked)
        {
            said.Add(($"{channels.Name} {asked}", Channels, $"{Channels}={asked}"));
        }

        settings.Tokenizer = other.Tokenizer;
        settings.Data.Channels = other.Data.Channels;
        if (parse.GetValue(imageSize) is null && said.All(one => one.Key != ImageSize))
        {
            settings.Data.ImageSize = other.Data.ImageSize;
        }

        var json = RunConfigJson.ToJson(settings);
        foreach (var (text, key, assignment) in said)
        {
            if ((key == Channels || key.StartsWith("tokenizer.", StringComparison.Ordinal))
                && RunConfigJson.ToJson(RunConfigJson.Set(settings, assignment)) != json)
            {
                throw new UserErrorException($"{text} contradicts the run '{path}', whose tokenizer is taken with its settings; leave it out");
            }
        }
    }

    /// <summary>The settings to start from, with what the line changes.</summary>
    private RunConfig Asked(ParseResult parse)
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
