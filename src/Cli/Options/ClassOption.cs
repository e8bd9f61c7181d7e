using System.CommandLine;
using Mage.Config;
using Mage.Training;

namespace Mage.Cli.Options;

/// <summary><c>--class</c>: which class generated images are to have.</summary>
internal static class ClassOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Create(string more) => new("--class")
    {
        Description = $"The class images are to have, by name or number, of a run that was trained with classes{more}", HelpName = "NAME",
    };

    /// <summary>The class that a word means.</summary>
    /// <exception cref="UserErrorException">There is none, or the run was trained without classes.</exception>
    public static int Find(RunFolder folder, RunConfig config, string word) => ClassNames.Find(Names(folder, config), word);

    /// <summary>The names of a run's classes.</summary>
    /// <exception cref="UserErrorException">It was trained without classes.</exception>
    public static string[] Names(RunFolder folder, RunConfig config) => config.Mage.ClassConditional
        ? ClassNames.Read(folder)
        : throw new UserErrorException(
            $"--class needs a run that was trained with classes (--set mage.classConditional=true), and '{folder.Path}' was not");
}
