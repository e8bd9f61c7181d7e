using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Generators.Tests.Folders;

/// <summary>
/// Lines of C# are no longer than .editorconfig says. What lies within a string over several lines may be: to break it is to change it.
/// </summary>
public class LineLengthTests
{
    [Fact]
    public void Lines_of_the_repository_are_short()
    {
        var settings = Path.Combine(Root(), ".editorconfig");
        if (!File.Exists(settings))
        {
            Assert.Skip($"needs the sources; there is no {settings}");
        }

        var most = int.Parse(Regex.Match(File.ReadAllText(settings), @"^max_line_length = (\d+)$", RegexOptions.Multiline).Groups[1].Value);
        var found = new[] { "src", "tests", "bench", "samples" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root(), path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal)
            .SelectMany(path => Longer(File.ReadAllText(Path.Combine(Root(), path)), most).Select(line => $"{path}:{line}"))
            .ToArray();
        Assert.True(found.Length == 0, $"{found.Length} lines are longer than {most} characters, break them:\n{string.Join("\n", found)}");
    }

    [Theory]
    [InlineData("var x = 1;\nvar xyz = 1;", "2")]
    [InlineData("// short\n// too long\n", "2")]
    [InlineData("x = @\"\nas it has to be\n\";", "")]
    [InlineData("x = \"\"\"\n    as it has to be\n    \"\"\";", "")]
    [InlineData("x = $\"\"\"\n    as {it} has to be\n    \"\"\";", "")]
    [InlineData("muchLonger(\"\"\"\n    a\n    \"\"\", longer);", "1 3")]
    [InlineData("x = \"all of it on one line\";", "1")]
    public void Only_what_lies_within_a_string_may_be_longer(string text, string lines) => Assert.Equal(lines, string.Join(" ", Longer(text, 10)));

    /// <summary>Numbers of the lines that are too long.</summary>
    private static IEnumerable<int> Longer(string text, int most)
    {
        var tree = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview));
        var lines = tree.GetText().Lines.Where(line => line.Span.Length > most).ToArray();
        if (lines.Length == 0) return [];

        var strings = tree.GetRoot().DescendantNodes()
            .Where(node => node is LiteralExpressionSyntax or InterpolatedStringExpressionSyntax)
            .Select(node => node.Span).ToArray();
        return lines.Where(line => !strings.Any(span => span.Start < line.Start && line.End < span.End)).Select(line => line.LineNumber + 1);
    }

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
