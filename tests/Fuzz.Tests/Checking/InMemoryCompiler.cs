using System.Collections.Immutable;
using System.Reflection;
using Fuzz.Tests.Programs;
using MageDsl;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tests.Shared;

namespace Fuzz.Tests.Checking;

/// <summary>A program as the compiler made it: fused and, if asked for, unfused; or why it did not.</summary>
internal sealed record CompiledProgram(FuzzProgram Program, KernelInfo? Fused, KernelInfo? Unfused, string Error);

/// <summary>Compiles many programs at once, with the generator, into an assembly that is loaded at once.</summary>
internal static class InMemoryCompiler
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(Expr).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(ILGPU.Context).Assembly.Location),
    ];

    private static int assemblies;

    /// <summary>The compiled programs, in order.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="unfused">Which of them are wanted unfused too; all if null.</param>
    /// <param name="targets">What they are compiled for.</param>
    public static IReadOnlyList<CompiledProgram> Compile(
        IReadOnlyList<FuzzProgram> programs, Func<FuzzProgram, bool>? unfused = null, string targets = "cpu")
    {
        unfused ??= _ => true;
        var errors = new Dictionary<string, string>();
        var assembly = Build(programs, unfused, targets, errors);
        return [.. programs.Select(p =>
        {
            if (errors.TryGetValue(p.Name, out var error)) return new CompiledProgram(p, null, null, error);
            return new CompiledProgram(
                p, Describe(assembly!, p.ClassName(fused: true)), unfused(p) ? Describe(assembly!, p.ClassName(fused: false)) : null, "");
        })];
    }

    private static string Text(FuzzProgram program, bool unfused) => $$"""
        using MageDsl;
        using static MageDsl.Ops;
        namespace Fuzzed;
        {{program.Source(fused: true)}}
        {{(unfused ? program.Source(fused: false) : "")}}
        """;

    /// <summary>The assembly, without the programs that have errors; null if none is left.</summary>
    private static Assembly? Build(
        IReadOnlyList<FuzzProgram> programs, Func<FuzzProgram, bool> unfused, string targets, Dictionary<string, string> errors)
    {
        while (programs.Count > 0)
        {
            var compilation = CSharpCompilation.Create(
                $"Fuzzed{Interlocked.Increment(ref assemblies)}",
                programs.Select(p => CSharpSyntaxTree.ParseText(Text(p, unfused(p)), ParseOptions, $"{p.Name}.cs")),
                References,
                new CSharpCompilationOptions(
                    OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                    allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
            var driver = CSharpGeneratorDriver.Create(
                    [new KernelGenerator().AsSourceGenerator()], parseOptions: ParseOptions,
                    optionsProvider: new BuildProperties([("MageDslTargetNames", targets)]))
                .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
            using var image = new MemoryStream();
            var wrong = diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
            if (wrong.Length == 0)
            {
                var emitted = Quick(generated).Emit(image);
                if (emitted.Success) return Assembly.Load(image.ToArray());
                wrong = [.. emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];
            }
            foreach (var diagnostic in wrong)
            {
                var file = Path.GetFileName(diagnostic.Location.GetLineSpan().Path);
                // "Fuzz12.cs" is the program's own text, "Fuzzed.Fuzz12Unfused.F.g.cs" what was generated for it.
                var name = file.StartsWith("Fuzzed.", StringComparison.Ordinal) ? file.Split('.')[1].Replace("Unfused", "") : file.Split('.')[0];
                errors.TryAdd(programs.Any(p => p.Name == name) ? name : programs[0].Name, diagnostic.ToString());
            }
            programs = [.. programs.Where(p => !errors.ContainsKey(p.Name))];
        }
        return null;
    }

    /// <summary>
    /// The same without the demand to optimise every stage at its first call: a program runs once, and compiling it well for six kinds of
    /// vectors, fused and unfused, would take most of the time there is.
    /// </summary>
    private static Compilation Quick(Compilation compilation)
    {
        foreach (var tree in compilation.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).ToArray())
        {
            var text = tree.ToString().Replace(Library.Optimized, "");
            compilation = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, ParseOptions, tree.FilePath));
        }
        return compilation;
    }

    /// <summary>The description that the generator wrote beside a kernel.</summary>
    private static KernelInfo Describe(Assembly assembly, string className) =>
        (KernelInfo)assembly.GetType($"Fuzzed.{className}+F__Kernel", throwOnError: true)!
            .GetMethod("Describe", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, null)!;
}
