using System.CommandLine;
using Mage.Config;
using Mage.Training;

namespace Mage.Cli.Options;

/// <summary>The run that a command works on: named, or the newest in <c>runs</c>, or else the one that comes with the repository.</summary>
internal static class RunArgument
{
    /// <summary>What is taken where none is named.</summary>
    public static readonly string Default = $"[default: the newest in runs, or else {RunFolder.BundledPlace}, which comes with the repository]";

    /// <summary>The argument.</summary>
    public static Argument<string?> Create() => new("run")
    {
        Description = $"A run folder {Default}", Arity = ArgumentArity.ZeroOrOne, HelpName = "RUN",
    };

    /// <summary>A finished run and its settings; says which one, if the line does not name it.</summary>
    /// <param name="parse">The line.</param>
    /// <param name="path">The run that it names, if it names one.</param>
    /// <param name="wanted">What of it must be trained; null for all that it trains.</param>
    /// <exception cref="UserErrorException">There is no such run, it is not finished, or its config cannot be read.</exception>
    public static ChosenRun Open(ParseResult parse, string? path, TrainedParts? wanted = TrainedParts.All)
    {
        var folder = Find(parse, path);
        var config = Fingerprints.ReadConfig(folder);
        folder.RequireFinished(wanted ?? config.Train);
        return new ChosenRun(folder, config);
    }

    private static RunFolder Find(ParseResult parse, string? path)
    {
        if (path is not null)
        {
            return RunFolder.Open(path);
        }

        var folder = RunFolder.Newest("runs") ?? RunFolder.FindBundled(RunFolder.BundledPlace)
            ?? throw new UserErrorException("there is no run in 'runs' yet; make one with mage-dsl train, or name a run folder");
        parse.InvocationConfiguration.Output.WriteLine($"run folder {folder.Path}");
        return folder;
    }
}

/// <summary>A run that a command works on.</summary>
internal sealed record ChosenRun(RunFolder Folder, RunConfig Config)
{
    /// <summary>Where a result goes that the line gives no place: into the run folder, but beside nothing that comes with the repository.</summary>
    public string Place(string file)
        => RunFolder.FindBundled(RunFolder.BundledPlace) is { } bundled && Path.GetFullPath(bundled.Path) == Path.GetFullPath(Folder.Path)
            ? file
            : Path.Combine(Folder.Path, file);
}
