using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.Generators;

/// <summary>
/// The incremental pipeline and nothing else: methods with [Kernel] and classes with [Recompile] become models, models become
/// files. Diagnostics leave apart from the sources, so that a line that moves compiles nothing again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class KernelGenerator : IIncrementalGenerator
{
    internal static class Steps
    {
        public const string Fusion = nameof(Fusion);
        public const string Parsed = nameof(Parsed);
        public const string Recompiled = nameof(Recompiled);
        public const string Model = nameof(Model);
        public const string Source = nameof(Source);
        public const string RecompiledModel = nameof(RecompiledModel);
        public const string RecompiledSource = nameof(RecompiledSource);

        public static readonly string[] All = { Fusion, Parsed, Model, Source, Recompiled, RecompiledModel, RecompiledSource };
    }

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var fusion = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => !(options.GlobalOptions.TryGetValue("build_property.MageDslFusion", out var text) && bool.TryParse(text, out var on) && !on))
            .WithTrackingName(Steps.Fusion);

        var parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
                Symbols.Kernel,
                static (node, _) => node is MethodDeclarationSyntax,
                static (found, cancellation) => KernelParser.Parse((IMethodSymbol)found.TargetSymbol, found.SemanticModel.Compilation, cancellation))
            .WithTrackingName(Steps.Parsed);

        var recompiled = context.SyntaxProvider.ForAttributeWithMetadataName(
                Symbols.Recompile,
                static (node, _) => node is ClassDeclarationSyntax,
                static (found, cancellation) => RecompileParser.Parse((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], found.SemanticModel.Compilation, cancellation))
            .SelectMany(static (kernels, _) => kernels)
            .WithTrackingName(Steps.Recompiled);

        Compile(context, parsed, fusion, Steps.Model, Steps.Source);
        Compile(context, recompiled, fusion, Steps.RecompiledModel, Steps.RecompiledSource);
    }

    private static void Compile(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ParsedKernel> parsed, IncrementalValueProvider<bool> fusion, string modelStep, string sourceStep)
    {
        var compiled = parsed
            .Where(static kernel => kernel.Model != null)
            .Select(static (kernel, _) => kernel.Model!)
            .Combine(fusion)
            .Select(static (pair, _) => pair.Right ? pair.Left : pair.Left with { Fusion = false })
            .WithTrackingName(modelStep)
            .Select(static (model, _) => CompiledKernel.From(model))
            .WithTrackingName(sourceStep);
        context.RegisterSourceOutput(compiled, static (output, kernel) =>
        {
            if (kernel.Source != null) output.AddSource(kernel.HintName, kernel.Source);
        });

        // Failures of the compiler have no place of their own: they are reported at the kernel's name.
        var failures = compiled.Where(static kernel => kernel.Source is null).Collect();
        context.RegisterSourceOutput(parsed.Combine(failures), static (output, pair) =>
        {
            var (kernel, failed) = pair;
            foreach (var diagnostic in kernel.Diagnostics) output.ReportDiagnostic(diagnostic.ToDiagnostic());
            if (kernel.Model is { } model)
                foreach (var failure in failed.Where(f => f.HintName == CompiledKernel.HintNameOf(model)))
                    output.ReportDiagnostic(new DiagnosticInfo(failure.ErrorId, kernel.Identifier, failure.Error).ToDiagnostic());
        });
    }
}
