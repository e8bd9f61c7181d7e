using System.Collections;
using System.Reflection;
using MageDsl.Generators;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests;

/// <summary>An edit costs what it concerns and nothing else.</summary>
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

    /// <summary>Runs, edits one of the files, and runs again.</summary>
    private static GeneratorRunResult Edit(int file, Func<string, string> edit)
    {
        var compilation = Compilation([Kernels, Recompiled, Other]);
        var driver = Driver().RunGenerators(compilation);
        var tree = compilation.SyntaxTrees[file];
        var edited = tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(edit(tree.ToString())));
        return driver.RunGenerators(compilation.ReplaceSyntaxTree(tree, edited)).GetRunResult().Results.Single();
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) =>
        result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason);

    private static bool IsOld(IncrementalStepRunReason reason) => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;

    [Fact]
    public void An_unrelated_edit_leaves_every_step_as_it_was()
    {
        var result = Edit(2, text => text.Replace("1", "2"));
        foreach (var step in KernelGenerator.Steps.All)
        {
            Assert.True(result.TrackedSteps.ContainsKey(step), step);
            Assert.All(Reasons(result, step), reason => Assert.True(IsOld(reason), $"{step}: {reason}"));
        }
        Assert.All(result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs), o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    [Fact]
    public void An_edit_in_one_kernel_compiles_that_one_only()
    {
        var result = Edit(0, text => text.Replace("Exp(x)", "Log(x)"));
        Assert.Equal(["K.Three"], Changed(result, KernelGenerator.Steps.Model));
        Assert.Equal(["Unfused.Three"], Changed(result, KernelGenerator.Steps.RecompiledModel));
    }

    [Fact]
    public void An_edit_in_a_called_kernel_compiles_its_callers_too()
    {
        var result = Edit(0, text => text.Replace("x * 2", "x * 3"));
        Assert.Equal(["K.One", "K.Two"], Changed(result, KernelGenerator.Steps.Model));
    }

    [Fact]
    public void A_line_that_moves_changes_no_source()
    {
        var result = Edit(0, text => "// A new first line.\n" + text);
        Assert.Contains(IncrementalStepRunReason.Modified, Reasons(result, KernelGenerator.Steps.Parsed));
        foreach (var step in new[] { KernelGenerator.Steps.Model, KernelGenerator.Steps.Source, KernelGenerator.Steps.RecompiledModel, KernelGenerator.Steps.RecompiledSource })
            Assert.All(Reasons(result, step), reason => Assert.True(IsOld(reason), $"{step}: {reason}"));
    }

    [Fact]
    public void A_diagnostic_moves_with_its_line()
    {
        var wrong = Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Sum(x, \"k\");");
        var compilation = Compilation([wrong]);
        var driver = Driver().RunGenerators(compilation);
        var line = driver.GetRunResult().Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line;
        var tree = compilation.SyntaxTrees[0];
        var moved = tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From("\n\n" + wrong));
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

    [Fact]
    public void Nothing_in_the_pipeline_holds_on_to_the_compilation()
    {
        var result = Run(Kernels, Recompiled, Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Sum(x, \"k\");", "Wrong"));
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var step in KernelGenerator.Steps.All)
            foreach (var output in result.TrackedSteps[step].SelectMany(s => s.Outputs))
                Walk(output.Value, seen);
        Assert.Contains(seen, o => o is MageDsl.Generators.Ir.Node);
        Assert.Contains(seen, o => o is LocationInfo);
    }

    private static IEnumerable<string> Changed(GeneratorRunResult result, string step) => result.TrackedSteps[step]
        .SelectMany(s => s.Outputs).Where(o => !IsOld(o.Reason)).Select(o => ((MageDsl.Generators.Ir.KernelModel)o.Value).FullName);

    private static void Walk(object? value, HashSet<object> seen)
    {
        if (value is null || !seen.Add(value)) return;
        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Location or Microsoft.CodeAnalysis.Compilation or SemanticModel or Diagnostic, value.GetType().Name);
        if (value is string || value.GetType().IsPrimitive || value.GetType().IsEnum) return;
        if (value is IEnumerable items)
            foreach (var item in items) Walk(item, seen);
        for (var type = value.GetType(); type != null && type != typeof(object); type = type.BaseType)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Walk(field.GetValue(value), seen);
    }
}
