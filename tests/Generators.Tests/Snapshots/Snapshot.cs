using System.Runtime.CompilerServices;
using Xunit;

namespace Generators.Tests.Snapshots;

/// <summary>
/// Compares a text with the file NAME.verified.txt beside this one. What differs is written to NAME.received.txt; with
/// MAGEDSL_ACCEPT=1 it is taken over instead.
/// </summary>
internal static class Snapshot
{
    private static readonly bool IsAccepting = Environment.GetEnvironmentVariable("MAGEDSL_ACCEPT") == "1";

    public static void Verify(string name, string text)
    {
        text = text.ReplaceLineEndings("\n");
        var (verified, received) = (Path.Combine(Folder(), name + ".verified.txt"), Path.Combine(Folder(), name + ".received.txt"));
        if (IsAccepting) File.WriteAllText(verified, text);
        var expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : null;
        if (expected == text)
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, text);
        Assert.Fail($"{name}: {(expected is null ? "there is no file yet" : Difference(expected, text))}\nThe new text is in {received}; " +
            "MAGEDSL_ACCEPT=1 takes it over.");
    }

    /// <summary>The names of the files that begin so.</summary>
    public static IEnumerable<string> Names(string start) =>
        Directory.GetFiles(Folder(), start + "*.verified.txt").Select(file => Path.GetFileName(file)[..^".verified.txt".Length]);

    private static string Difference(string expected, string text)
    {
        var (before, after) = (expected.Split('\n'), text.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(before.Length, after.Length)).First(i => before.ElementAtOrDefault(i) != after.ElementAtOrDefault(i));
        return $"line {line + 1} was\n  {before.ElementAtOrDefault(line)}\nand is\n  {after.ElementAtOrDefault(line)}";
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
