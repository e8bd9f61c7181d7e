using System.CommandLine;
using System.Globalization;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Config;
using Mage.Data;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl evaluate</c>.</summary>
internal sealed class EvaluateCommand
{
    private const int MaxCount = 100_000;

    private readonly Argument<string?> run = RunArgument.Create();
    private readonly Option<string?> data = DataOption.CreateForRun();
    private readonly Option<string?> classifier = new("--classifier")
    {
        Description = $"The run of a classifier, which train classifier makes [default: {RunFolder.BundledClassifierPlace}, "
            + "which comes with the repository]",
        HelpName = "RUN",
    };
    private readonly Option<int> count = new("--count")
    {
        Description = "Images to generate in each way", HelpName = "N", DefaultValueFactory = _ => 2000,
    };
    private readonly ComparedOptions compared = new();
    private readonly SamplingOptions sampling = new();
    private readonly Option<int?> seed = new("--seed") { Description = "Seed of the draws [default: the run's]", HelpName = "N" };
    private readonly Option<string?> output = new("--out")
    {
        Description = "The file of scores, to which is added what it has not yet [default: evaluation.csv in the run folder]", HelpName = "FILE",
    };
    private readonly Option<string?> weights = WeightsOption.Create();
    private readonly Option<string?> device = DeviceOption.Create();
    private readonly Option<string?> precision = DeviceOption.CreatePrecision();

    private EvaluateCommand()
    {
    }

    /// <summary>The command.</summary>
    /// <param name="parts">What loads the models.</param>
    public static Command Create(IRunParts parts)
    {
        var self = new EvaluateCommand();
        var command = new Command("evaluate") { self.run };
        foreach (var option in (Option[])
        [
            self.data, self.classifier, self.count, .. self.compared.All, self.seed, self.output, .. self.sampling.Rest, self.weights, self.device,
            self.precision,
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
        var ways = compared.Ways(parse, config);
        var (judging, judge) = Classifier(parse, config);
        var path = parse.GetValue(output) ?? from.Place("evaluation.csv");
        AtomicFile.CheckPlace(path);
        var console = new CommandConsole(parse.InvocationConfiguration.Output);
        var images = RunImages.Load(parse, data, from, console);
        var sets = Sets(parse, config, images, ways);
        CheckClasses(judging, images);
        var scores = ScoreFile.Open(
            path, Fingerprints.Of(images, folder.Weights("tokenizer"), folder.MageWeights(chosen), judging.Weights("classifier")));
        if (sets.Any(set => scores.Find(set) is null))
        {
            using var models = parts.Load(config, folder, chosen);
            using var trained = parts.LoadClassifier(judge, judging);
            Measure(new ImageJudge(config, images, models, trained), sets, scores, console, path);
        }

        console.Table(
            FormattableString.Invariant(
                $"By {judge.Classifier.Features} features of the classifier, beside {images.HeldOut.Count} held-out images"),
            [["images", "count", "Fréchet distance", "class recognised"], .. sets.Select(set => Row(set, scores.Find(set)!))]);
        console.Line(path);
        return 0;
    }

    private static void Measure(ImageJudge judge, IReadOnlyList<JudgedImages> sets, ScoreFile scores, CommandConsole console, string path)
    {
        using var stop = new StopSignal();
        foreach (var set in sets.Where(set => scores.Find(set) is null))
        {
            var notes = new RateNotes(console, $"{Name(set)}:", set.Count);
            scores.Add(set, judge.Measure(set, Report));

            void Report(int done)
            {
                notes.Report(done);
                if (stop.Token.IsCancellationRequested)
                {
                    throw new OperationCanceledException($"stopped; what was measured is in '{path}', and the same command goes on with the rest");
                }
            }
        }
    }

    private IReadOnlyList<JudgedImages> Sets(ParseResult parse, RunConfig config, ImageSet images, IReadOnlyList<SamplingConfig> ways)
    {
        var (most, heldOut) = (parse.GetValue(count), images.HeldOut.Count);
        if (most is < 2 or > MaxCount)
        {
            throw new UserErrorException($"--count is {most}; it should be between 2 and {MaxCount}");
        }

        var first = parse.GetValue(seed) ?? config.Seed;
        return heldOut < 2
            ? throw new UserErrorException($"of '{images.Source}' {heldOut} images are held out, and distances need two to compare with")
            :
            [
                new JudgedImages(JudgedKind.HeldOut, heldOut),
                new JudgedImages(JudgedKind.Training, Math.Min(most, images.Train.Count)),
                new JudgedImages(JudgedKind.Reconstructed, Math.Min(most, heldOut)),
                .. ways.Select(way => new JudgedImages(JudgedKind.Generated, most, way, first)),
            ];
    }

    private (RunFolder Folder, RunConfig Config) Classifier(ParseResult parse, RunConfig ofRun)
    {
        var folder = parse.GetValue(classifier) is { } path ? RunFolder.Open(path)
            : RunFolder.FindBundled(RunFolder.BundledClassifierPlace)
                ?? throw new UserErrorException("which classifier? Train one with: mage-dsl train classifier; and name its run with --classifier");
        folder.RequireFinished(TrainedParts.Classifier);
        var (config, data) = (Fingerprints.ReadConfig(folder), ofRun.Data);
        return (config.Data.ImageSize, config.Data.Channels) == (data.ImageSize, data.Channels)
            ? (folder, config)
            : throw new UserErrorException(
                $"the classifier in '{folder.Path}' sees images of {config.Data.ImageSize} pixels a side and {config.Data.Channels} "
                + "channels, and those "
                + $"of the run have {data.ImageSize} and {data.Channels}; train another with: mage-dsl train classifier");
    }

    private static void CheckClasses(RunFolder classifier, ImageSet images)
    {
        if (ClassNames.Read(classifier).Length is var known && known != images.ClassNames.Count)
        {
            throw new UserErrorException(
                $"the classifier in '{classifier.Path}' tells {known} classes apart, and '{images.Source}' has {images.ClassNames.Count}; "
                + "train another with: mage-dsl train classifier");
        }
    }

    private static string[] Row(JudgedImages set, ImageScore score) =>
    [
        Name(set),
        set.Count.ToString(CultureInfo.InvariantCulture),
        score.Frechet is { } frechet ? Text($"{frechet:0.00}") : "",
        score.Recognised is { } recognised ? Text($"{recognised:0.0%}") : "",
    ];

    private static string Name(JudgedImages set) => set switch
    {
        { Kind: JudgedKind.HeldOut } => "held out",
        { Kind: JudgedKind.Training } => "trained on",
        { Kind: JudgedKind.Reconstructed } => "reconstructed, of those held out",
        { Sampling: { } way } => Text($"generated: {Words.Of(way.Order)}, {way.Iterations} steps, guidance {way.Guidance}"),
        _ => throw new ArgumentException($"{set} is nothing that is judged", nameof(set)),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
