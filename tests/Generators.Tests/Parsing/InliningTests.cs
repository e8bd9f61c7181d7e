using MageDsl.Generators;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>Calls of other definitions: from the same project, and from the IR that a referenced one carries, with the same outcome.</summary>
public class InliningTests
{
    private static readonly string Library = Class(
        """
        [Kernel] [return: Dims("... d")]
        public static Expr Softmax([Dims("... d")] Expr x)
        {
            var e = Exp(x - Max(x, over: "d"));
            return e / Sum(e, over: "d");
        }

        [Kernel] [return: Dims("n")]
        public static Expr Drop([Dims("n")] Expr x, float rate = 0.5f, int seed = 7, bool training = false)
            => training ? Select(x.Random(seed, 1) < rate, 0, x / (1 - rate)) : x;

        [Kernel] [return: Dims("n", "n")]
        public static (Expr Sum, Expr Product) Both([Dims("n")] Expr a, [Dims("n")] Expr b) => (a + b, a * b);

        [Kernel] [return: Dims("n d")]
        public static Expr Lookup([Dims("v d")] Expr table, [Ids("n")] Expr at) => Gather(table, "v", at);

        [Kernel] [return: Dims("n h")]
        public static Expr Heads([Dims("n (h e)")] Expr x, [Size("h")] int heads) => Sum(x, "e") / heads;

        [Kernel] [return: Dims("b y")]
        public static Expr Conv([Dims("b h")] Expr x, [Dims("i")] Expr w) => Sum(x.Window("h", "y", "i", like: w, stride: 2, pad: 1) * w, over: "i");

        [Kernel] [return: Dims("n s")]
        public static Expr Thirds([Dims("n (s=3 d)")] Expr x) => Sum(x, "d");

        [Kernel] [return: Dims("n")]
        public static Expr Scaled([Dims("n")] Expr x, float rate, double far = 0.1f) => x * System.MathF.Pow(1 - rate, 2) * far;
        """, "L");

    /// <summary>The kernels of class K, which may call those of L above: L in the same project, or in a referenced one.</summary>
    private static (Compilation Compilation, GeneratorRunResult Result) Run(string members, bool referenced)
    {
        var source = "using static Test.L;\n" + Class(members);
        var compilation = referenced
            ? Compilation([source], "App", [GeneratorHarness.Library("Lib", Library)])
            : Compilation([source, Library]);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return (compilation, GeneratorHarness.Run(compilation));
    }

    private static KernelModel Inlined(string members, bool referenced)
    {
        var result = Run(members, referenced).Result;
        Assert.Null(result.Exception);
        Assert.Empty(result.Diagnostics);
        return Models(result).Last(m => m.TypeName == "K");
    }

    private static string Report(string members, bool referenced)
    {
        var (compilation, result) = Run(members, referenced);
        var diagnostic = Assert.Single(result.Diagnostics);
        return $"{diagnostic.Id} '{Text(compilation, diagnostic)}' {diagnostic.GetMessage(null)}";
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Axes_that_the_callee_does_not_mention_pass_through(bool referenced) => Assert.Equal(
        """
        %0 = input q  [b t d]
        %1 = reducemax %0 over=d  [b t]
        %2 = sub %0 %1  [b t d]
        %3 = exp %2  [b t d]
        %4 = reducesum %3 over=d  [b t]
        %5 = div %3 %4  [b t d]
        """, Nodes(Inlined("[Kernel] [return: Dims(\"b t d\")] public static Expr F([Dims(\"b t d\")] Expr q) => Softmax(q);", referenced)));

    [Theory, InlineData(false), InlineData(true)]
    public void A_constant_flag_leaves_one_branch(bool referenced) => Assert.Equal(
        "%0 = input q  [b n]",
        Nodes(Inlined("[Kernel] [return: Dims(\"b n\")] public static Expr F([Dims(\"b n\")] Expr q) => Drop(q);", referenced)));

    [Theory, InlineData(false), InlineData(true)]
    public void Random_numbers_of_the_callee_cover_the_axes_of_the_argument(bool referenced)
    {
        var model = Inlined(
            "[Kernel] [return: Dims(\"b n\")] public static Expr F([Dims(\"b n\")] Expr q, int key) => Drop(q, seed: key, training: true);",
            referenced);
        var random = Assert.Single(model.Nodes, n => n.Op == Op.Random);
        Assert.Equal(["b", "n"], random.Axes);
        Assert.Equal("key", model.Nodes[random.Args[0]].Name);
        Assert.Equal(Op.Input, model.Nodes[Assert.Single(model.Likes).Like].Op);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_flag_of_the_caller_stays_a_flag(bool referenced)
    {
        var model = Inlined(
            "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr q, bool on) => Drop(q, training: on);", referenced);
        Assert.Contains(
            model.Nodes,
            n => n.Op == Op.Select && model.Nodes[n.Args[0]] is { Op: Op.Lift } lift && model.Nodes[lift.Args[0]] is { Op: Op.Scalar, Name: "on" });
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Scalars_become_what_the_callee_takes(bool referenced) => Assert.Equal(
        """
        %0 = input q  [n]
        %1 = scalar step :int  []
        %2 = convert %1 :float  []
        %3 = const 1F :float  []
        %4 = sub %3 %2 :float  []
        %5 = const 2F :float  []
        %6 = call %4 %5 System.MathF.Pow :float  []
        %7 = lift %6  []
        %8 = mul %0 %7  [n]
        %9 = const 0.10000000149011612  []
        %10 = mul %8 %9  [n]
        """, Nodes(Inlined("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr q, int step) => Scaled(q, step);", referenced)));

    [Theory, InlineData(false), InlineData(true)]
    public void Several_results_come_as_a_tuple(bool referenced) => Assert.Equal(
        "%0 = input q  [n]\n%1 = const 1  []\n%2 = add %0 %1  [n]\n%3 = mul %0 %1  [n]\n%4 = sub %2 %3  [n]", Nodes(Inlined(
            "[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr q) { var (a, b) = Both(q, 1); return a - b; }", referenced)));

    [Theory, InlineData(false), InlineData(true)]
    public void The_rules_of_the_callees_views_come_along(bool referenced) => Assert.Equal(
        new KernelSizeRule("y", "h", "i", 2, 2), Assert.Single(Inlined(
            "[Kernel] [return: Dims(\"b y\")] public static Expr F([Dims(\"b h\")] Expr q, [Dims(\"i\")] Expr w) => Conv(q, w);", referenced).Rules));

    [Theory, InlineData(false), InlineData(true)]
    public void Sizes_are_handed_on(bool referenced)
        => Assert.EndsWith("%1 = size h :int  []\n%2 = reducesum %0 over=e  [n h]\n%3 = lift %1  []\n%4 = div %2 %3  [n h]", Nodes(Inlined(
            "[Kernel] [return: Dims(\"n h\")] public static Expr F([Dims(\"n (h e)\")] Expr q, [Size(\"h\")] int parts) => Heads(q, parts);",
            referenced)));

    [Theory, InlineData(false), InlineData(true)]
    public void An_axis_error_in_the_callee_is_at_the_call(bool referenced) => Assert.StartsWith(
        "MDSL002 'Softmax(q)' in Softmax: ",
        Report("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr q) => Softmax(q);", referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void Ids_are_wanted_where_the_callee_says_so(bool referenced) => Assert.StartsWith(
        "MDSL012 'q' ",
        Report("[Kernel] [return: Dims(\"n d\")] public static Expr F([Dims(\"v d\")] Expr t, [Dims(\"n\")] Expr q) => Lookup(t, q);", referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void A_condition_is_no_tensor(bool referenced) => Assert.StartsWith(
        "MDSL012 'q > 0' ", Report("[Kernel] [return: Dims(\"n d\")] public static Expr F([Dims(\"n d\")] Expr q) => Softmax(q > 0);", referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void A_size_must_be_that_of_the_axis(bool referenced) => Assert.StartsWith(
        "MDSL012 'some' ",
        Report("[Kernel] [return: Dims(\"n h\")] public static Expr F([Dims(\"n h e\")] Expr q, int some) => Heads(q, some);", referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void A_constant_size_must_be_fixed_here_too(bool referenced) => Assert.StartsWith(
        "MDSL019 '4' ", Report("[Kernel] [return: Dims(\"n h\")] public static Expr F([Dims(\"n h e\")] Expr q) => Heads(q, 4);", referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void A_size_that_the_callee_fixes_must_be_fixed_here_too(bool referenced) => Assert.StartsWith(
        "MDSL019 'q' Thirds fixes axis 's' to size 3",
        Report("[Kernel] [return: Dims(\"n s\")] public static Expr F([Dims(\"n s d\")] Expr q) => Thirds(q);", referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void A_fixed_size_that_fits_is_fine(bool referenced) => Assert.EndsWith("reducesum %0 over=d  [n s]", Nodes(Inlined(
        "[Kernel] [return: Dims(\"n s\")] public static Expr F([Dims(\"n s=3 d\")] Expr q) => Thirds(q);", referenced)));

    [Fact]
    public void Calls_nest() => Assert.Equal(3, Inlined(
        """
        [Kernel] [return: Dims("n d")] public static Expr Twice([Dims("n d")] Expr q) => Softmax(Softmax(q));
        [Kernel] [return: Dims("n d")] public static Expr Thrice([Dims("n d")] Expr q) => Twice(Softmax(q));
        """, referenced: true).Nodes.Count(n => n.Op == Op.Exp));

    [Fact]
    public void A_kernel_whose_assembly_has_no_ir_cannot_be_inlined()
    {
        var plain = Image(Compilation([Library], "Lib"));
        var app = Compilation(
            ["using static Test.L;\n" + Class("[Kernel] [return: Dims(\"n d\")] public static Expr F([Dims(\"n d\")] Expr q) => Softmax(q);")],
            "App", [plain]);
        var diagnostic = Assert.Single(GeneratorHarness.Run(app).Diagnostics);
        Assert.Equal("MDSL011 'Softmax(q)'", $"{diagnostic.Id} '{Text(app, diagnostic)}'");
        Assert.Contains("Lib, which holds no IR", diagnostic.GetMessage(null));
    }

    [Fact]
    public void Ir_of_another_version_is_named_as_such()
    {
        var other = Class(
            """
            [Kernel] [return: Dims("n")] public static Expr Old([Dims("n")] Expr x) => x;
            [KernelIr("magedsl-ir 0")] public static void Old(float[] x) { }
            """, "L");
        var app = Compilation(
            [Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr q) => L.Old(q);")],
            "App", [Image(Compilation([other], "Lib"))]);
        var diagnostic = Assert.Single(GeneratorHarness.Run(app).Diagnostics);
        Assert.Equal("MDSL011 'L.Old(q)'", $"{diagnostic.Id} '{Text(app, diagnostic)}'");
        Assert.Contains("same version", diagnostic.GetMessage(null));
    }
}
