using System.Linq;
using MageDsl.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.Generators;

/// <summary>
/// The incremental pipeline and nothing else: methods with [Kernel] and classes with [Recompile] become models, models become
/// files. Diagnostics and places leave apart from the models, so that a line that moves compiles nothing again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class KernelGenerator : IIncrementalGenerator
{
    /// <summary>The names of the tracked steps, for tests.</summary>
    internal static class Steps
    {
        public const string Fusion = nameof(Fusion);
        public const string Parsed = nameof(Parsed);
        public const string Recompiled = nameof(Recompiled);

        /// <summary>The steps that follow for kernels, and those for kernels that are compiled again.</summary>
        public static readonly StepNames Kernels = new(""), Again = new("Recompiled");

        public static readonly string[] All = new[] { Fusion, Parsed, Recompiled }.Concat(Kernels.All).Concat(Again.All).ToArray();
    }

    internal sealed class StepNames
    {
        public StepNames(string prefix)
        {
            Model = prefix + nameof(Model);
            Source = prefix + nameof(Source);
            Places = prefix + nameof(Places);
            Placed = prefix + nameof(Placed);
        }

        /// <summary>What is to be compiled.</summary>
        public string Model { get; }

        /// <summary>What it is compiled to: the costly step.</summary>
        public string Source { get; }

        /// <summary>Where everything is.</summary>
        public string Places { get; }

        /// <summary>The code and its places.</summary>
        public string Placed { get; }

        public string[] All => new[] { Model, Source, Places, Placed };
    }

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var fusion = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => !(options.GlobalOptions.TryGetValue("build_property.MageDslFusion", out var text) && bool.TryParse(text, out var on) && !on))
            .WithTrackingName(Steps.Fusion);

        var parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
                Symbols.Kernel,
                static (_, _) => true,
                static (found, cancellation) => KernelParser.Parse((IMethodSymbol)found.TargetSymbol, found.SemanticModel.Compilation, cancellation))
            .WithTrackingName(Steps.Parsed);

        var recompiled = context.SyntaxProvider.ForAttributeWithMetadataName(
                Symbols.Recompile,
                static (node, _) => node is ClassDeclarationSyntax,
                static (found, cancellation) => RecompileParser.Parse((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], found.SemanticModel.Compilation, cancellation))
            .SelectMany(static (kernels, _) => kernels)
            .WithTrackingName(Steps.Recompiled);

        Compile(context, parsed, fusion, Steps.Kernels);
        Compile(context, recompiled, fusion, Steps.Again);
    }

    private static void Compile(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ParsedKernel> parsed, IncrementalValueProvider<bool> fusion, StepNames steps)
    {
        var compiled = parsed
            .Where(static kernel => kernel.Traced != null)
            .Select(static (kernel, _) => kernel.Traced!)
            .Combine(fusion)
            .Select(static (pair, _) => pair.Right ? pair.Left : pair.Left with { Model = pair.Left.Model with { Fusion = false } })
            .WithTrackingName(steps.Model)
            .Select(static (traced, _) => CompiledKernel.From(traced))
            .WithTrackingName(steps.Source);

        // What moves with every edit is put in last: the lines.
        var places = parsed.Collect()
            .Select(static (kernels, _) => new PlaceTable(kernels))
            .WithTrackingName(steps.Places);
        var placed = compiled.Combine(places)
            .Select(static (pair, _) => new PlacedKernel(pair.Left, pair.Right.Of(pair.Left)))
            .WithTrackingName(steps.Placed);
        context.RegisterSourceOutput(placed, static (output, kernel) => kernel.AddTo(output));
        context.RegisterSourceOutput(parsed, static (output, kernel) =>
        {
            foreach (var diagnostic in kernel.Diagnostics) output.ReportDiagnostic(diagnostic.ToDiagnostic());
        });
    }
}
