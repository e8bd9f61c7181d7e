using System.Collections.Immutable;
using MageDsl.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.CodeFixes;

/// <summary>Each fix, applied in memory: what it makes of the source, and that nothing is wrong then.</summary>
public class CodeFixTests
{
    private static readonly CodeFixProvider[] Fixes =
        [.. typeof(KernelFix).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(KernelFix)))
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t)!)];

    private const string Usings = "using MageDsl;\nusing static MageDsl.Ops;\n";

    /// <summary>The source after the first fix of its only kind of diagnostic, and the fix's title; null if there is none.</summary>
    private static async Task<(string Title, string Source)?> Fixed(string source)
    {
        var compilation = Compilation([source]);
        var report = Run(compilation).Diagnostics.First();
        using var workspace = new AdhocWorkspace();
        var document = workspace.AddProject("Test", LanguageNames.CSharp).AddDocument("File0.cs", SourceText.From(source));
        var tree = (await document.GetSyntaxTreeAsync())!;
        // As an editor has it: at the document itself.
        var diagnostic = Diagnostic.Create(
            report.Descriptor, Location.Create(tree, report.Location.SourceSpan), report.Properties, report.GetMessage());
        var actions = new List<CodeAction>();
        foreach (var fix in Fixes.Where(f => f.FixableDiagnosticIds.Contains(report.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        if (actions.Count == 0) return null;
        var operation = (await actions[0].GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single();
        return (actions[0].Title, (await operation.ChangedSolution.GetDocument(document.Id)!.GetTextAsync()).ToString());
    }

    private const string Good = "[Kernel] [return: Dims(\"n d\")] public static Expr F([Dims(\"n d\")] Expr x) => x * 2;";

    [Theory]
    [InlineData("public static class A { " + Good + " }", "Make the class static partial", "public static partial class A {")]
    [InlineData("public class A { " + Good + " }", "Make the class static partial", "public static partial class A {")]
    [InlineData(
        "/// <summary>Doc.</summary>\npartial class A { " + Good + " }",
        "Make the class static partial", "/// <summary>Doc.</summary>\nstatic partial class A {")]
    [InlineData("public sealed class A { " + Good + " }", "Make the class static partial", "public static partial class A {")]
    [InlineData(
        "public static partial class A { " + Good + " } [Recompile(typeof(A))] public static class B { }",
        "Make the class static partial", "public static partial class B {")]
    public async Task Modifiers_of_the_class(string source, string title, string part) => await AssertFixed(Usings + source, title, part);

    [Theory]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n token\")] Expr x) => Sum(x, over: \"tokens\");",
        "Change 'tokens' to 'token'", "over: \"token\"")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n Dim head\")] Expr x) => Sum(x, over: \"dim head\");",
        "Change 'dim' to 'Dim'", "over: \"Dim head\"")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n side=2\")] Expr x) => x[\"sid\", 1];",
        "Change 'sid' to 'side'", "x[\"side\", 1]")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, [Dims(\"k l\")] Expr y) => x * y;",
        "Return \"n k l\"", "[return: Dims(\"n k l\")]")]
    [InlineData("[Kernel] public static Expr F([Dims(\"n d\")] Expr x) => x * 2;", "Add [return: Dims(\"n d\")]", "[return: Dims(\"n d\")]")]
    [InlineData(
        "[Kernel] public static (Expr, Expr) F([Dims(\"n d\")] Expr x) => (x * 2, x);",
        "Add [return: Dims(\"n d\", \"n d\")]", "[return: Dims(\"n d\", \"n d\")]")]
    [InlineData("[Kernel] [return: Dims(\"n d\")] public static Expr F(Expr x) => x * 2;", "Add [Dims(\"n d\")]", "F([Dims(\"n d\")] Expr x)")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, int s) => x * (1 / s);", "Divide as float", "(1f / s)")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, int s) => x * (s / 2);", "Divide as float", "((float)s / 2)")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, int s) => x * ((s + 1) / 2);",
        "Divide as float", "((float)(s + 1) / 2)")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Floor(x);",
        "Mark it not differentiable", "[Kernel(Differentiable = false)]")]
    [InlineData(
        "[Kernel(Fusion = false)] [return: Dims(\"n\"), Into(\"x\")] public static Expr F([Dims(\"n\")] Expr x) => x * 2;",
        "Mark it not differentiable", "[Kernel(Fusion = false, Differentiable = false)]")]
    public async Task Members(string member, string title, string part) => await AssertFixed(Class(member), title, part);

    [Fact]
    public async Task A_kernel_that_is_not_static()
    {
        // C# itself has something to say about it in a static class, so the result alone is compiled.
        var result = await Fixed(
            Usings + "public static partial class A { [Kernel] [return: Dims(\"n\")] public Expr F([Dims(\"n\")] Expr x) => x * 2; }");
        Assert.Equal("Make the kernel static", result!.Value.Title);
        Assert.Contains("public static Expr F(", result.Value.Source);
        Assert.Empty(Reports(result.Value.Source));
    }

    [Theory]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n d\")] Expr x) => Sum(x, over: \"q\");")]
    [InlineData("[Kernel] [return: Dims(\"n\"), Into(\"y\")] public static Expr F([Dims(\"n\")] Expr x, float y) => x;")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, string s) => x;")]
    public async Task Nothing_is_offered_where_nothing_is_obvious(string member)
    {
        var result = await Fixed(
            Class(member.Replace("[Kernel] [return: Dims(\"n\"), Into", "[Kernel(Differentiable = false)] [return: Dims(\"n\"), Into")));
        Assert.Null(result);
    }

    [Fact]
    public void Every_fix_is_for_diagnostics_that_there_are() =>
        Assert.All(Fixes.SelectMany(f => f.FixableDiagnosticIds), id => Assert.Equal(id, MageDsl.Generators.Diagnostics.Descriptors.Get(id).Id));

    private static async Task AssertFixed(string source, string title, string part)
    {
        var result = await Fixed(source);
        Assert.NotNull(result);
        Assert.Equal(title, result.Value.Title);
        Assert.Contains(part, result.Value.Source);
        Assert.Empty(Compilation([result.Value.Source]).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Empty(Reports(result.Value.Source));
    }
}
