using System.CommandLine;
using Mage.Cli.Options;
using Mage.Config;
using Mage.Generation;
using Mage.Images;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl generate</c>.</summary>
internal sealed class GenerateCommand
{
    private const int MaxCount = 10_000;

    // A film of more would be too large to look at.
    private const int MaxFilmed = 64;

    private static readonly TimeSpan StepShown = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan ResultShown = TimeSpan.FromSeconds(2);

    private readonly Argument<string?> run = RunArgument.Create();
    private readonly Option<int?> count = new("--count") { Description = "Images; with --class all, of each class [default: 64; 8]", HelpName = "N" };
    private readonly Option<string?> output = new("--out")
    {
        Description = "The picture to write, .png, .jpg or .webp, of all images, eight in a row [default: generated.png in the run folder]",
        HelpName = "FILE",
    };
    private readonly Option<string?> files = new("--files")
    {
        Description = "Write each image into this folder as well, as 00000.png, …", HelpName = "FOLDER",
    };
    private readonly Option<string?> weights = WeightsOption.Create();
    private readonly Option<string?> film = new("--record")
    {
        Description = $"Write the steps as an animated .webp as well, of the first {MaxFilmed} images", HelpName = "FILE",
    };
    private readonly Option<string?> label = ClassOption.Create(
        "; all for images of each, any for drawn ones, none [default: any if there are classes]");
    private readonly Option<int?> seed = new("--seed") { Description = "Seed of the draws [default: the run's]", HelpName = "N" };
    private readonly SamplingOptions sampling = new();
    private readonly Option<string?> device = DeviceOption.Create();
    private readonly Option<string?> precision = DeviceOption.CreatePrecision();

    private GenerateCommand()
    {
    }

    /// <summary>The command.</summary>
    /// <param name="parts">What loads the models.</param>
    public static Command Create(IRunParts parts)
    {
        var self = new GenerateCommand();
        var command = new Command("generate") { self.run };
        foreach (var option in (Option[])
        [
            self.count, self.output, self.files, self.film, self.label, self.seed, .. self.sampling.All, self.weights, self.device, self.precision,
        ])
        {
            command.Add(option);
        }

        command.SetAction(parse => self.Run(parse, parts));
        return command;
    }

    private int Run(ParseResult parse, IRunParts parts)
    {
        DeviceOption.Apply(parse, device, precision);
        var chosen = WeightsOption.Read(parse, weights);
        var from = RunArgument.Open(parse, parse.GetValue(run));
        var (folder, config) = from;
        sampling.Apply(parse, config);
        var classes = Classes(parse, folder, config);
        sampling.CheckClass(parse, isGiven: !classes.Contains(-1));
        var path = parse.GetValue(output) ?? from.Place("generated.png");
        CheckPlaces(parse, path);
        using var models = parts.Load(config, folder, chosen);
        var recorded = parse.GetValue(film) is null
            ? null
            : new DecodingFilm(config, models, Math.Min(classes.Length, MaxFilmed), config.Sampling.Iterations);
        var images = new ImageGenerator(config, models).Generate(
            classes.Length, config.Sampling, parse.GetValue(seed) ?? config.Seed, classes, recorded is null ? null : recorded.Record);
        ImageWriter.Write(path, RunPictures.Grid(config, images));
        parse.InvocationConfiguration.Output.WriteLine(path);
        if (recorded is not null)
        {
            WriteFilm(config, recorded, parse.GetValue(film)!);
            parse.InvocationConfiguration.Output.WriteLine(parse.GetValue(film));
        }

        if (parse.GetValue(files) is { } place)
        {
            WriteFiles(config, images, place);
            parse.InvocationConfiguration.Output.WriteLine(place);
        }

        return 0;
    }

    /// <summary>Refuses places where nothing can be written, before work is done for them.</summary>
    private void CheckPlaces(ParseResult parse, string path)
    {
        ImageWriter.CheckPlace(path);
        if (parse.GetValue(film) is { } filmed)
        {
            AnimatedImage.CheckPlace(filmed);
            if (Path.GetFullPath(filmed) == Path.GetFullPath(path))
            {
                throw new UserErrorException($"--record and --out both name '{path}'; give one of them another name");
            }
        }

        if (parse.GetValue(files) is { } place && File.Exists(place))
        {
            throw new UserErrorException($"--files names '{place}', which is a file; it should be a folder, which is made if it is missing");
        }
    }

    /// <summary>A frame a step; the last one stays for a while.</summary>
    private static void WriteFilm(RunConfig config, DecodingFilm recorded, string path)
    {
        var frames = recorded.Frames().Select(frame => new AnimationFrame(RunPictures.Grid(config, frame), StepShown)).ToArray();
        frames[^1] = frames[^1] with { Delay = ResultShown };
        AnimatedImage.Write(path, frames);
    }

    private static void WriteFiles(RunConfig config, float[] images, string place)
    {
        var (channels, size) = (config.Data.Channels, config.Data.ImageSize);
        var values = channels * size * size;
        Directory.CreateDirectory(place);
        for (var i = 0; i < images.Length / values; i++)
        {
            ImageWriter.Write(Path.Combine(place, $"{i:00000}.png"), Pixels.ToPicture(images.AsSpan(i * values, values), channels, size, size));
        }
    }

    /// <summary>The class of each image, -1 for none.</summary>
    private int[] Classes(ParseResult parse, RunFolder folder, RunConfig config)
    {
        var word = parse.GetValue(label) ?? (config.Mage.ClassConditional ? "any" : "none");
        var names = word is "all" or "any" ? ClassOption.Names(folder, config) : [];
        var most = word == "all" ? MaxCount / names.Length : MaxCount;
        var images = parse.GetValue(count) ?? (word == "all" ? 8 : 64);
        var drawn = new Seed(parse.GetValue(seed) ?? config.Seed).For(-1);
        return images < 1 || images > most ? throw new UserErrorException($"--count is {images}; it should be between 1 and {most}") : word switch
        {
            "none" => [.. Enumerable.Repeat(-1, images)],
            "all" => [.. Enumerable.Range(0, images * names.Length).Select(i => i / images)],
            "any" => [.. Enumerable.Range(0, images).Select(i => drawn.Integer(i, names.Length))],
            _ => [.. Enumerable.Repeat(ClassOption.Find(folder, config, word), images)],
        };
    }
}
