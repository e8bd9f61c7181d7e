using System.CommandLine;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Config;
using Mage.Data;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl tokenize</c>.</summary>
internal sealed class TokenizeCommand
{
    private const int MaxViews = 1000;

    private readonly Argument<string?> run = RunArgument.Create();
    private readonly Option<string?> data = DataOption.CreateForRun();
    private readonly Option<int> views = new("--views")
    {
        Description = "Views of each image, crops or mirrored, of which a step of training sees one", HelpName = "N", DefaultValueFactory = _ => 1,
    };
    private readonly Option<string?> crop = new("--crop")
    {
        Description = $"Which crops views are: {string.Join(", ", Words.Of<CropKind>())} [default: the run's]", HelpName = "NAME",
    };
    private readonly Option<bool?> flip = new("--flip") { Description = "Mirror half of the crops, or the second of two whole views" };
    private readonly Option<string?> output = new("--out")
    {
        Description = "The file to write [default: tokens.safetensors in the run folder]", HelpName = "FILE",
    };
    private readonly Option<string?> device = DeviceOption.Create();
    private readonly Option<string?> precision = DeviceOption.CreatePrecision();

    private TokenizeCommand()
    {
    }

    /// <summary>The command.</summary>
    /// <param name="parts">What loads the tokenizer.</param>
    public static Command Create(IRunParts parts)
    {
        var self = new TokenizeCommand();
        var command = new Command("tokenize")
        {
            self.run, self.data, self.views, self.crop, self.flip, self.output, self.device, self.precision,
        };
        command.SetAction(parse => self.Run(parse, parts));
        return command;
    }

    private int Run(ParseResult parse, IRunParts parts)
    {
        DeviceOption.Apply(parse, device, precision);
        var from = RunArgument.Open(parse, parse.GetValue(run), TrainedParts.Tokenizer);
        var (folder, config) = from;
        config.Data.Path = parse.GetValue(data) is { } other ? Path.GetFullPath(other) : config.Data.Path;
        config.Data.Flip = parse.GetValue(flip) ?? config.Data.Flip;
        config.Data.Crop = WordOption.Read<CropKind>(parse, crop) ?? config.Data.Crop;
        var count = parse.GetValue(views);
        if (count is < 1 or > MaxViews)
        {
            throw new UserErrorException($"--views is {count}; it should be between 1 and {MaxViews}");
        }

        if (parse.GetValue(flip) == true && count == 1 && config.Data.Crop == CropKind.None)
        {
            throw new UserErrorException("--flip mirrors crops, or the second of two views; one view of a whole image has neither (--views, --crop)");
        }

        var path = parse.GetValue(output) ?? from.Place("tokens.safetensors");
        AtomicFile.CheckPlace(path);
        var console = new CommandConsole(parse.InvocationConfiguration.Output);
        var images = ImageSet.Load(config.Data);
        console.Images(images);
        using var tokenizer = parts.LoadTokenizer(config, folder);
        using var stop = new StopSignal();
        Tokenization.Write(path, config, images, tokenizer, count, new RateNotes(console, "tokenized", images.Train.Count).Report, stop.Token);
        console.Line($"{path}: {images.Train.Count} images, {count} {(count == 1 ? "view" : "views")} of each");
        return 0;
    }
}
