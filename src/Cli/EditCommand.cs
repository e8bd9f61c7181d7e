using System.CommandLine;
using System.Globalization;
using Mage.Cli.Options;
using Mage.Config;
using Mage.Generation;
using Mage.Images;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl edit</c>.</summary>
internal sealed class EditCommand
{
    private const int MaxCount = 1000;

    private readonly Argument<string> picture = new("picture") { Description = "The picture to edit", HelpName = "PICTURE" };
    private readonly Option<string?> run = new("--run") { Description = $"A run folder {RunArgument.Default}", HelpName = "RUN" };
    private readonly Option<string?> mask = new("--mask")
    {
        Description = "Make anew what is light in this picture: inpainting, and removing things. It is laid over the picture, whatever its size",
        HelpName = "FILE",
    };
    private readonly Option<string?> box = new("--box") { Description = "Make a rectangle anew, in pixels", HelpName = "LEFT,TOP,WIDTH,HEIGHT" };
    private readonly Option<string?> extend = new("--extend")
    {
        Description = "Go on with the picture beyond its edges, by so many pixels: outpainting", HelpName = "LEFT,TOP,RIGHT,BOTTOM",
    };
    private readonly Option<double?> uncrop = new("--uncrop")
    {
        Description = "Show more around the picture, which takes this share of the new one's sides", HelpName = "SHARE",
    };
    private readonly Option<double?> keep = new("--keep")
    {
        Description = "Keep this share of the tokens, drawn at random, and make the others anew", HelpName = "SHARE",
    };
    private readonly Option<string?> label = ClassOption.Create("");
    private readonly Option<int> count = new("--count")
    {
        Description = "Results, each of another draw", HelpName = "N", DefaultValueFactory = _ => 1,
    };
    private readonly Option<string?> output = new("--out")
    {
        Description = "The picture to write; with --count, -1, -2, … come before its ending [default: the picture's name with -edited]",
        HelpName = "FILE",
    };
    private readonly Option<int?> seed = new("--seed") { Description = "Seed of the draws [default: the run's]", HelpName = "N" };
    private readonly SamplingOptions sampling = new();
    private readonly Option<string?> weights = WeightsOption.Create();
    private readonly Option<string?> device = DeviceOption.Create();
    private readonly Option<string?> precision = DeviceOption.CreatePrecision();

    private EditCommand()
    {
    }

    private IReadOnlyList<Option> Ways => [mask, box, extend, uncrop, keep];

    /// <summary>The command.</summary>
    /// <param name="parts">What loads the models.</param>
    public static Command Create(IRunParts parts)
    {
        var self = new EditCommand();
        var command = new Command("edit") { self.picture };
        foreach (var option in (Option[])
            [self.run, .. self.Ways, self.label, self.count, self.output, self.seed, .. self.sampling.All, self.weights, self.device, self.precision])
        {
            command.Add(option);
        }

        command.SetAction(parse => self.Run(parse, parts));
        return command;
    }

    private int Run(ParseResult parse, IRunParts parts)
    {
        if (Ways.Count(way => parse.GetResult(way) is not null) != 1)
        {
            throw new UserErrorException($"say what to make anew, by one of {string.Join(", ", Ways.Select(way => way.Name))}");
        }

        DeviceOption.Apply(parse, device, precision);
        var chosen = WeightsOption.Read(parse, weights);
        var (folder, config) = RunArgument.Open(parse, parse.GetValue(run));
        sampling.Apply(parse, config);
        sampling.CheckClass(parse, isGiven: parse.GetValue(label) is not null);
        var first = parse.GetValue(seed) ?? config.Seed;
        var request = Request(parse, config, new Seed(first).For(-1));
        var ofClass = parse.GetValue(label) is { } word ? ClassOption.Find(folder, config, word) : -1;
        var files = Files(parse);
        using var models = parts.Load(config, folder, chosen);
        var results = new PictureEditor(config, models).Fill(request, files.Length, config.Sampling, first, ofClass);
        foreach (var (file, result) in files.Zip(results))
        {
            ImageWriter.Write(file, result);
            parse.InvocationConfiguration.Output.WriteLine(file);
        }

        return 0;
    }

    private EditRequest Request(ParseResult parse, RunConfig config, Seed drawn)
    {
        var image = ImageReader.Read(parse.GetValue(picture)!);
        return parse.GetValue(mask) is { } file ? EditRequest.WithMask(image, ImageReader.Read(file))
            : parse.GetValue(box) is { } rectangle ? Four(box, rectangle) switch { var (a, b, c, d) => EditRequest.WithBox(image, a, b, c, d) }
            : parse.GetValue(extend) is { } edges ? Four(extend, edges) switch { var (a, b, c, d) => EditRequest.Extended(image, a, b, c, d) }
            : parse.GetValue(uncrop) is { } share ? EditRequest.Uncropped(image, share)
            : EditRequest.Kept(image, parse.GetValue(keep)!.Value, config.Grid, drawn);
    }

    private static (int, int, int, int) Four(Option option, string text)
    {
        var numbers = text.Split(',')
            .Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : (int?)null).ToArray();
        return numbers is [{ } a, { } b, { } c, { } d]
            ? (a, b, c, d)
            : throw new UserErrorException($"{option.Name} is '{text}'; it should be four whole numbers, {option.HelpName}, as 8,8,16,16");
    }

    private string[] Files(ParseResult parse)
    {
        var (results, source) = (parse.GetValue(count), parse.GetValue(picture)!);
        if (results is < 1 or > MaxCount)
        {
            throw new UserErrorException($"--count is {results}; it should be between 1 and {MaxCount}");
        }

        var file = parse.GetValue(output) ?? Path.ChangeExtension(source, null) + "-edited.png";
        string[] files = results == 1
            ? [file]
            : [.. Enumerable.Range(1, results).Select(i => $"{Path.ChangeExtension(file, null)}-{i}{Path.GetExtension(file)}")];
        foreach (var one in files)
        {
            ImageWriter.CheckPlace(one);
        }

        return files;
    }
}
