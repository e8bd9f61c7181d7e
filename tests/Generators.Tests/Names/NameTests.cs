using System.Collections.Immutable;
using System.Reflection;
using MageDsl;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Names;

/// <summary>Generated code compiles whatever a project calls its own things, and runs.</summary>
public class NameTests
{
    private const string Usings = "using MageDsl; using static MageDsl.Ops;\n";

    /// <summary>Contractions, rows, look-ups, random numbers, windows, gradients, several variants: every template's code.</summary>
    private const string Kernels = """
        [Kernel] [return: Dims("n o")] public static Expr Dense([Dims("n d")] Expr x, [Dims("o d")] Expr w, [Dims("o")] Expr bias) => Tanh(Sum(x * w, over: "d") + bias);
        [Kernel] [return: Dims("n u")] public static Expr Normalized([Dims("n u")] Expr x, int seed, float rate = 0.5f, bool training = true)
        {
            var shifted = Exp(x - StopGradient(Max(x, over: "u")));
            if (training) shifted = Select(shifted.Random(seed) < rate, 0, shifted);
            return shifted / Sum(shifted, over: "u");
        }
        [Kernel] [return: Dims("n d")] public static Expr Look([Dims("v d")] Expr table, [Ids("n")] Expr ids) => Gather(table, "v", ids);
        [Kernel] [return: Dims("y")] public static Expr Filtered([Dims("t")] Expr x, [Dims("k=3")] Expr w) => Sum(x.Window("t", "y", "k", like: w, stride: 2, pad: 1) * w, over: "k");
        [Kernel] [return: Dims("", "n"), Ids("n")] public static (Expr Total, Expr, Expr @class) Several([Dims("n d")] Expr x) => (Sum(x, over: "n d"), Max(x, over: "d"), ArgMax(x, over: "d"));
        [Kernel(Differentiable = false)] [return: Dims("n", "n"), Into("a", "b")] public static (Expr A, Expr B) Swap([Dims("n")] Expr a, [Dims("n")] Expr b) => (b * 2, a);
        """;

    private static void Compiles(
        string source, LanguageVersion version = LanguageVersion.Latest, Func<CSharpCompilationOptions, CSharpCompilationOptions>? options = null) =>
        Built(source, version, options);

    private static Compilation Built(
        string source, LanguageVersion version = LanguageVersion.Latest, Func<CSharpCompilationOptions, CSharpCompilationOptions>? options = null)
    {
        var compilation = Compilation([source], version: version);
        if (options != null) compilation = compilation.WithOptions(options(compilation.Options));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Driver(version).RunGeneratorsAndUpdateCompilation(compilation, out var built, out var reports);
        Assert.Empty(reports);
        Assert.Empty(built.GetDiagnostics()
            .Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Location.GetLineSpan().Path.EndsWith(".g.cs", StringComparison.Ordinal)));
        Assert.Empty(built.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.True(built.SyntaxTrees.Count() > 1);
        return built;
    }

    private static Assembly Loaded(Compilation built)
    {
        using var image = new MemoryStream();
        Assert.True(built.Emit(image).Success);
        return Assembly.Load(image.ToArray());
    }

    [Theory]
    [InlineData("namespace Acme.Tensor { public static partial class Layers { KERNELS } }")]
    [InlineData("namespace Acme.MageDsl { public static partial class Layers { KERNELS } }")]
    [InlineData("namespace Acme.System.MageDsl.Devices { public static partial class Layers { KERNELS } } namespace Acme { class Expr2 { } " +
        "class ElementType { } }")]
    [InlineData("namespace System.MageDsl { public static partial class Layers { KERNELS } }")]
    [InlineData("namespace Acme { class Math { } class GC { } class KernelCheck { } class ISimd { } class Unsafe { } class LoopLauncher { } " +
        "class GradientTape { } public static partial class Layers { KERNELS } }")]
    [InlineData("namespace Acme { public static partial class Tensor { KERNELS } }")]
    [InlineData("namespace Acme { public static partial class System { KERNELS } }")]
    [InlineData("namespace Acme { public static partial class MageDsl { KERNELS } }")]
    [InlineData("namespace Acme { public static partial class Launch { KERNELS } }")]
    [InlineData("namespace Acme { public static partial class Layers { class Tensor { } class System { } class MageDsl { } class Launch { } " +
        "class T { } class S { } class V { } const int Register = 1, Describe = 2, a = 3, r = 4; KERNELS } }")]
    [InlineData("namespace Acme { public static partial class Layers { static int Tensor => 1; static int Math() => 1; " +
        "static int Forward<T>() => 1; KERNELS } }")]
    [InlineData("namespace @new.@int.@var.@record { public static partial class @class { KERNELS } }")]
    [InlineData("namespace Größe.数 { public static partial class Ω\u0301 { KERNELS } }")]
    [InlineData("static partial class Layers { KERNELS }")]
    [InlineData("namespace Acme; internal static partial class Layers { KERNELS }")]
    [InlineData("namespace Acme { partial class A { private partial class B { private static partial class Layers { KERNELS } } } }")]
    [InlineData("namespace Acme { abstract partial class A { protected static partial class @int { KERNELS } } " +
        "partial class B { internal static partial class @int { KERNELS } } }")]
    [InlineData("namespace Acme { public static partial class A { KERNELS } public static partial class a { KERNELS } } " +
        "namespace acme { public static partial class A { KERNELS } }")]
    [InlineData(
        "namespace Acme { public static partial class A_B { KERNELS } public static partial class A { public static partial class B { KERNELS } } }")]
    [InlineData("namespace Acme { public static partial class Layers { KERNELS } [Recompile(typeof(Layers), Fusion = false)] " +
        "public static partial class Unfused { } partial class A { [Recompile(typeof(Layers))] private static partial class Again { } } }")]
    public void Of_namespaces_and_classes(string source) => Compiles(Usings + source.Replace("KERNELS", Kernels));

    [Theory]
    [InlineData("using Tensor = System.Int32; using Math = System.Int32;")]
    [InlineData("global using Tensor = System.Int32; global using KernelIr = System.Int32; global using ElementType = System.Int32; " +
        "global using GC = System.String;")]
    public void Of_aliases(string usings) =>
        Compiles(usings + Usings + "namespace Acme { public static partial class Layers { KERNELS } }".Replace("KERNELS", Kernels));

    [Theory]
    [InlineData("Tensor")]
    [InlineData("System")]
    [InlineData("MageDsl")]
    [InlineData("Expr")]
    [InlineData("Math")]
    [InlineData("Ops")]
    [InlineData("@class")]
    [InlineData("@global")]
    [InlineData("@await")]
    [InlineData("@unchecked")]
    [InlineData("größe")]
    [InlineData("e\u0301")]
    [InlineData("result0")]
    [InlineData("saved0")]
    [InlineData("grad_x")]
    [InlineData("grad0")]
    [InlineData("n_d")]
    [InlineData("n_n")]
    [InlineData("n_e")]
    [InlineData("i_n")]
    [InlineData("s_x")]
    [InlineData("p_x")]
    [InlineData("row")]
    [InlineData("inner")]
    [InlineData("partials")]
    [InlineData("lanes")]
    [InlineData("T")]
    [InlineData("S")]
    [InlineData("V")]
    [InlineData("a")]
    [InlineData("r")]
    [InlineData("sizes")]
    [InlineData("t1_bytes")]
    [InlineData("Forward")]
    [InlineData("Register")]
    [InlineData("F")]
    public void Of_parameters(string name)
    {
        // As a tensor, a scalar, a flag, a size and ids, also where the body makes an axis of such a name.
        var source = Usings + $$"""
            public static partial class K
            {
                [Kernel] [return: Dims("n")] public static Expr A([Dims("n d")] Expr {{name}}, [Dims("d")] Expr other) => Exp(Sum({{name}} * other, over: "d")) + Max({{name}}.Rename("d", into: "e"), over: "e");
                [Kernel] [return: Dims("n")] public static Expr B([Dims("n d")] Expr x, float {{name}}) => Sum(x * {{name}}, over: "d");
                [Kernel] [return: Dims("n")] public static Expr C([Dims("n d")] Expr x, bool {{name}} = true) => {{name}} ? Sum(x, over: "d") : Max(x, over: "d");
                [Kernel] [return: Dims("n")] public static Expr D([Dims("n (d h)")] Expr x, [Size("d")] int {{name}}) => Sum(x, over: "d h");
                [Kernel] [return: Dims("n d")] public static Expr E([Dims("v d")] Expr table, [Ids("n")] Expr {{name}}, int seed) => Gather(table, "v", {{name}}) * table["v", 0];
            }
            """;
        Compiles(source);
    }

    [Fact]
    public void Of_flags_that_differ_in_case_or_run_together() => Compiles(Usings + """
        public static partial class K
        {
            [Kernel] [return: Dims("n")] public static Expr F([Dims("n")] Expr x, bool a, bool A, bool aB, bool b) => x * (a ? 2 : 3) + (A ? 5 : 7) * (aB ? x : x * x) + (b ? 1 : 0);
        }
        """);

    [Fact]
    public void Of_kernels_and_their_neighbours() => Compiles(Usings + """
        public static partial class K
        {
            [Kernel] [return: Dims("n")] public static Expr @class([Dims("n")] Expr x) => x * 2;
            [Kernel] [return: Dims("n")] public static Expr Forward([Dims("n")] Expr x) => @class(x) * 2;
            [Kernel] [return: Dims("n")] public static Expr RegisterForward([Dims("n")] Expr x) => x * 3;
            [Kernel] [return: Dims("n")] public static Expr Launch([Dims("n")] Expr x) => x * 4;
            [Kernel] [return: Dims("n")] public static Expr Tensor([Dims("n")] Expr x) => x * 4;
            [Kernel] [return: Dims("n")] public static Expr System([Dims("n")] Expr x) => x * 4;
            public static int RegisterForward() => 1;
            public static int Forward(Expr x, int y) => 1;
            public static int Forward(MageDsl.Tensor x, int y) => 1;
            public static int Forward<T>(MageDsl.Tensor x) => 1;
            public static int Forward(ref MageDsl.Tensor x) => 1;
        }
        """);

    [Fact]
    public void Of_axes() => Compiles(Usings + """
        public static partial class K
        {
            [Kernel] [return: Dims("class größe")] public static Expr F([Dims("class int größe row")] Expr x, [Dims("row Tensor")] Expr w, float n_row) =>
                Sum(x * Sum(w, over: "Tensor"), over: "int row") * n_row;
        }
        """);

    [Theory]
    [InlineData(LanguageVersion.CSharp12)]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.Preview)]
    public void In_every_version_of_the_language(LanguageVersion version) =>
        Compiles(Usings + "namespace Acme { public static partial class Layers { KERNELS } }".Replace("KERNELS", Kernels), version);

    [Theory]
    [InlineData(NullableContextOptions.Disable)]
    [InlineData(NullableContextOptions.Enable)]
    public void Under_any_nullable_and_warnings_setting(NullableContextOptions nullable) => Compiles(
        Usings + "[assembly: global::System.CLSCompliant(true)]\nnamespace Acme { /** */ public static partial class Layers { KERNELS } }".Replace(
            "KERNELS", Kernels),
        options: o => o.WithNullableContextOptions(nullable).WithWarningLevel(9999));

    [Fact]
    public void The_names_of_a_tuple_arrive()
    {
        var assembly = Loaded(Built(Usings
            + "public static partial class Layers { KERNELS } [Recompile(typeof(Layers))] public static partial class Again { }".Replace(
                "KERNELS", Kernels)));
        foreach (var type in new[] { "Layers", "Again" })
        {
            var overload = assembly.GetType(type)!.GetMethod("Several", [typeof(Tensor)])!;
            var names = overload.ReturnParameter.GetCustomAttribute<System.Runtime.CompilerServices.TupleElementNamesAttribute>()!.TransformNames;
            Assert.Equal(["Total", null, "class"], names);
        }
    }

    [Fact]
    public void The_names_of_a_tuple_arrive_across_assemblies()
    {
        var library = Built(Usings + "namespace Lib; public static partial class Layers { KERNELS }".Replace("KERNELS", Kernels));
        var user = Compilation(
            [Usings + """
            [Recompile(typeof(Lib.Layers))] public static partial class Again { }
            public static partial class User
            {
                [Kernel] [return: Dims("", "n")] public static (Expr größe, Expr Best) Use([Dims("n d")] Expr x) { var parts = Lib.Layers.Several(x * 2); return (parts.Total, parts.Item2); }
                public static Tensor Take(Tensor x) { var s = Again.Several(x); _ = s.@class; _ = Lib.Layers.Several(x).Total; _ = User.Use(x).größe; return User.Use(x).Best; }
            }
            """], "User", [Image(library)]);
        Driver().RunGeneratorsAndUpdateCompilation(user, out var built, out var reports);
        Assert.Empty(reports);
        Assert.Empty(built.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void What_the_recompiling_class_cannot_call_is_left_out()
    {
        var kernel = "[Kernel] [return: Dims(\"n\")] {0} static Expr {1}([Dims(\"n\")] Expr x) => x * 2;";
        var library = $"namespace Lib; public static partial class Layers {{ {string.Format(null, kernel, "public", "A")} " +
            $"{string.Format(null, kernel, "internal", "B")} {string.Format(null, kernel, "private", "C")} }}";
        var again = "[Recompile(typeof(Lib.Layers))] public static partial class Again { }";
        Assert.Equal(["A", "B"], KernelsOf(Loaded(Built(Usings + library + again)), "Lib.Again"));
        var user = Compilation([Usings + again], "User", [Image(Built(Usings + library))]);
        Driver().RunGeneratorsAndUpdateCompilation(user, out var built, out var reports);
        Assert.Empty(reports);
        Assert.Empty(built.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Single(built.SyntaxTrees, t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));
    }

    private static IEnumerable<string> KernelsOf(Assembly assembly, string type) =>
        assembly.GetType(type)!.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => m.Name).Order(StringComparer.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kernels_of_a_class_within_private_ones_register_and_run(bool isChecked)
    {
        // A window with padding has negative offsets: arithmetic that a project checks is not checked there.
        const string Nested = "namespace Acme.Tensor { public partial class A { private partial class B { " +
            "private static partial class Layers { KERNELS } } } }";
        var source = Usings + Nested.Replace("KERNELS", Kernels);
        var assembly = Loaded(Built(source, options: o => o.WithOverflowChecks(isChecked).WithOptimizationLevel(OptimizationLevel.Release)));
        var owner = assembly.GetTypes().Single(t => t.Name == "Layers");
        var kernels = KernelRegistry.Of(owner);
        Assert.Equal(["Dense", "Filtered", "Look", "Normalized", "Several", "Swap"], kernels.Select(k => k.Name["A.B.Layers.".Length..]));
        Assert.All(
            kernels.Where(k => k.Name.EndsWith("Filtered", StringComparison.Ordinal) || k.Name.EndsWith("Dense", StringComparison.Ordinal)),
            kernel => MageDsl.Testing.GradientCheck.Run(kernel, new MageDsl.Testing.GradientCheckOptions { MaxElements = 4 }).Assert());
    }
}
