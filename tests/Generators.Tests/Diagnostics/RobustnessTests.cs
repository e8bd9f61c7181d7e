using Microsoft.CodeAnalysis;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Diagnostics;

/// <summary>Nothing that C# lets somebody write makes the generator throw, or takes anything from the other kernels.</summary>
public class RobustnessTests
{
    private const string Usings = "using MageDsl; using static MageDsl.Ops;\n";

    /// <summary>A kernel beside the trouble.</summary>
    private const string Sound =
        "\npublic static partial class Sound { [Kernel] [return: Dims(\"n\")] public static Expr Twice([Dims(\"n\")] Expr x) => x * 2; }";

    /// <summary>
    /// Runs the generator over trouble and a sound kernel: that one is compiled, and the trouble has a diagnostic, of ours or of C#.
    /// </summary>
    private static IReadOnlyList<string> Survives(string trouble)
    {
        var compilation = Compilation([Usings + Sound, Usings + trouble]);
        Driver().RunGeneratorsAndUpdateCompilation(compilation, out var built, out var reports);
        Assert.DoesNotContain(reports, d => d.Id is "CS8785" or "MDSL023");
        Assert.Contains(built.SyntaxTrees, t => t.FilePath.EndsWith("Sound.Twice.g.cs", StringComparison.Ordinal));
        if (reports.IsEmpty)
        {
            var errors = built.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
            if (errors.All(d => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true)) Assert.Empty(errors);
        }
        return [.. reports.Select(d => d.Id)];
    }

    /// <summary>Where C# lets attributes stand, each with every attribute of the language.</summary>
    public static TheoryData<string> Places =>
    [
        "ATTR class A { }", "ATTR static partial class A { }", "ATTR struct A { }",
        "ATTR interface I { }", "ATTR enum E { X }", "ATTR delegate Expr D(Expr x);",
        "ATTR record R(int X);", "ATTR record struct R(int X);", "record R([property: Dims(\"n\")] ATTR int X);",
        "enum E { ATTR X }", "[assembly: Dims(\"n\")] ATTR class A { }",
        "static partial class A { ATTR public static Expr P => null!; }",
        "static partial class A { public static Expr P { ATTR get => null!; ATTR set { } } }",
        "static partial class A { ATTR public static Expr F; }", "static partial class A { ATTR public static event System.Action E; }",
        "static partial class A { public static event System.Action E { ATTR add { } ATTR remove { } } }",
        "static partial class A { ATTR const int C = 1; }",
        "partial class A { ATTR public A() { } }", "partial class A { ATTR ~A() { } }", "static partial class A { ATTR static A() { } }",
        "partial class A { ATTR public Expr this[int i] => null!; }", "partial class A { ATTR public static A operator +(A a, A b) => a; }",
        "partial class A { ATTR public static implicit operator int(A a) => 1; }", "partial class A { ATTR public Expr F(Expr x) => x; }",
        "interface I { ATTR Expr F(Expr x); ATTR static Expr G(Expr x) => x; }", "abstract partial class A { ATTR public abstract Expr F(Expr x); }",
        "static partial class A { ATTR public static Expr F(Expr x) => x; }", "static partial class A { public static Expr F(ATTR Expr x) => x; }",
        "static partial class A { public static Expr F<ATTR T>(Expr x) => x; }",
        "static partial class A { static void M() { ATTR Expr L(ATTR Expr x) => x; } }",
        "static partial class A { static System.Func<Expr, Expr> f = ATTR (ATTR Expr x) => x; }",
        "static partial class A { ATTR public static extern Expr F(Expr x); }",
        "static partial class A { ATTR static partial Expr F(Expr x); ATTR static partial Expr F(Expr x) => x; }",
        "ATTR Expr F(Expr x) => x;", "namespace N { ATTR Expr F(Expr x) => x; }",
        "ATTR", "class A { ATTR }", "static partial class A { ATTR public static Expr }",
    ];

    private static readonly string[] Attributes =
    [
        "[Kernel]", "[Dims(\"n\")]", "[Ids(\"n\")]", "[Size(\"n\")]", "[Into(\"x\")]",
        "[Recompile(typeof(Sound))]", "[KernelIr(\"\")]", "[return: Kernel]", "[return: Dims(\"n\")]",
        "[return: Size(\"n\")]", "[return: Into(\"x\")]", "[method: Kernel]", "[field: Kernel]", "[property: Kernel]",
        "[type: Recompile(typeof(Sound))]", "[Kernel] [return: Dims(\"n\")]", "[Kernel, Kernel]",
        "[Recompile(typeof(Sound)), Recompile(typeof(Sound))]", "[assembly: Kernel]", "[module: Recompile(typeof(Sound))]",
    ];

    [Theory, MemberData(nameof(Places))]
    public void Attributes_may_stand_anywhere(string place)
    {
        foreach (var attribute in Attributes) Survives(place.Replace("ATTR", attribute));
    }

    [Theory]
    [InlineData("Kernel(1)")]
    [InlineData("Kernel(Fusion = 1)")]
    [InlineData("Kernel(Fusion = null)")]
    [InlineData("Kernel(Fusion = new[] { true })")]
    [InlineData("Kernel(Missing = true)")]
    [InlineData("Kernel(Scores = (Scores)99, Prologue = (Prologue)(-1))")]
    [InlineData("Kernel(Scores = \"Keep\")")]
    [InlineData("Kernel(Scores = default, Scores = default)")]
    [InlineData("Kernel(")]
    public void Arguments_of_Kernel_may_be_wrong(string kernel) =>
        Survives($"static partial class A {{ [{kernel}] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x * 2; }}");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("(string)null!")]
    [InlineData("(string[])null!")]
    [InlineData("new string[] { null! }")]
    [InlineData("\"n\", null!")]
    [InlineData("new[] { \"n\" }")]
    [InlineData("1")]
    [InlineData("missing")]
    [InlineData("\"n\" + 1")]
    [InlineData("nameof(missing)")]
    [InlineData("'n'")]
    [InlineData("typeof(int)")]
    [InlineData("layouts: \"n\"")]
    [InlineData("axis: \"n\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\0\"")]
    [InlineData("\"\\n\"")]
    [InlineData("\"\\\"\"")]
    [InlineData("\"n\\\"\\\"\\\" x\"")]
    [InlineData("\"(\"")]
    [InlineData("\")\"")]
    [InlineData("\"()\"")]
    [InlineData("\"((n))\"")]
    [InlineData("\"n=\"")]
    [InlineData("\"=3\"")]
    [InlineData("\"n=99999999999\"")]
    [InlineData("\"n=2147483647\"")]
    [InlineData("\"(n=2147483647 m=2147483647)\"")]
    [InlineData("\"n=-1\"")]
    [InlineData("\"n=+1\"")]
    [InlineData("\"... ...\"")]
    [InlineData("\"n ...\"")]
    [InlineData("\"(...)\"")]
    [InlineData("\"(... n)\"")]
    [InlineData("\"...=3\"")]
    [InlineData("\"n*m\"")]
    [InlineData("\"𝔫\"")]
    [InlineData("\"n\\u0301\"")]
    [InlineData("\"n //@3\"")]
    [InlineData("\"class\"")]
    public void Layouts_may_be_rubbish(string argument)
    {
        Survives($"static partial class A {{ [Kernel] [return: Dims(\"\")] public static Expr F([Dims({argument})] Expr x) => x[\"n\", 0]; }}");
        Survives($"static partial class A {{ [Kernel] [return: Dims(\"\")] public static Expr F([Ids({argument})] Expr x, " +
            $"[Dims(\"\")] Expr y) => y * 2; }}");
        Survives($"static partial class A {{ [Kernel] [return: Dims({argument})] public static Expr F([Dims(\"n\")] Expr x) => x * 2; }}");
        Survives(
            $"static partial class A {{ [Kernel] [return: Ids({argument})] public static Expr F([Dims(\"n d\")] Expr x) => ArgMax(x, \"d\"); }}");
        Survives($"static partial class A {{ [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, " +
            $"[Size({argument})] int s) => x * 2; }}");
        Survives($"static partial class A {{ [Kernel(Differentiable = false)] [return: Dims(\"n\"), Into({argument})] " +
            $"public static Expr F([Dims(\"n\")] Expr x) => x * 2; }}");
        Survives($"static partial class A {{ [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => " +
            $"x.Rename(\"n\", {argument}); }}");
        Survives($"static partial class A {{ [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n d\")] Expr x) => Sum(x, {argument}); }}");
        Survives($"[Recompile({argument})] public static partial class A {{ }}");
    }

    [Theory]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x); }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { } }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => ; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { return ; } }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x. }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x * ")]
    [InlineData(
        "static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, [Dims(\"n\")] Expr x) => x * 2; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, float x, bool x) => x * 2; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr) => 1; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr ([Dims(\"n\")] Expr x) => x; " +
        "[Kernel] [return: Dims(\"n\")] public static Expr ([Dims(\"n\")] Expr x) => x; }")]
    [InlineData("static partial class { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static F([Dims(\"n\")] Expr x) => x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Missing F([Dims(\"n\")] Expr x) => x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\", \"n\")] public static (Expr, Missing) F([Dims(\"n\")] Expr x) => (x, x); }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Missing x) => x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, int s = missing) => x * s; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, int s = 1.5) => x * s; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F(float s = 1, [Dims(\"n\")] Expr x) => x * s; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([System.Runtime.InteropServices.Optional, " +
        "System.Runtime.InteropServices.DefaultParameterValue(2f)] float s, [Dims(\"n\")] Expr x) => x * s; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, __arglist) => x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] params Expr[] x) => x[0]; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] this Expr x) => x * 2; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x * 2; } " +
        "static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x * 3; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => F(x); }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr A([Dims(\"n\")] Expr x) => x * 2; }")]
    [InlineData(
        "static partial class A { public static int F; [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x * 2; }")]
    [InlineData("static class A { extension(Expr x) { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr y) => y; " +
        "[Kernel] [return: Dims(\"n\")] public Expr G() => x; } }")]
    [InlineData("[Recompile(typeof(Sound))] static partial class A { } [Recompile(typeof(Sound))] static partial class A { }")]
    [InlineData("[Recompile(typeof(Sound))] static partial class A { [Kernel] [return: Dims(\"n\")] " +
        "public static Expr Twice([Dims(\"n\")] Expr x) => x * 3; }")]
    [InlineData("[Recompile(typeof(A))] static partial class B { } [Recompile(typeof(B))] static partial class A { }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => G(x); " +
        "[Kernel] static Expr G(Expr x) => x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { [Kernel] Expr G(Expr y) => " +
        "y; return G(x); } }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { Expr y = y * x; return y; } }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { (Expr, Expr) p = (x, x); " +
        "p.Item1 = x; return p.Item3; } }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { var (a, (b, c)) = (x, x); " +
        "return a + b + c; } }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => " +
        "Sum(over: \"n\", x: x, missing: 1) + x; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => " +
        "x.Slice(\"n\", \"m\", 2147483647, 2147483647); }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n m\")] Expr x) => x[\"m\", 2147483647]; }")]
    [InlineData("static partial class A { [Kernel] [return: Dims(\"y\")] public static Expr F([Dims(\"n\")] Expr x, [Dims(\"k\")] Expr w) => " +
        "Sum(x.Window(\"n\", \"y\", \"k\", w, 2147483647, 2147483647) * w, \"k\"); }")]
    public void Code_may_be_half_written(string source) => Survives(source);

    [Fact]
    public void What_the_compiler_says_is_not_said_again() =>
        Assert.Empty(Survives("static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr P => null!; }"));

    private static string Kernel(string body) => $"[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, float r) {{ {body} }}";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    public static TheoryData<string, string> Huge => new()
    {
        { "a sum of thousands", $"return {Repeat("x + ", 5000)} x;" },
        { "thousands of signs", $"return {Repeat("-(", 3000)} x {Repeat(")", 3000)};" },
        { "thousands of calls", $"return {Repeat("Exp(", 2000)} x {Repeat(")", 2000)};" },
        { "thousands of members", $"return x{Repeat(".Rename(\"n\", \"m\").Rename(\"m\", \"n\")", 2000)};" },
        { "thousands of statements", $"{Repeat("x = Exp(x);\n", 4000)} return x;" },
        { "thousands of wrong statements", $"{Repeat("x = Sum(x, \"k\");\n", 1000)} return x;" },
        { "thousands of statements, the last of which is wrong", $"{Repeat("x = Exp(x);\n", 2000)} return x * Sum(x, \"k\");" },
        { "a choice after the other", $"{Repeat("if (r > 1) { if (r > 2) return x; x = x * 2; }\n", 40)} return x;" },
        { "a choice in the other", $"{Repeat("if (r > 1) { ", 1000)} x = x * 2; {Repeat("}", 1000)} return x;" },
        { "thousands of choices", $"return {Repeat("r > 1 ? x * 2 : ", 2000)} x;" },
        { "a condition of thousands", $"var c = r > 1; {Repeat("c = c && !c;\n", 3000)} return c ? x : x * 2;" },
        { "a seed of many choices", $"var s = 1; {Repeat("s = r > 1 ? s : s + 1;\n", 100)} return x.Random(s);" },
        { "blocks in blocks", $"{Repeat("{ ", 2000)} return x; {Repeat("}", 2000)}" },
    };

    [Theory, MemberData(nameof(Huge))]
    public void Bodies_may_be_huge(string _, string body)
    {
        IReadOnlyList<string> reports = [];
        Exception? failure = null;
        // The stack that a thread of the compiler has.
        var thread = new Thread(
            () => failure = Record.Exception(() => reports = Survives("public static partial class A { " + Kernel(body) + " }")),
            maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        // Of what C# takes, that is: it refuses much nesting itself.
        if (body.StartsWith("x = Exp", StringComparison.Ordinal) || body.Contains("x + x"))
        {
            Assert.Contains(Assert.Single(reports), new[] { "MDSL024", "MDSL002" });
        }
    }

    [Fact]
    public void Kernels_that_call_each_other_twice_end()
    {
        var chain = string.Concat(Enumerable.Range(1, 15)
            .Select(i => $"[Kernel] [return: Dims(\"n\")] public static Expr F{i}([Dims(\"n\")] Expr x) => F{i - 1}(x) + F{i - 1}(x * 2);\n"));
        var reports = Survives(
            $"public static partial class A {{ [Kernel] [return: Dims(\"n\")] public static Expr F0([Dims(\"n\")] Expr x) => x * 2; {chain} }}");
        // F14 is read 2^14 times in F15's stead: more expressions than are taken.
        Assert.NotEmpty(reports);
        Assert.All(reports, id => Assert.Equal("MDSL024", id));
    }
}
