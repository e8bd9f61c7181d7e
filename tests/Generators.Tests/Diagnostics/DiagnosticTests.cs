using Microsoft.CodeAnalysis;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Diagnostics;

/// <summary>Each rule, with the text that the error underlines.</summary>
public class DiagnosticTests
{
    private const string N = "[Kernel] [return: Dims(\"n\")] public static Expr F";

    [Theory]
    [InlineData("public static class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x; }", "MDSL001 'F'")]
    [InlineData("public partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x; }", "MDSL001 'F'")]
    [InlineData(
        "public static partial class A<T> { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x; }", "MDSL001 'F'")]
    [InlineData(
        "public static class B { public static partial class A { [Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x; } }",
        "MDSL001 'F'")]
    [InlineData(
        "public partial class B<T> { public static partial class A { [Kernel] [return: Dims(\"n\")] " +
        "public static Expr F([Dims(\"n\")] Expr x) => x; } }",
        "MDSL001 'F'")]
    [InlineData(
        "public partial struct B { public static partial class A { [Kernel] [return: Dims(\"n\")] " +
        "public static Expr F([Dims(\"n\")] Expr x) => x; } }",
        "MDSL001 'F'")]
    [InlineData(
        "public partial record B { public static partial class A { [Kernel] [return: Dims(\"n\")] " +
        "public static Expr F([Dims(\"n\")] Expr x) => x; } }",
        "MDSL001 'F'")]
    public void The_class(string type, string report) => Assert.Equal([report], Reports("using MageDsl;\n" + type));

    [Theory]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static Expr F<T>([Dims(\"n\")] Expr x) => x;", "MDSL003 'F'")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static float F([Dims(\"n\")] Expr x) => 1;", "MDSL003 'F'")]
    [InlineData("[Kernel] [return: Dims(\"n\", \"n\")] public static (Expr, int) F([Dims(\"n\")] Expr x) => (x, 1);", "MDSL003 'F'")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static extern Expr F([Dims(\"n\")] Expr x);", "MDSL003 'F'")]
    [InlineData(N + "(Expr x) => x;", "MDSL004 'x'")]
    [InlineData(N + "([Dims(\"n\"), Ids(\"n\")] Expr x) => x;", "MDSL004 'x'")]
    [InlineData(N + "([Dims(\"n\", \"n\")] Expr x) => x;", "MDSL004 'x'")]
    [InlineData(N + "([Dims(\"n\")] ref Expr x) => x;", "MDSL004 'x'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, string s) => x;", "MDSL004 's'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, [Dims(\"n\")] float s) => x;", "MDSL004 's'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, [Size(\"n\")] float s) => x;", "MDSL004 's'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, [Size(\"h\")] int s) => x;", "MDSL004 's'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, [Dims(\"n\")] Expr y = null!) => x;", "MDSL004 'y'")]
    [InlineData(N + "([Dims(\"n n\")] Expr x) => x;", "MDSL005 'Dims(\"n n\")'")]
    [InlineData("[Kernel] [return: Dims(\"n=0\")] public static Expr F([Dims(\"n\")] Expr x) => x;", "MDSL005 'Dims(\"n=0\")'")]
    [InlineData("[Kernel] public static Expr F([Dims(\"n\")] Expr x) => x;", "MDSL014 'F'")]
    [InlineData("[Kernel] [return: Dims(\"n\", \"n\")] public static Expr F([Dims(\"n\")] Expr x) => x;", "MDSL014 'F'")]
    [InlineData(
        "[Kernel(Differentiable = false)] [return: Dims(\"n\"), Into(\"y\")] public static Expr F([Dims(\"n\")] Expr x) => x;",
        "MDSL017 'Into(\"y\")'")]
    [InlineData(
        "[Kernel(Differentiable = false)] [return: Dims(\"n\"), Into(\"x\", \"x\")] public static Expr F([Dims(\"n\")] Expr x) => x;",
        "MDSL017 'Into(\"x\", \"x\")'")]
    [InlineData("[Kernel] [return: Dims(\"n\"), Into(\"x\")] public static Expr F([Dims(\"n\")] Expr x) => x * 2;", "MDSL017 'Into(\"x\")'")]
    [InlineData("[Kernel] [return: Dims(\"\")] public static Expr F(float x) => x * 2;", "MDSL025 'F'")]
    [InlineData(N + "([Dims(\"n\")] Expr x) => x; public static Tensor F(Tensor x) => x;", "MDSL025 'F'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, int by) => x; public static Tensor F(Tensor x, int y) => x;", "MDSL025 'F'")]
    [InlineData(N + "([Dims(\"n\")] Expr x) => x; public static int F__Kernel;", "MDSL025 'F'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, float _type) => x;", "MDSL027 '_type'")]
    [InlineData(N + "([Dims(\"n h__w\")] Expr x) => Sum(x, \"h__w\");", "MDSL027 'Dims(\"n h__w\")'")]
    [InlineData(N + "([Dims(\"n d_at1\")] Expr x) => Sum(x, \"d_at1\");", "MDSL027 'Dims(\"n d_at1\")'")]
    [InlineData(N + "([Dims(\"n\")] Expr x, bool a, bool b, bool c, bool d, bool e, bool f, bool g) => x;", "MDSL024 'F'")]
    [InlineData("[Kernel] [return: Ids(\"n\")] public static Expr F([Ids(\"n\")] Expr x) => x;", "MDSL029 'x'")]
    [InlineData(
        "[Kernel] [return: Ids(\"n\", \"n\")] public static (Expr, Expr) F([Dims(\"n d\")] Expr x) { var a = ArgMax(x, \"d\"); return (a, a); }",
        "MDSL029 'F'")]
    [InlineData(
        "[Kernel] [return: Dims(\"n\")] public static partial Expr F([Dims(\"n\")] Expr x); public static partial Expr F(Expr x) => x;",
        "MDSL003 'F'")]
    [InlineData("[Kernel] [return: Dims(\"n\")] public static async System.Threading.Tasks.Task<Expr> F([Dims(\"n\")] Expr x) => x;", "MDSL003 'F'")]
    [InlineData("public static Expr P { [Kernel] get => null!; }", "MDSL003 'get'")]
    [InlineData("static System.Func<Expr, Expr> f = [Kernel] (Expr x) => x;", "MDSL003 '[Kernel] (Expr x) => x'")]
    [InlineData(
        "[Kernel(Differentiable = false)] [return: Dims(\"\"), Into(\"x\")] public static Expr F([Dims(\"n\")] Expr x) => Sum(x, \"n\");",
        "MDSL017 'Into(\"x\")'")]
    [InlineData(
        "[Kernel(Differentiable = false)] [return: Dims(\"n\"), Into(\"x\")] public static Expr F([Ids(\"n\")] Expr x) => x * 2;",
        "MDSL017 'Into(\"x\")'")]
    public void The_signature(string members, string report) => Assert.Equal([report], Reports(Class(members)));

    [Theory]
    [InlineData("Sum(x, over: \"d\")", "MDSL002 'Sum(x, over: \"d\")'")]
    [InlineData("Sum(x, over: \"\")", "MDSL002 '\"\"'")]
    [InlineData("Sum(x, over: \"n n\")", "MDSL002 '\"n n\"'")]
    [InlineData("x.Rename(\"n\", \"m\").Rename(\"k\", \"l\")", "MDSL002 'Rename(\"k\", \"l\")'")]
    [InlineData("(x * k).Rename(\"n\", \"k\")", "MDSL002 'Rename(\"n\", \"k\")'")]
    [InlineData("x.Slice(\"n\", \"n\", 1)", "MDSL002 'Slice(\"n\", \"n\", 1)'")]
    [InlineData("x.Slice(\"n\", \"m\", start: -1)", "MDSL002 '-1'")]
    [InlineData("x.Window(\"n\", \"n\", \"k\", like: k)", "MDSL002 'Window(\"n\", \"n\", \"k\", like: k)'")]
    [InlineData("x.Window(\"n\", \"y\", \"k\", like: x)", "MDSL002 'Window(\"n\", \"y\", \"k\", like: x)'")]
    [InlineData("x.Window(\"n\", \"y\", \"k\", like: k, stride: 0)", "MDSL002 '0'")]
    [InlineData("x / x.Size(\"d\")", "MDSL002 'Size(\"d\")'")]
    [InlineData("x + (x > 0)", "MDSL002 'x + (x > 0)'")]
    [InlineData("Select(x, x, x)", "MDSL002 'Select(x, x, x)'")]
    [InlineData("Select(x > 0, x, x > 1)", "MDSL002 'Select(x > 0, x, x > 1)'")]
    [InlineData("Gather(x, \"n\", k)", "MDSL002 'Gather(x, \"n\", k)'")]
    [InlineData("x * Sum(x[\"k\", 0], \"n\")", "MDSL002 'x[\"k\", 0]'")]
    [InlineData("x * new Expr[1][0]", "MDSL006 'new Expr[1][0]'")]
    [InlineData("x * (float)(decimal)rate", "MDSL006 '(decimal)rate'")]
    [InlineData("x * Field", "MDSL006 'Field'")]
    [InlineData("x * x.Count", "MDSL006 'x.Count'")]
    [InlineData("default!", "MDSL006 'default'")]
    [InlineData("Sum(x, over: Name)", "MDSL007 'Name'")]
    [InlineData("x[\"n\", steps]", "MDSL007 'steps'")]
    [InlineData("x.Random(1, steps)", "MDSL007 'steps'")]
    [InlineData("x * Sum(Index(\"j\", steps), over: \"j\")", "MDSL007 'steps'")]
    [InlineData("x * Sum(Index(\"j\", 0), over: \"j\")", "MDSL007 '0'")]
    [InlineData("x * Sum(Index(\"a-b\", 2), over: \"a-b\")", "MDSL002 '\"a-b\"'")]
    [InlineData("x * Sum(x.Index(\"j\"), over: \"j\")", "MDSL002 'Index(\"j\")'")]
    [InlineData("x * (steps / 2)", "MDSL008 'steps / 2'")]
    [InlineData("x * (1 / 2)", "MDSL008 '1 / 2'")]
    [InlineData("x * (steps / 2L)", "MDSL008 'steps / 2L'")]
    [InlineData("x * (char)steps", "MDSL006 '(char)steps'")]
    [InlineData("x * (nint)steps", "MDSL006 '(nint)steps'")]
    [InlineData("((object)x == (object)k ? x : x)", "MDSL006 '(object)x == (object)k'")]
    [InlineData("x * rate.CompareTo(1f)", "MDSL009 'CompareTo(1f)'")]
    [InlineData("x * System.Math.DivRem(steps, 2).Quotient", "MDSL009 'System.Math.DivRem(steps, 2)'")]
    [InlineData("x * float.Parse(\"1\")", "MDSL009 'float.Parse(\"1\")'")]
    [InlineData("on ? (x = x * 2) : x", "MDSL006 'x = x * 2'")]
    [InlineData("x * (rate > 0 && (on = false) ? 1 : 2)", "MDSL006 'on = false'")]
    [InlineData("x.Rename(\"n\", \"a-b\")", "MDSL002 '\"a-b\"'")]
    [InlineData("x.Rename(\"n\", \"...\")", "MDSL002 '\"...\"'")]
    [InlineData("x.Slice(\"n\", \"h__w\", 1)", "MDSL027 '\"h__w\"'")]
    [InlineData("Helper(x)", "MDSL009 'Helper(x)'")]
    [InlineData("x * x.Item()", "MDSL009 'Item()'")]
    [InlineData("F(x, k, rate, steps, on)", "MDSL010 'F(x, k, rate, steps, on)'")]
    [InlineData("on ? x : k", "MDSL013 'on ? x : k'")]
    [InlineData("on ? x : 1", "MDSL013 'on ? x : 1'")]
    [InlineData("x * k", "MDSL015 'x * k'")]
    [InlineData("x > 0", "MDSL016 'x > 0'")]
    [InlineData("Floor(x) + x", "MDSL020 'Floor(x)'")]
    public void The_expression(string expression, string report) => Assert.Equal([report], Reports(Class(
        $$"""
        private static float Field = 1;
        private static readonly string Name = "n";
        private static Expr Helper(Expr x) => x;
        [Kernel] [return: Dims("n")]
        public static Expr F([Dims("n")] Expr x, [Dims("k")] Expr k, float rate, int steps, bool on) => {{expression}};
        """)));

    [Theory]
    [InlineData("for (var i = 0; i < 2; i++) x = x * x; return x;", "MDSL006 'for (var i = 0; i < 2; i++) x = x * x;'")]
    [InlineData("Expr Local(Expr y) => y; return x;", "MDSL006 'Expr Local(Expr y) => y;'")]
    [InlineData("System.Func<Expr, Expr> f = y => y; return x;", "MDSL006 'y => y'")]
    [InlineData("if (x is null) return x; return x;", "MDSL006 'x is null'")]
    [InlineData("try { x = x * 2; } finally { } return x;", "MDSL006 'try { x = x * 2; } finally { }'")]
    [InlineData("System.GC.Collect(); return x;", "MDSL006 'System.GC.Collect()'")]
    [InlineData("switch (on) { case true: return x; default: return x; }", "MDSL006 'switch (on) { case true: return x; default: return x; }'")]
    [InlineData("Expr y; if (on) y = x; else y = Sum(x, \"n\"); return y * x;", "MDSL013 'if (on) y = x; else y = Sum(x, \"n\");'")]
    public void The_statement(string body, string report) => Assert.Equal([report], Reports(Class(
        $"{N}([Dims(\"n\")] Expr x, bool on = false) {{ {body} }}")));

    [Theory]
    [InlineData("[Dims(\"n (h e)\")] Expr x", "Sum(x, \"h e\")", "MDSL018 'Dims(\"n (h e)\")'", "MDSL018 'Dims(\"n (h e)\")'")]
    [InlineData("[Dims(\"n\")] Expr x, [Dims(\"i\")] Expr i", "Sum(Sum(x.Window(\"n\", \"y\", \"i\", i), \"y i\") + x, \"n\") + x")]
    [InlineData("[Dims(\"n\")] Expr x, [Dims(\"n (k=2)\")] Expr y, [Dims(\"k=3\")] Expr z", "x", "MDSL019 'Dims(\"k=3\")'")]
    [InlineData("[Dims(\"n k=2\")] Expr x", "x[\"k\", 2]", "MDSL019 'x[\"k\", 2]'")]
    [InlineData("[Dims(\"n k=2\")] Expr x", "x[\"k\", -2]")]
    [InlineData("[Dims(\"n k=2\")] Expr x", "x[\"k\", -3]", "MDSL019 'x[\"k\", -3]'")]
    [InlineData("[Dims(\"n\")] Expr x", "x * Index(\"j\", 3)[\"j\", -4]", "MDSL019 'Index(\"j\", 3)[\"j\", -4]'")]
    [InlineData("[Dims(\"n k=2\")] Expr x", "Sum(x.Slice(\"k\", \"l\", start: 2), \"l\")", "MDSL019 'Slice(\"k\", \"l\", start: 2)'")]
    [InlineData("[Dims(\"n k=2\")] Expr x, [Dims(\"m=3\")] Expr y", "Sum(x.Rename(\"k\", \"m\") * y, \"m\")", "MDSL019 'Rename(\"k\", \"m\")'")]
    public void The_sizes(string parameters, string expression, params string[] reports) => Assert.Equal(
        reports, Reports(Class($"{N}({parameters}) => {expression};")));

    /// <summary>Two axes of one tensor: what each message proposes compiles.</summary>
    [Theory]
    [InlineData(
        "[return: Dims(\"n n\")] public static Expr F([Dims(\"n d\")] Expr x) => Sum(x * x, over: \"d\");",
        "MDSL005", "two names, as 'n' and 'n2', and Rename(\"n\", into: \"n2\")")]
    [InlineData(
        "[return: Dims(\"n n2\")] public static Expr F([Dims(\"n d\")] Expr x) => Sum(x * x, over: \"d\");",
        "MDSL018", "make it with Rename(\"n\", into: \"n2\")")]
    [InlineData(
        "[return: Dims(\"n n2\")] public static Expr F([Dims(\"n d\")] Expr x) => Sum(x * x.Rename(\"n\", into: \"n2\"), over: \"d\");", "", "")]
    [InlineData("[return: Dims(\"n k\")] public static Expr F([Dims(\"n\")] Expr x) => x * 1;", "MDSL018", "add a parameter [Size(\"k\")] int")]
    [InlineData("[return: Dims(\"n k\")] public static Expr F([Dims(\"n\")] Expr x, [Size(\"k\")] int k) => x * 1;", "", "")]
    [InlineData("[return: Dims(\"n k\")] public static Expr F([Dims(\"n\")] Expr x) => x * x.Index(\"k\");", "MDSL002", "write Index(\"k\", size)")]
    [InlineData("[return: Dims(\"n k\")] public static Expr F([Dims(\"n\")] Expr x) => x * Index(\"k\", 3);", "", "")]
    [InlineData(
        "[return: Dims(\"t e\")] public static Expr F([Dims(\"t e\")] Expr q) => Sum(Exp(Sum(q * q, over: \"e\")) * q, over: \"u\");",
        "MDSL002", "Rename(\"t\", into: \"u\")")]
    public void Two_axes_of_one_size(string kernel, string id, string advice)
    {
        var reports = Run(Class("[Kernel] " + kernel)).Diagnostics;
        Assert.Equal(id, string.Join(" ", reports.Select(d => d.Id)));
        if (id.Length > 0) Assert.Contains(advice, reports[0].GetMessage(null));
    }

    [Fact]
    public void Ids_come_from_ids() => Assert.Equal(
        ["MDSL016 'Max(x, \"d\")'"], Reports(Class("[Kernel] [return: Ids(\"n\")] public static Expr F([Dims(\"n d\")] Expr x) => Max(x, \"d\");")));

    [Fact]
    public void The_axis_of_a_tuple_element_is_reported_at_it() => Assert.Equal(
        ["MDSL015 'x'"],
        Reports(Class("[Kernel] [return: Dims(\"\", \"\")] public static (Expr, Expr) F([Dims(\"n\")] Expr x) => (Sum(x, \"n\"), x);")));

    [Fact]
    public void Names_are_unique_in_a_class() =>
        Assert.Equal(["MDSL021 'F'", "MDSL021 'F'"], Reports(Class($"{N}([Dims(\"n\")] Expr x) => x; {N}([Dims(\"n\")] Expr x, float y) => x;")));

    [Fact]
    public void A_circle_is_found_from_both_sides() => Assert.Equal(["MDSL010 'G(x)'", "MDSL010 'F(x)'"], Reports(Class(
        $"{N}([Dims(\"n\")] Expr x) => G(x); [Kernel] [return: Dims(\"n\")] public static Expr G([Dims(\"n\")] Expr x) => F(x);")));

    [Fact]
    public void Mistakes_in_several_statements_are_all_reported_and_their_consequences_are_not() => Assert.Equal(
        ["MDSL002 'Sum(x, \"a\")'", "MDSL002 'Sum(x, \"b\")'"],
        Reports(Class($"{N}([Dims(\"n\")] Expr x) {{ var a = Sum(x, \"a\"); var b = Sum(x, \"b\"); return Sum(a + b, \"c\"); }}")));

    [Fact]
    public void What_the_csharp_compiler_reports_is_not_reported_again() =>
        Assert.Empty(Reports(Class($"{N}([Dims(\"n\")] Expr x) => Missing(x) + \"1\" - y;")));

    [Theory]
    [InlineData("StopGradient(Floor(x)) + x")]
    [InlineData("Select(Floor(x) > 0, x, -x)")]
    [InlineData("x * Floor(rate)")]
    [InlineData("x * Floor(ids / 2)")]
    [InlineData("x * Floor(x.Random(1) * 2)")]
    public void A_floor_that_no_gradient_crosses_is_fine(string expression) =>
        Assert.Empty(Reports(Class($"{N}([Dims(\"n\")] Expr x, [Ids(\"n\")] Expr ids, float rate) => {expression};")));

    [Fact]
    public void A_floor_inside_a_called_kernel_is_reported_at_the_call() => Assert.Equal(["MDSL020 'Whole(x)'"], Reports(Class(
        $"{N}([Dims(\"n\")] Expr x) => Whole(x); [Kernel(Differentiable = false)] [return: Dims(\"n\")] " +
        "public static Expr Whole([Dims(\"n\")] Expr x) => Floor(x);")));

    [Fact]
    public void A_callees_own_mistake_is_reported_at_the_callee_only() => Assert.Equal(["MDSL008 '1 / s'"], Reports(Class(
        $"{N}([Dims(\"n\")] Expr x) => G(x, 2); [Kernel] [return: Dims(\"n\")] public static Expr G([Dims(\"n\")] Expr x, int s) => x * (1 / s);")));

    [Fact]
    public void A_wrong_kernel_does_not_stop_the_others()
    {
        var result = Run(
            Class($"{N}([Dims(\"n\")] Expr x) => Sum(x, \"k\"); [Kernel] [return: Dims(\"n\")] public static Expr G([Dims(\"n\")] Expr x) => x;"));
        Assert.Equal("G", Assert.Single(Models(result)).Name);
    }
}
