using Microsoft.CodeAnalysis;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Diagnostics;

/// <summary>Every C# construct that a kernel cannot hold is named in words, at its place.</summary>
public class ConstructTests
{
    [Theory]
    [InlineData("while (on) x = x * 2; return x;", "a loop; reduce over an axis instead")]
    [InlineData("do x = x * 2; while (on); return x;", "a loop; reduce over an axis instead")]
    [InlineData("foreach (var i in \"ab\") x = x * 2; return x;", "a loop; reduce over an axis instead")]
    [InlineData("goto end; end: return x;", "goto, break or continue", "a label")]
    [InlineData("lock (x) { } return x;", "lock")]
    [InlineData("using (null) { } return x;", "using")]
    [InlineData("using System.IDisposable? s = null; return x;", "using")]
    [InlineData("throw new System.Exception();", "throw")]
    [InlineData("return on ? x : throw new System.Exception();", "throw")]
    [InlineData("try { return x; } catch { return x; }", "try")]
    [InlineData("return on switch { true => x, false => -x };", "a switch; use if on bool parameters, or Select")]
    [InlineData("steps++; return x;", "++ or --")]
    [InlineData("return x * --steps;", "++ or --")]
    [InlineData("return x ?? x;", "?? or ?.; nothing in a kernel is null")]
    [InlineData("x ??= x; return x;", "?? or ?.; nothing in a kernel is null")]
    [InlineData("x?.ToString(); return x;", "?? or ?.; nothing in a kernel is null")]
    [InlineData("Expr[] r = [x]; return x;", "the creation of an object")]
    [InlineData("var r = new { x }; return x;", "the creation of an object")]
    [InlineData("return Empty[0];", "an element of an array; give the axis an index, as x[\"k\", 0]")]
    [InlineData("return x * (nameof(x) + steps).Length;", "the property 'Length'")]
    [InlineData("return x * Sum(x, $\"{steps}\");", "MDSL007")]
    [InlineData("System.Func<Expr, Expr> f = Exp; return x;", "a local function or lambda; make it a [Kernel] of its own")]
    [InlineData("System.Span<int> s = stackalloc int[2]; return x;", "stackalloc")]
    [InlineData("unsafe { fixed (char* c = \"a\") { } } return x;", "fixed")]
    [InlineData("ref Expr y = ref x; return y;", "a ref local; two names for one variable")]
    [InlineData("return x * ((steps, 1) == (1, steps) ? 1 : 2);", "a comparison of tuples")]
    [InlineData("Exp(x); return x;", "a statement without effect on a result")]
    [InlineData("return x is { } y ? y : x;", "a pattern")]
    public void Is_named(string body, params string[] names)
    {
        var source = Class(
            $$"""
            private static readonly Expr[] Empty = [];
            [Kernel] [return: Dims("n")] public static Expr F([Dims("n")] Expr x, int steps, bool on) { {{body}} }
            """);
        Assert.Empty(Compilation([source]).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var reports = Run(source).Diagnostics;
        if (names is ["MDSL007"])
        {
            Assert.Equal("MDSL007", Assert.Single(reports).Id);
        }
        else
        {
            var unsupported = reports.Where(d => d.Id == "MDSL006").Select(d => d.GetMessage());
            Assert.Equal(names.Select(n => "a kernel cannot hold " + n), unsupported);
        }
    }

    [Theory]
    [InlineData(
        "[Dims(\"n d\")] Expr x, [Dims(\"d\")] Expr w", "Sum(x * w, \"e\")",
        "Sum: there is no axis 'e' in a value over [n d] ('n' of parameter 'x', 'd' of parameters 'x' and 'w'); a second axis of the size of one " +
        "that is there is made by Rename, as Rename(\"n\", into: \"e\")")]
    [InlineData(
        "[Dims(\"n d\")] Expr x, [Dims(\"m\")] Expr y", "x * Max(y, \"d\")",
        "Max: there is no axis 'd' in parameter 'y' over [m]; parameter 'x' has it")]
    [InlineData(
        "[Dims(\"n token\")] Expr x", "Sum(x, \"tokens\")", "Sum: there is no axis 'tokens' in parameter 'x' over [n token]; did you mean 'token'?")]
    [InlineData(
        "[Dims(\"n d\")] Expr x", "Sum(x.Slice(\"d\", \"e\", 1), \"d\")",
        "Sum: there is no axis 'd' in a value over [n e] ('n' of parameter 'x', 'e' made by a view of axis 'd'); parameter 'x' has it")]
    [InlineData(
        "[Dims(\"n d=3\")] Expr x, [Dims(\"d=4\")] Expr w", "Sum(x * w, \"d\")",
        "axis 'd' has size 3 from parameter 'x' (\"n d=3\"), and size 4 from parameter 'w' (\"d=4\"): where values meet, a name has one size")]
    [InlineData(
        "[Dims(\"n d=3\")] Expr x, [Dims(\"e=4\")] Expr w", "Sum(x.Rename(\"d\", \"e\") * w, \"e\")",
        "axis 'e' has size 4 from parameter 'w' (\"e=4\"), and size 3 from axis 'd' of size 3 from parameter 'x' (\"n d=3\"): " +
        "where values meet, a name has one size")]
    [InlineData(
        "[Dims(\"n\")] Expr x, [Dims(\"k\")] Expr y", "x * y",
        "the value over [n k] has an axis 'k', of parameter 'y', that the result's layout \"n\" lacks")]
    [InlineData(
        "[Dims(\"n\")] Expr x, [Dims(\"k\")] Expr y, bool on", "Sum(on ? x : y, \"n\") + x",
        "the branches give parameter 'x' over [n] and parameter 'y' over [k]: both need the same axes")]
    public void A_shape_error_says_where_its_axes_come_from(string parameters, string expression, string message) => Assert.Equal(
        message,
        Assert.Single(Run(Class($"[Kernel] [return: Dims(\"n\")] public static Expr F({parameters}) => {expression};")).Diagnostics).GetMessage());

    [Theory]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr @class([Dims(\"n\")] Expr @int, float @event) => @int * @event;")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n i_n v\")] Expr row, [Size(\"i_n\")] int n_i_n, float inner) => " +
        "Sum(row, \"i_n v\") * inner;")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, [Dims(\"m\")] Expr unused) => x;")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) { unsafe { checked { return x * 2; } } }")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x, [Dims(\"v\")] Expr table, [Ids(\"n\")] Expr ids) => " +
        "x * Gather(table, \"v\", ids);")]
    public void What_is_taken_compiles(string members)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation([Class(members, "@params")]), out var built, out var reports);
        Assert.Empty(reports);
        Assert.Empty(built.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void The_project_must_allow_unsafe_code()
    {
        var compilation = Compilation([Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x;")]);
        var result = Run(compilation.WithOptions(compilation.Options.WithAllowUnsafe(false)));
        Assert.Equal("MDSL026", Assert.Single(result.Diagnostics).Id);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(201, true)]
    public void A_chain_that_is_too_long_is_refused_and_others_need_little_stack(int length, bool refused)
    {
        var steps = string.Concat(Enumerable.Repeat("x = Exp(x);\n", length));
        var compilation = Compilation([Class($"[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) {{ {steps} return x; }}")]);
        GeneratorRunResult result = default;
        var thread = new Thread(() => result = Run(compilation), maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        string[] expected = refused ? ["MDSL024"] : [];
        Assert.Equal(expected, result.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void A_power_by_squaring_is_compiled_in_no_time() =>
        Assert.Empty(Reports(Class($"[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n d\")] Expr x, [Dims(\"d\")] Expr w) {{ " +
            $"{string.Concat(Enumerable.Repeat("x = x * x;", 40))} return Sum(x * w, \"d\"); }}")));
}
