using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Diagnostics;

/// <summary>
/// The tests' kernels with tokens deleted, doubled, swapped and replaced: the generator never throws, and what it takes without a word
/// compiles. MAGEDSL_FUZZ_SEED and MAGEDSL_FUZZ_COUNT run others, and more.
/// </summary>
public class MutationTests
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; " +
        "global using System.Threading;";

    private static readonly Lazy<string[]> Sources = new(() =>
        [.. Directory.GetFiles(Path.Combine(Folder(), "..", "..", "Dsl.Tests", "Kernels"), "*Kernels.cs")
            .Order(StringComparer.Ordinal).SelectMany(file => Classes(File.ReadAllText(file)))]);

    /// <summary>A file for each kernel: its usings, its class, and of the class that kernel alone.</summary>
    private static IEnumerable<string> Classes(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot();
        foreach (var type in root.DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.ClassDeclarationSyntax>())
        {
            foreach (var kernel in type.Members.OfType<Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax>()
                .Where(m => m.AttributeLists.ToString().Contains("[Kernel", StringComparison.Ordinal)))
            {
                yield return $"{root.Usings} public static partial class {type.Identifier} {{ {kernel} {Beside} }}";
            }
        }
    }

    private const string Beside = "[Kernel] [return: Dims(\"n\")] public static Expr Sound([Dims(\"n\")] Expr x) => x * 2;";

    private static int Setting(string name, int byDefault) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : byDefault;

    [Fact]
    public void Mutants_never_make_the_generator_throw()
    {
        var first = Setting("MAGEDSL_FUZZ_SEED", 1);
        Assert.True(Sources.Value.Length > 10);
        for (var seed = first; seed < first + Setting("MAGEDSL_FUZZ_COUNT", 100); seed++)
        {
            var source = Mutant(new Random(seed));
            var problem = Problem(source);
            Assert.True(problem is null, $"seed {seed}: {problem}\n{source}");
        }
    }

    private static string? Problem(string source)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation([Usings, source]), out var built, out var reports);
        if (reports.FirstOrDefault(d => d.Id is "CS8785" or "MDSL023") is { } thrown) return thrown.GetMessage();
        if (!reports.IsEmpty) return null;
        var errors = built.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        return errors.Length > 0 && errors.All(IsGenerated) ? errors[0].ToString() : null;
    }

    private static bool IsGenerated(Diagnostic error) => error.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;

    private static string Mutant(Random random)
    {
        var text = Sources.Value[random.Next(Sources.Value.Length)];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var tokens = CSharpSyntaxTree.ParseText(text).GetRoot().DescendantTokens().Where(t => !t.Span.IsEmpty).ToArray();
            var (at, other) = (tokens[random.Next(tokens.Length)], tokens[random.Next(tokens.Length)]);
            // Within a string, a layout or an axis, too.
            var word = at.IsKind(SyntaxKind.StringLiteralToken) && random.Next(2) == 0
                ? Regex.Replace(at.Text, "[a-z]", m => random.Next(3) == 0 ? "( )=.3n"[random.Next(7)].ToString() : m.Value)
                : null;
            var replaced = word
                ?? random.Next(4) switch { 0 => "", 1 => at.Text + " " + at.Text, 2 => other.Text, _ => Words[random.Next(Words.Length)] };
            text = text[..at.SpanStart] + replaced + text[at.Span.End..];
        }
        return text;
    }

    private static readonly string[] Words =
    [
        "Expr", "Tensor", "x", "float", "int", "bool", "null", "default", "1", "-1", "0", "2147483647",
        "1e400", "\"n\"", "\"\"", "\"...\"", "(", ")", "{", "}", ",", ";", "=>", "=", "*", ".", "?", "[", "]",
        "if (true)", "return", "out", "ref", "params", "this", "static", "private", "partial", "async",
        "[Kernel]", "[Dims(\"n\")]", "[Ids(\"n\")]", "[Size(\"n\")]", "Sum", "@class", "_result0", "n_n", "x.",
    ];

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
