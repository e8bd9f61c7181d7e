using System.CommandLine;
using Mage.Config;
using Mage.Training;

namespace Mage.Cli.Options;

/// <summary>The run that a command works on: named, or the newest in <c>runs</c>.</summary>
internal static class RunArgument
{
    /// <summary>The argument.</summary>
    public static Argument<string?> Create() => new("run")
    {
        Description = "A run folder [default: the newest in runs]", Arity = ArgumentArity.ZeroOrOne, HelpName = "RUN",
    };

    /// <summary>The folder of a finished run and its settings.</summary>
    /// <exception cref="UserErrorException">There is no such run, it is not finished, or its config cannot be read.</exception>
    public static (RunFolder Folder, RunConfig Config) Open(string? path)
    {
        var folder = path is null ? RunFolder.Newest("runs") : RunFolder.Open(path);
        folder.RequireFinished();
        return (folder, Fingerprints.ReadConfig(folder));
    }

    /// <summary>The folder of a run whose tokenizer is trained, and its settings.</summary>
    /// <exception cref="UserErrorException">There is no such run, its tokenizer is not trained, or its config cannot be read.</exception>
    public static (RunFolder Folder, RunConfig Config) OpenTokenizer(string? path)
    {
        var folder = path is null ? RunFolder.Newest("runs") : RunFolder.Open(path);
        return File.Exists(folder.Weights("tokenizer"))
            ? (folder, Fingerprints.ReadConfig(folder))
            : throw new UserErrorException($"the run '{folder.Path}' has no tokenizer yet; go on with: mage-dsl train --resume {folder.Path}");
    }
}
