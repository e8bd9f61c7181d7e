using MageDsl.Generators.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Xunit;
using static Generators.Tests.GeneratorHarness;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace Generators.Tests;

/// <summary>An edit costs what it concerns and nothing else: for each kind of edit, what each step does.</summary>
public class IncrementalityTests
{
    private static readonly string Kernels = Class(
        """
        [Kernel] [return: Dims("n")] public static Expr One([Dims("n")] Expr x) => x * 2;
        [Kernel] [return: Dims("n")] public static Expr Two([Dims("n")] Expr x) => One(x) + 1;
        [Kernel] [return: Dims("n")] public static Expr Three([Dims("n")] Expr x) => Exp(x);
        """);

    private const string Recompiled = "[MageDsl.Recompile(typeof(Test.K), Fusion = false)] public static partial class Unfused { }";

    private static readonly string Other = "class Unrelated { int field = 1; }";

    private static readonly StepNames Direct = new(KernelGenerator.Steps.Parsed, KernelGenerator.Steps.Kernels);
    private static readonly StepNames Again = new(KernelGenerator.Steps.Recompiled, KernelGenerator.Steps.Again);

    private sealed record StepNames(string Parsed, KernelGenerator.StepNames After);

    /// <summary>Runs, edits one of the files, and runs again.</summary>
    private static GeneratorRunResult Edit(int file, Func<string, string> edit)
    {
        var compilation = Compilation([Kernels, Recompiled, Other]);
        var tree = compilation.SyntaxTrees[file];
        var edited = tree.WithChangedText(SourceText.From(edit(tree.ToString())));
        return RunTwice(compilation, compilation.ReplaceSyntaxTree(tree, edited));
    }

    private static GeneratorRunResult RunTwice(Compilation before, Compilation after) =>
        Driver().RunGenerators(before).RunGenerators(after).GetRunResult().Results.Single();

    /// <summary>What a step did for each kernel, in order.</summary>
    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) =>
        result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason);

    /// <summary>Asserts what the steps did for One, Two and Three; whether an old value was computed again to the same or not is one.</summary>
    private static void AssertSteps(
        GeneratorRunResult result, StepNames steps, string parsed, string model, string source, string places, string placed, string put)
    {
        Assert.Equal(
            [parsed, model, source, places, placed],
            new[] { steps.Parsed, steps.After.Model, steps.After.Source, steps.After.Places, steps.After.Placed }.Select(
                step => Text(Reasons(result, step))));
        var outputs = result.TrackedOutputSteps.SelectMany(s => s.Value).Where(s => s.Inputs[0].Source.Name == steps.After.Placed);
        Assert.Equal(put, Text(outputs.SelectMany(s => s.Outputs).Select(o => o.Reason)));
    }

    private static string Text(IEnumerable<IncrementalStepRunReason> reasons) =>
        string.Join(" ", reasons.Select(r => r is Cached or Unchanged ? "old" : r == Modified ? "new" : r.ToString()));

    private const string AllOld = "old old old";
    private const string AllNew = "new new new";

    [Fact]
    public void An_unrelated_edit_leaves_every_step_as_it_was()
    {
        var result = Edit(2, text => text.Replace("1", "2"));
        foreach (var steps in new[] { Direct, Again }) AssertSteps(result, steps, AllOld, AllOld, AllOld, "old", AllOld, AllOld);
        Assert.Equal([Cached], Reasons(result, KernelGenerator.Steps.Fusion));
        Assert.All(result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs), o => Assert.Equal(Cached, o.Reason));
    }

    [Fact]
    public void Nothing_is_compiled_anew_to_find_that_it_is_the_same()
    {
        var result = Edit(2, text => text.Replace("1", "2"));
        foreach (var step in new[] { Direct.After.Source, Again.After.Source })
        {
            Assert.All(Reasons(result, step), reason => Assert.Equal(Cached, reason));
        }
    }

    [Fact]
    public void An_edit_in_a_body_compiles_that_kernel_only()
    {
        var result = Edit(0, text => text.Replace("Exp(x)", "Log(x)"));
        foreach (var steps in new[] { Direct, Again })
        {
            AssertSteps(result, steps, "old old new", "old old new", "old old new", "old", "old old new", "old old new");
        }
    }

    [Fact]
    public void An_edit_in_a_called_kernel_compiles_its_callers_too()
    {
        var result = Edit(0, text => text.Replace("x * 2", "x * 3"));
        foreach (var steps in new[] { Direct, Again })
        {
            AssertSteps(result, steps, "new new old", "new new old", "new new old", "old", "new new old", "new new old");
        }
    }

    [Fact]
    public void A_line_that_moves_compiles_nothing_and_is_put_into_the_files()
    {
        var result = Edit(0, text => "// A new first line.\n" + text);
        foreach (var steps in new[] { Direct, Again }) AssertSteps(result, steps, AllNew, AllOld, AllOld, "new", AllNew, AllNew);
        Assert.Contains("#line (7,", result.GeneratedSources.Single(s => s.HintName == "Test.K.One.g.cs").SourceText.ToString());
    }

    [Fact]
    public void Space_within_a_kernel_compiles_nothing_and_concerns_what_follows_it()
    {
        var result = Edit(0, text => text.Replace(
            "[Kernel] [return: Dims(\"n\")] public static Expr Three", "[Kernel]\n[return: Dims(\"n\")] public static Expr Three"));
        foreach (var steps in new[] { Direct, Again }) AssertSteps(result, steps, "old old new", AllOld, AllOld, "new", "old old new", "old old new");
    }

    [Fact]
    public void A_comment_after_a_kernel_leaves_every_step_as_it_was()
    {
        var result = Edit(0, text => text + "// The end.\n");
        foreach (var steps in new[] { Direct, Again }) AssertSteps(result, steps, AllOld, AllOld, AllOld, "old", AllOld, AllOld);
    }

    [Fact]
    public void An_edit_of_the_signature_alone_is_an_edit_of_that_kernel()
    {
        var result = Edit(0, text => text.Replace("Three([Dims(\"n\")] Expr x)", "Three([Dims(\"n\")] Expr x, float unused = 1)"));
        foreach (var steps in new[] { Direct, Again })
        {
            AssertSteps(result, steps, "old old new", "old old new", "old old new", "new", "old old new", "old old new");
        }
    }

    private static string Library(string body) =>
        Class($"[Kernel] [return: Dims(\"n\")] public static Expr Half([Dims(\"n\")] Expr x) => {body};", "Lib");

    private static readonly string User = Class(
        """
        [Kernel] [return: Dims("n")] public static Expr One([Dims("n")] Expr x) => Lib.Half(x) + 1;
        [Kernel] [return: Dims("n")] public static Expr Two([Dims("n")] Expr x) => x * 3;
        """);

    [Theory]
    [InlineData("x / 2", "old old")]
    [InlineData("x * 0.5f", "new old")]
    public void A_referenced_assembly_concerns_the_kernels_that_inline_from_it_if_its_definition_changed(string body, string compiled)
    {
        var before = GeneratorHarness.Library("Before", Library("x / 2"));
        var after = GeneratorHarness.Library("Before", Library(body));
        var compilation = Compilation([User], more: [before]);
        var result = RunTwice(compilation, compilation.ReplaceReference(before, after));
        AssertSteps(result, Direct, compiled, compiled, compiled, "old", compiled, compiled);
    }

    [Fact]
    public void A_diagnostic_moves_with_its_line()
    {
        var wrong = Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Sum(x, \"k\");");
        var compilation = Compilation([wrong]);
        var driver = Driver().RunGenerators(compilation);
        var line = driver.GetRunResult().Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line;
        var tree = compilation.SyntaxTrees[0];
        var moved = tree.WithChangedText(SourceText.From("\n\n" + wrong));
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(tree, moved));
        Assert.Equal(line + 2, driver.GetRunResult().Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("true", true)]
    [InlineData("", true)]
    public void The_fusion_property_reaches_every_model(string property, bool fusion)
    {
        var models = Models(Run(Compilation([Kernels]), ("MageDslFusion", property)));
        Assert.Equal(3, models.Count);
        Assert.All(models, model => Assert.Equal(fusion, model.Fusion));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu")]
    [InlineData("cpu gpu")]
    [InlineData("cpu; abacus", "'abacus', which is no target; there is: cpu, gpu")]
    [InlineData("abacus", "'abacus', which is no target; there is: cpu, gpu", "lacks 'cpu'")]
    public void The_targets_are_those_there_are(string property, params string[] messages)
    {
        var result = Run(Compilation([Kernels]), ("MageDslTargetNames", property));
        Assert.Equal(messages.Length, result.Diagnostics.Count(d => d.Id == "MDSL030"));
        Assert.All(messages, message => Assert.Contains(result.Diagnostics, d => d.GetMessage().Contains(message)));
        Assert.Equal(3, result.GeneratedSources.Length);
    }

    [Fact]
    public void Nothing_in_the_pipeline_holds_on_to_the_compilation()
    {
        var result = Run(
            Kernels, Recompiled, Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Sum(x, \"k\");", "Wrong"));
        var seen = PipelineWalk.From(
            KernelGenerator.Steps.All.SelectMany(step => result.TrackedSteps[step]).SelectMany(s => s.Outputs).Select(o => o.Value));
        Assert.Contains(seen, o => o is MageDsl.Generators.Ir.Node);
        Assert.Contains(seen, o => o is MageDsl.Generators.Diagnostics.LocationInfo);
        Assert.DoesNotContain(
            seen, o => o is ISymbol or SyntaxNode or SyntaxTree or Location or Microsoft.CodeAnalysis.Compilation or SemanticModel or Diagnostic);
    }
}
