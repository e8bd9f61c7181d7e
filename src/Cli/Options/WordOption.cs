using System.CommandLine;
using Mage.Config;

namespace Mage.Cli.Options;

/// <summary>Options whose value is one of a few words.</summary>
internal static class WordOption
{
    /// <summary>The choice that the line names; null if it names none.</summary>
    /// <exception cref="UserErrorException">It is no such word.</exception>
    public static T? Read<T>(ParseResult parse, Option<string?> option)
        where T : struct, Enum
        => parse.GetValue(option) is not { } word ? null
            : Words.TryParse<T>(word, out var value) ? value
            : throw new UserErrorException($"{option.Name} is '{word}'; it should be one of {string.Join(", ", Words.Of<T>())}");
}
