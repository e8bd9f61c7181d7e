using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using MageDsl;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Emit;

/// <summary>Exceptions and breakpoints in compiled kernels are where the definition was written.</summary>
public class LineTests
{
    private const string Kernels = """
        using MageDsl;
        using static MageDsl.Ops;
        namespace Lines;
        public static partial class Layers
        {
            [Kernel]
            [return: Dims("n d")]
            public static Expr Look([Dims("n d")] Expr x, [Dims("v d")] Expr table, [Ids("n")] Expr ids)
            {
                var scaled = x * 2;
                var row =
                    Gather(table, "v", ids);          // line 12
                return scaled + Exp(row);
            }

            [Kernel]
            [return: Dims("n d")]
            public static Expr Twice([Dims("n d")] Expr x, [Dims("v d")] Expr table, [Ids("n")] Expr ids)
                => Look(x, table, ids)                // line 19
                    + x;
        }
        """;

    private static readonly Lazy<Assembly> Compiled = new(() => Load(Built(Kernels)));

    /// <summary>The compilation with what the generator adds.</summary>
    private static Compilation Built(string source, params MetadataReference[] more)
    {
        var compilation = Compilation([source], "Lines" + more.Length, more);
        var tree = compilation.SyntaxTrees[0];
        Driver().RunGeneratorsAndUpdateCompilation(
            compilation.ReplaceSyntaxTree(tree, tree.WithFilePath("/src/File0.cs")), out var built, out var reports);
        Assert.Empty(reports);
        return built.WithOptions(built.Options.WithOptimizationLevel(OptimizationLevel.Release));
    }

    private static (byte[] Image, byte[] Symbols) Emitted(Compilation compilation)
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var trees = compilation.SyntaxTrees.Select(
            t => t.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(t.ToString(), System.Text.Encoding.UTF8)));
        var result = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees)
            .Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return (image.ToArray(), symbols.ToArray());
    }

    private static Assembly Load(Compilation compilation)
    {
        var (image, symbols) = Emitted(compilation);
        return Assembly.Load(image, symbols);
    }

    private static object? Call(Assembly assembly, string name, params object[] arguments)
    {
        var overload = assembly.GetType("Lines.Layers")!.GetMethod(name, [.. arguments.Select(a => a.GetType())])!;
        return overload.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    /// <summary>The places in the user's file that an exception passed, from where it was thrown outwards.</summary>
    private static string[] Places(Exception error, string file = "File0.cs") =>
    [
        .. new StackTrace(error, fNeedFileInfo: true).GetFrames()
            .Where(f => f.GetFileName() is { } name && Path.GetFileName(name) == file)
            .Select(f => $"{f.GetFileLineNumber()}:{f.GetFileColumnNumber()}"),
    ];

    private static Tensor Real(int rows) => Tensor.From(new float[rows * 4], rows, 4);

    [Fact]
    public void An_exception_in_a_stage_points_to_its_expression_and_then_to_the_kernel()
    {
        var error = Assert.Throws<IndexOutOfRangeException>(() => Call(Compiled.Value, "Look", Real(2), Real(3), Tensor.From(new[] { 1, 7 }, 2)));
        Assert.Contains("'ids' holds 7", error.Message);
        var places = Places(error);
        Assert.Equal("12:13", places[0]);
        Assert.Equal("8:24", places[^1]);
    }

    [Fact]
    public void Work_of_a_called_kernel_points_into_that_kernel()
    {
        var error = Assert.Throws<IndexOutOfRangeException>(() => Call(Compiled.Value, "Twice", Real(2), Real(3), Tensor.From(new[] { -1, 1 }, 2)));
        var places = Places(error);
        Assert.Equal("12:13", places[0]);
        Assert.Equal("18:24", places[^1]);
    }

    [Fact]
    public void Work_of_a_kernel_from_another_assembly_points_to_its_call()
    {
        var library = Image(Built(Kernels));
        var user = """
            using MageDsl;
            public static partial class User
            {
                [Kernel]
                [return: Dims("n d")]
                public static Expr Use([Dims("n d")] Expr x, [Dims("v d")] Expr table, [Ids("n")] Expr ids) =>
                    x - Lines.Layers.Look(x, table, ids);
            }
            """;
        var overload = Load(Built(user, library)).GetType("User")!.GetMethod("Use", [typeof(Tensor), typeof(Tensor), typeof(Tensor)])!;
        var error = Assert.Throws<IndexOutOfRangeException>(() => overload.Invoke(
            null, BindingFlags.DoNotWrapExceptions, null, [Real(2), Real(3), Tensor.From(new[] { 0, 9 }, 2)], null));
        Assert.Equal("7:13", Places(error)[0]);
    }

    [Fact]
    public void A_wrong_argument_points_to_the_kernel()
    {
        var error = Assert.Throws<KernelArgumentException>(() => Call(
            Compiled.Value, "Look", Real(2), Tensor.From(new float[3], 3), Tensor.From(new[] { 1, 1 }, 2)));
        Assert.Equal(["8:24"], Places(error));
    }

    [Fact]
    public void Every_expression_has_a_place_to_stop_at_in_the_generated_code()
    {
        var spans = SequencePoints(Built(Kernels)).Where(p => p.Method == "Run").Select(p => p.Span).Distinct().Order();
        Assert.Equal(["(10,22)-(10,27)", "(12,13)-(12,36)", "(13,16)-(13,33)", "(13,25)-(13,33)", "(19,12)-(20,16)"], spans);
    }

    [Fact]
    public void Paths_are_those_that_the_compiler_writes()
    {
        var built = Built(Kernels);
        var mapped = built.WithOptions(built.Options.WithSourceReferenceResolver(
            new SourceFileResolver([], "/src", [new KeyValuePair<string, string>("/src/", "/_/")])));
        Assert.Equal(["/_/File0.cs"], SequencePoints(mapped).Where(p => p.Method == "Run").Select(p => p.Document).Distinct());
    }

    private static IReadOnlyList<(string Method, string Document, string Span)> SequencePoints(Compilation compilation)
    {
        var (image, symbols) = Emitted(compilation);
        using var executable = new System.Reflection.PortableExecutable.PEReader(ImmutableArray.Create(image));
        using var provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(symbols));
        var (code, lines) = (executable.GetMetadataReader(), provider.GetMetadataReader());
        return
        [
            .. from handle in code.MethodDefinitions
               from point in lines.GetMethodDebugInformation(handle).GetSequencePoints()
               where !point.IsHidden
               select (code.GetString(code.GetMethodDefinition(handle).Name), lines.GetString(lines.GetDocument(point.Document).Name),
                   $"({point.StartLine},{point.StartColumn})-({point.EndLine},{point.EndColumn})"),
        ];
    }
}
