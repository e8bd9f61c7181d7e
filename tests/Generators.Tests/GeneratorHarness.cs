using System.Collections.Immutable;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tests.Shared;
using Xunit;

namespace Generators.Tests;

/// <summary>Compiles sources in memory against the language and runs the generator over them.</summary>
internal static class GeneratorHarness
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(MageDsl.Expr).Assembly.Location),
    ];

    /// <summary>A file with the usual usings around the members of a class of kernels.</summary>
    public static string Class(string members, string name = "K") => $$"""
        using MageDsl;
        using static MageDsl.Ops;
        namespace Test;
        public static partial class {{name}}
        {
        {{members}}
        }
        """;

    public static CSharpCompilation Compilation(
        IEnumerable<string> sources, string assembly = "Test",
        IEnumerable<MetadataReference>? more = null, LanguageVersion version = LanguageVersion.Latest) =>
        CSharpCompilation.Create(
            assembly,
            sources.Select((text, i) => CSharpSyntaxTree.ParseText(text, ParseOptions.WithLanguageVersion(version), $"File{i}.cs")),
            References.AddRange(more ?? []),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    public static GeneratorDriver Driver(params (string Key, string Value)[] properties) => Driver(LanguageVersion.Latest, properties);

    public static GeneratorDriver Driver(LanguageVersion version, params (string Key, string Value)[] properties) => CSharpGeneratorDriver.Create(
        [new KernelGenerator(new Compiler.IrVerifier()).AsSourceGenerator()],
        parseOptions: ParseOptions.WithLanguageVersion(version),
        optionsProvider: new BuildProperties(properties),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static GeneratorRunResult Run(Compilation compilation, params (string, string)[] properties) =>
        Driver(properties).RunGenerators(compilation).GetRunResult().Results.Single();

    public static GeneratorRunResult Run(params string[] sources) => Run(Compilation(sources));

    /// <summary>The models that reached the compiler, the recompiled ones last.</summary>
    public static IReadOnlyList<KernelModel> Models(GeneratorRunResult result) =>
    [
        .. new[] { KernelGenerator.Steps.Kernels.Model, KernelGenerator.Steps.Again.Model }
            .Where(result.TrackedSteps.ContainsKey)
            .SelectMany(step => result.TrackedSteps[step])
            .SelectMany(step => step.Outputs)
            .Select(output => ((TracedModel)output.Value).Model),
    ];

    /// <summary>The model of the last kernel in a class with these members; any diagnostic, also of C#, fails the test.</summary>
    public static KernelModel Model(string members)
    {
        var compilation = Compilation([Class(members)]);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var result = Run(compilation);
        Assert.Null(result.Exception);
        Assert.Empty(result.Diagnostics);
        return Models(result)[^1];
    }

    /// <summary>The nodes of a kernel with this parameter list and body, one per line.</summary>
    public static string Nodes(string parameters, string expression, string layout = "n d") =>
        Nodes(Model($"[Kernel(Differentiable = false)] [return: Dims(\"{layout}\")] public static Expr F({parameters}) => {expression};"));

    public static string Nodes(KernelModel model) => string.Join("\n", model.Nodes.Select((node, id) => IrText.Print(id, node)));

    /// <summary>The diagnostics of the generator with the text they point at, as "MDSL002 'text'".</summary>
    public static IReadOnlyList<string> Reports(params string[] sources)
    {
        var compilation = Compilation(sources);
        var result = Run(compilation);
        Assert.Null(result.Exception);
        return [.. result.Diagnostics.Select(d => $"{d.Id} '{Text(compilation, d)}'")];
    }

    public static string Text(Compilation compilation, Diagnostic diagnostic)
    {
        var path = diagnostic.Location.GetLineSpan().Path;
        return compilation.SyntaxTrees.Single(t => t.FilePath == path).GetText().ToString(diagnostic.Location.SourceSpan);
    }

    /// <summary>
    /// Builds sources as a referenced assembly whose kernels carry their IR on an overload beside the definition, as the emitter leaves it.
    /// </summary>
    public static MetadataReference Library(string assembly, params string[] sources)
    {
        var models = Models(Run(Compilation(sources, assembly)));
        var overloads = models.Select(m => $$"""
            namespace {{m.Namespace}};
            public static partial class {{m.TypeName}}
            {
                [MageDsl.KernelIr({{SymbolDisplay.FormatLiteral(IrText.Print(m), quote: true)}})]
                public static void {{m.Name}}({{string.Join(", ", m.Parameters.Select(p => $"{(p.Layout != null ? "System.Array" : "System.IConvertible")} {p.Name}"))}}) { }
            }
            """);
        return Image(Compilation([.. sources, .. overloads], assembly));
    }

    public static MetadataReference Image(Compilation compilation)
    {
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
