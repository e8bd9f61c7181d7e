using System.Linq;
using MageDsl.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Pipeline;

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
        public const string Targets = nameof(Targets);
        public const string Parsed = nameof(Parsed);
        public const string Recompiled = nameof(Recompiled);
        public const string Files = nameof(Files);

        /// <summary>The steps that follow for kernels, and those for kernels that are compiled again.</summary>
        public static readonly StepNames Kernels = new(""), Again = new("Recompiled");

        public static readonly string[] All = new[] { Fusion, Targets, Parsed, Recompiled, Files }.Concat(Kernels.All).Concat(Again.All).ToArray();
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

    private readonly IPassObserver? observer;

    /// <summary>The generator as Roslyn makes it.</summary>
    public KernelGenerator()
    {
    }

    /// <summary>A generator whose passes somebody looks at.</summary>
    internal KernelGenerator(IPassObserver observer) => this.observer = observer;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var fusion = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => !(options.GlobalOptions.TryGetValue("build_property.MageDslFusion", out var text)
                && bool.TryParse(text, out var on) && !on))
            .WithTrackingName(Steps.Fusion);

        var parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
                Symbols.Kernel,
                static (_, _) => true,
                // On anything else it is an error of C#.
                static (found, cancellation) => found.TargetSymbol is IMethodSymbol method
                    ? KernelParser.Parse(method, found.SemanticModel.Compilation, cancellation)
                    : ParsedKernel.Nothing)
            .WithTrackingName(Steps.Parsed);

        var recompiled = context.SyntaxProvider.ForAttributeWithMetadataName(
                Symbols.Recompile,
                static (_, _) => true,
                static (found, cancellation) => found.TargetSymbol is INamedTypeSymbol { TypeKind: TypeKind.Class } type
                    ? RecompileParser.Parse(type, found.TargetNode, found.SemanticModel.Compilation, cancellation)
                    : default)
            .SelectMany(static (kernels, _) => kernels)
            .WithTrackingName(Steps.Recompiled);

        var files = parsed.Collect().Combine(recompiled.Collect())
            .Select(static (kernels, _) => new FileNames(kernels.Left.Concat(kernels.Right)))
            .WithTrackingName(Steps.Files);

        var targets = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => BuildTargets.Parse(
                options.GlobalOptions.TryGetValue("build_property.MageDslTargetNames", out var text) ? text : null))
            .WithTrackingName(Steps.Targets);
        context.RegisterSourceOutput(targets, static (output, chosen) => chosen.Report(output));

        Compile(context, parsed, fusion, targets, files, Steps.Kernels);
        Compile(context, recompiled, fusion, targets, files, Steps.Again);
    }

    private void Compile(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ParsedKernel> parsed, IncrementalValueProvider<bool> fusion,
        IncrementalValueProvider<BuildTargets> targets, IncrementalValueProvider<FileNames> files, StepNames steps)
    {
        var compiled = parsed
            .Where(static kernel => kernel.Traced != null)
            .Select(static (kernel, _) => kernel.Traced!)
            .Combine(fusion)
            .Select(static (pair, _) => pair.Right ? pair.Left : pair.Left with { Model = pair.Left.Model with { Fusion = false } })
            .WithTrackingName(steps.Model)
            .Combine(targets)
            .Select((pair, _) => CompiledKernel.From(pair.Left, pair.Right, observer))
            .WithTrackingName(steps.Source);

        // What moves with every edit is put in last: the lines.
        var places = parsed.Collect()
            .Select(static (kernels, _) => new PlaceTable(kernels))
            .WithTrackingName(steps.Places);
        var placed = compiled.Combine(places).Combine(files)
            .Select(static (pair, _) => new PlacedKernel(pair.Left.Left, pair.Right.Of(pair.Left.Left.Name), pair.Left.Right.Of(pair.Left.Left)))
            .WithTrackingName(steps.Placed);
        context.RegisterSourceOutput(placed, static (output, kernel) => kernel.AddTo(output));
        context.RegisterSourceOutput(parsed, static (output, kernel) =>
        {
            foreach (var diagnostic in kernel.Diagnostics) output.ReportDiagnostic(diagnostic.ToDiagnostic());
        });
    }
}
