using Mage.Config;
using MageDsl;

namespace Mage.Training;

/// <summary>The folder that a run leaves, and the names of the files in it.</summary>
public sealed class RunFolder
{
    /// <summary>The place in the repository of the run that comes with it.</summary>
    public static readonly string BundledPlace = System.IO.Path.Combine("data", "pretrained");

    /// <summary>The place in the repository of the classifier that comes with it.</summary>
    public static readonly string BundledClassifierPlace = System.IO.Path.Combine("data", "classifier");

    private const string ConfigFile = "config.json";
    private const string SamplesPrefix = "samples-";

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's configuration.</summary>
    public string Config => At(ConfigFile);

    /// <summary>A row for every few steps.</summary>
    public string Metrics => At("metrics.csv");

    /// <summary>The curves of both stages.</summary>
    public string LossCurve => At("loss.png");

    /// <summary>Held-out images above their reconstructions.</summary>
    public string Reconstructions => At("reconstructions.png");

    /// <summary>Generated images.</summary>
    public string Samples => At("samples.png");

    /// <summary>Held-out images, the same with tokens masked, and completed.</summary>
    public string Inpainting => At("inpainting.png");

    /// <summary>The closing numbers.</summary>
    public string Summary => At("summary.json");

    /// <summary>What settings and images were when the run began.</summary>
    public string Fingerprints => At("fingerprints.json");

    /// <summary>The names of the classes of its images, a line each.</summary>
    public string Classes => At("classes.txt");

    /// <summary>The file that the process which has the folder keeps locked; empty.</summary>
    public string Lock => At(".lock");

    /// <summary>Who has the folder.</summary>
    public string Holder => At(".lock-holder");

    /// <summary>A line for every epoch of MAGE, as the official code writes it.</summary>
    public string EpochLog => At("log.txt");

    /// <summary>Images that MAGE made after a step.</summary>
    public string SamplesAt(int step) => At(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{SamplesPrefix}{step:000000}.png"));

    /// <summary>The folder of a stage's events, which TensorBoard shows.</summary>
    public string Events(string stage) => At(stage);

    /// <summary>Weights of a finished stage.</summary>
    public string Weights(string stage) => At($"{stage}.safetensors");

    /// <summary>The moving average of MAGE's weights, if the run keeps one.</summary>
    public string AveragedWeights => At("mage-ema.safetensors");

    /// <summary>What an unfinished stage goes on from.</summary>
    public string Checkpoint(string stage) => At($"{stage}.checkpoint.safetensors");

    /// <summary>Makes a new run folder.</summary>
    /// <exception cref="UserErrorException">It exists and is not empty, or cannot be made; nothing in it is touched.</exception>
    public static RunFolder Create(string path)
    {
        var folder = new RunFolder(path);
        try
        {
            folder.RequireEmpty();
            Directory.CreateDirectory(path);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot make the run folder '{path}': {e.Message}", e);
        }
    }

    /// <summary>Makes sure that there is nothing in the folder; locks, and what was never finished, are nothing.</summary>
    /// <exception cref="UserErrorException">There is something.</exception>
    public void RequireEmpty()
    {
        if (File.Exists(Path))
        {
            throw new UserErrorException($"the run folder '{Path}' is a file; name another with --out");
        }

        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any(path => !IsNothing(path)))
        {
            var goOn = File.Exists(Config) ? $"go on with it by --resume {Path}, or " : "";
            throw new UserErrorException($"the run folder '{Path}' exists and is not empty; {goOn}name another with --out");
        }
    }

    /// <summary>A run folder that exists.</summary>
    /// <exception cref="UserErrorException">There is none, or it has no config.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(path);
        return File.Exists(folder.Config)
            ? folder
            : throw new UserErrorException(
                Directory.Exists(path) ? $"'{path}' is no run folder: it has no config.json"
                : File.Exists(path) ? $"'{path}' is a file; name the run folder that it is in"
                : $"the run folder '{path}' does not exist");
    }

    /// <summary>The newest run below a folder, by the time its config was written, but for classifiers; null if there is none.</summary>
    public static RunFolder? Newest(string runs) => (Directory.Exists(runs) ? Directory.GetDirectories(runs) : [])
        .Select(path => new RunFolder(path))
        .Where(folder => File.Exists(folder.Config))
        .OrderByDescending(folder => File.GetLastWriteTimeUtc(folder.Config))
        .ThenByDescending(folder => folder.Path, StringComparer.Ordinal)
        .FirstOrDefault(folder => !folder.IsOfClassifier());

    /// <summary>A run that comes with the repository; null if it is not here.</summary>
    /// <param name="place">Its place there.</param>
    public static RunFolder? FindBundled(string place)
        => Bundled.Find(System.IO.Path.Combine(place, ConfigFile)) is { } config ? new RunFolder(System.IO.Path.GetDirectoryName(config)!) : null;

    /// <summary>The file with the weights of MAGE that a finished run is used with.</summary>
    /// <param name="weights">Which; null for the average if the run has it.</param>
    /// <exception cref="UserErrorException">The average is asked for, and there is none.</exception>
    public string MageWeights(TrainedWeights? weights)
    {
        var averaged = File.Exists(AveragedWeights);
        return weights == TrainedWeights.Ema && !averaged
            ? throw new UserErrorException(
                $"the run '{Path}' has no average of its weights: '{AveragedWeights}' is missing; " +
                "a run keeps one with mage.training.emaDecay above 0")
            : averaged && weights != TrainedWeights.Last ? AveragedWeights
            : Weights("mage");
    }

    /// <summary>Makes sure that what is wanted of it has been trained to its end.</summary>
    /// <exception cref="UserErrorException">Something has not; the line says how far it is, and how to go on.</exception>
    public void RequireFinished(TrainedParts wanted)
    {
        if (StageRunner.Of(wanted).FirstOrDefault(stage => !File.Exists(Weights(stage))) is not { } missing)
        {
            return;
        }

        var trained = RunConfigJson.Read(Config).Train;
        if (!StageRunner.Of(trained).Contains(missing))
        {
            throw new UserErrorException(
                missing == "classifier" ? $"the run '{Path}' has no classifier; train one with: mage-dsl train classifier"
                : trained == TrainedParts.Classifier ? $"the run '{Path}' has a classifier alone, for: mage-dsl evaluate --classifier {Path}"
                : $"the run '{Path}' has a tokenizer alone; train MAGE on it with: mage-dsl train mage --tokenizer {Path}");
        }

        var last = MetricsLog.Read(Metrics).Where(row => row.Stage == missing).Select(row => row.Step).LastOrDefault();
        var how = RunLock.Holder(this) is { } holder ? $"{holder} is training it" : $"go on with: mage-dsl train --resume {Path}";
        throw new UserErrorException($"the run '{Path}' is not finished ({missing} is at step {last}, '{Weights(missing)}' is missing); {how}");
    }

    /// <summary>Deletes what a process that was killed had begun to write. Only who has the folder may: another may still be writing.</summary>
    internal void RemoveUnfinished()
    {
        foreach (var path in Directory.EnumerateFiles(Path).Where(IsUnfinished))
        {
            File.Delete(path);
        }
    }

    private bool IsOfClassifier()
    {
        try
        {
            return RunConfigJson.Read(Config).Train == TrainedParts.Classifier;
        }
        catch (UserErrorException)
        {
            // Whoever opens it says what is wrong.
            return false;
        }
    }

    private bool IsNothing(string path) => IsOneOf(System.IO.Path.GetFileName(path), Lock, Holder) || IsUnfinished(path);

    /// <summary>Only files that the run itself writes: whoever generates images into a folder does not need to have it.</summary>
    private bool IsUnfinished(string path) => WholeFile.Unfinished(System.IO.Path.GetFileName(path)) is { } file && (IsOneOf(
        file,
        [Config, Metrics, LossCurve, Reconstructions, Samples, Inpainting, Summary, Fingerprints, Classes, Holder, AveragedWeights, EpochLog,
            .. StageRunner.Stages.Select(Weights), .. StageRunner.Stages.Select(Checkpoint)])
        || file.StartsWith(SamplesPrefix, StringComparison.Ordinal));

    private static bool IsOneOf(string file, params string[] paths) => paths.Any(path => System.IO.Path.GetFileName(path) == file);

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
