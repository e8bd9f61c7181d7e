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
    /// <exception cref="UserErrorException">There is no such run, it is not finished, or its config cannot be read.</exception>
    public static ChosenRun Open(ParseResult parse, string? path)
    {
        var folder = Find(parse, path);
        folder.RequireFinished();
        return new ChosenRun(folder, Fingerprints.ReadConfig(folder));
    }

    /// <summary>A run whose tokenizer is trained, and its settings; says which one, if the line does not name it.</summary>
    /// <exception cref="UserErrorException">There is no such run, its tokenizer is not trained, or its config cannot be read.</exception>
    public static ChosenRun OpenTokenizer(ParseResult parse, string? path)
    {
        var folder = Find(parse, path);
        return File.Exists(folder.Weights("tokenizer"))
            ? new ChosenRun(folder, Fingerprints.ReadConfig(folder))
            : throw new UserErrorException($"the run '{folder.Path}' has no tokenizer yet; go on with: mage-dsl train --resume {folder.Path}");
    }

    private static RunFolder Find(ParseResult parse, string? path)
    {
        if (path is not null)
        {
            return RunFolder.Open(path);
        }

        var folder = RunFolder.Newest("runs") ?? RunFolder.FindBundled()
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
        => RunFolder.FindBundled() is { } bundled && Path.GetFullPath(bundled.Path) == Path.GetFullPath(Folder.Path)
            ? file
            : Path.Combine(Folder.Path, file);
}
