using MageDsl.Generators;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>
/// Which axes of one name are one axis: those that meet, and those of one origin. Where sizes of axes come from that no tensor has.
/// </summary>
public class AxisNameTests
{
    private const string Helpers = """
        [Kernel] [return: Dims("t d")]
        public static Expr Attend([Dims("t d")] Expr q, [Dims("t d")] Expr k)
        {
            var key = k.Rename("t", into: "u");
            var score = Exp(Sum(q * key, over: "d"));
            return Sum(score / Sum(score, over: "u") * key, over: "u");
        }
        [Kernel] [return: Dims("t u")]
        public static Expr Mask([Dims("t")] Expr x) => Select(x.Index("t") >= x.Rename("t", into: "u").Index("u"), 1, 0);
        [Kernel] [return: Dims("d")]
        public static Expr Blend([Dims("t d")] Expr q, [Dims("t d")] Expr k) => Mean(q, over: "t") * Sum(k * k, over: "t") + Sum(k, over: "t") * Sum(k.Index("t"), over: "t");
        [Kernel] [return: Dims("d")]
        public static Expr BlendWithin([Dims("t d")] Expr q, [Dims("t d")] Expr k) => Blend(q, k) - Blend(k, q);
        [Kernel] [return: Dims("n k")]
        public static Expr OneHot([Ids("n")] Expr id, [Size("k")] int k) => Select(id == Index("k", k), 1, 0);
        [Kernel] [return: Dims("n y")]
        public static Expr Smooth([Dims("n h")] Expr x, [Dims("i")] Expr w) => Sum(x.Window("h", into: "y", by: "i", like: w) * w, over: "i");
        """;

    /// <summary>The rules of a kernel that calls the helpers, in one project with them or with their IR in another.</summary>
    private static (KernelModel? Model, string Reports) Read(string kernel, bool referenced)
    {
        var source = "using static Test.H;\n" + Class("[Kernel] " + kernel);
        var compilation = referenced
            ? Compilation([source], "App", [Library("Lib", Class(Helpers, "H"))])
            : Compilation([source, Class(Helpers, "H")]);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var result = GeneratorHarness.Run(compilation);
        Assert.Null(result.Exception);
        return (Models(result).LastOrDefault(m => m.TypeName == "K"),
            string.Join("\n", result.Diagnostics.Select(d => $"{d.Id} '{Text(compilation, d)}' {d.GetMessage(null)}")));
    }

    private static string Rules(string kernel, bool referenced = false)
    {
        var (model, reports) = Read(kernel, referenced);
        Assert.Equal("", reports);
        return string.Join(
            "; ",
            model!.Rules.Select(r => $"{r.Axis} = {r.From}{(r.By.Length > 0 ? " by " + r.By : "")}{(r.Offset == 0 ? "" : $" {r.Offset:+0;-0}")}"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_helper_called_on_two_sizes_has_two_axes(bool referenced)
    {
        Assert.Equal("u = t; t__2 = s; u__2 = t__2", Rules(
            "[return: Dims(\"t d\")] public static Expr F([Dims(\"t d\")] Expr x, [Dims(\"s d\")] Expr y) => " +
            "Attend(x, x) + Attend(x, y.Rename(\"s\", into: \"t\"));",
            referenced));
        Assert.Equal("y = h by i; i__2 = j; y__2 = h by i__2", Rules(
            "[return: Dims(\"n\")] public static Expr F([Dims(\"n h\")] Expr x, [Dims(\"i\")] Expr w, [Dims(\"j\")] Expr v) => " +
            "Sum(Smooth(x, w), over: \"y\") * Sum(Smooth(x, v.Rename(\"j\", into: \"i\")), over: \"y\");",
            referenced));
    }

    /// <summary>Where the parameters of a helper do not meet, a mean or an index tells whose size it is of, also in the IR.</summary>
    [Theory, InlineData(false, "Blend"), InlineData(true, "Blend"), InlineData(false, "BlendWithin")]
    public void Two_parameters_with_one_axis_may_have_two_sizes(bool referenced, string helper)
    {
        var kernel = "[return: Dims(\"d\")] public static Expr F([Dims(\"t d\")] Expr x, [Dims(\"s d\")] Expr y) => " +
            $"{helper}(x, y.Rename(\"s\", into: \"t\"));";
        Assert.Equal("t__2 = s", Rules(kernel, referenced));
        var model = Read(kernel, referenced).Model!;
        Assert.Equal(helper == "Blend" ? ["t__2"] : ["t", "t__2"], model.Nodes.Where(n => n.Op == Op.Index).Select(n => n.Axes[0]).Order());
        Assert.Equal(helper == "Blend" ? ["t"] : ["t", "t__2"], model.Nodes.Where(n => n.Op == Op.Size).Select(n => n.Name).Order());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_helper_called_on_one_size_has_one_axis(bool referenced) =>
        Assert.Equal("u = t", Rules(
            "[return: Dims(\"t d\")] public static Expr F([Dims(\"t d\")] Expr x, [Dims(\"t d\")] Expr y) => Attend(x, x) + Attend(x, y);",
            referenced));

    [Theory, InlineData(false), InlineData(true)]
    public void What_a_helper_calls_its_own_axis_is_none_of_the_parameters(bool referenced) =>
        Assert.Equal("u__2 = t", Rules(
            "[return: Dims(\"t d\")] public static Expr F([Dims(\"t d\")] Expr x, [Dims(\"u d\")] Expr y) => Attend(x, x) * Sum(y, over: \"u\");",
            referenced));

    [Fact]
    public void Axes_that_meet_are_one() =>
        Assert.Equal("u = t; u = s", Rules(
            "[return: Dims(\"d\")] public static Expr F([Dims(\"t d\")] Expr x, [Dims(\"s d\")] Expr y) => " +
            "Sum(x.Rename(\"t\", into: \"u\") * y.Rename(\"s\", into: \"u\"), over: \"u\");"));

    [Fact]
    public void Axes_made_of_axes_that_meet_are_one() =>
        Assert.Equal("u = t; u = s; v = u -1", Rules(
            "[return: Dims(\"u d\")] public static Expr F([Dims(\"t d\")] Expr x, [Dims(\"s d\")] Expr y) { var a = x.Rename(\"t\", into: \"u\"); " +
            "var b = y.Rename(\"s\", into: \"u\"); return (a + b) * Sum(a.Slice(\"u\", into: \"v\", start: 1) * b.Slice(\"u\", into: \"v\", " +
            "trim: 1), over: \"v\"); }"));

    [Fact]
    public void A_result_has_its_name_for_itself() =>
        Assert.Equal("u__2 = t; u = s", Rules(
            "[return: Dims(\"u\")] public static Expr F([Dims(\"t\")] Expr x, [Dims(\"s\")] Expr y) => " +
            "Sum(x.Rename(\"t\", into: \"u\"), over: \"u\") * y.Rename(\"s\", into: \"u\");"));

    [Fact]
    public void Results_of_one_layout_axis_are_one() =>
        Assert.Equal("u = t; u = s", Rules(
            "[return: Dims(\"u\", \"u\")] public static (Expr, Expr) F([Dims(\"t\")] Expr x, [Dims(\"s\")] Expr y) => " +
            "(x.Rename(\"t\", into: \"u\"), y.Rename(\"s\", into: \"u\"));"));

    [Fact]
    public void Renamed_back_is_the_axis_itself() =>
        Assert.Equal("u = t; t = u", Rules(
            "[return: Dims(\"t\")] public static Expr F([Dims(\"t\")] Expr x) => x * x.Rename(\"t\", into: \"u\").Rename(\"u\", into: \"t\");"));

    [Theory, InlineData(false), InlineData(true)]
    public void An_index_along_a_renamed_axis_has_its_size(bool referenced)
    {
        Assert.Equal("u = t", Rules("[return: Dims(\"t u\")] public static Expr F([Dims(\"t\")] Expr x) => Mask(x);", referenced));
        Assert.Equal("t__2 = s; u = t__2", Rules(
            "[return: Dims(\"s u\")] public static Expr F([Dims(\"t\")] Expr x, [Dims(\"s\")] Expr y) => " +
            "Mask(y.Rename(\"s\", into: \"t\")).Rename(\"t\", into: \"s\");",
            referenced).Replace("; s = t__2", ""));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void The_size_of_a_new_axis_is_handed_on(bool referenced)
    {
        Assert.Equal(
            "", Rules("[return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id, [Size(\"k\")] int k) => OneHot(id, k);", referenced));
        Assert.Equal("k =  +10", Rules("[return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id) => OneHot(id, 10);", referenced));
        Assert.Equal("k = c", Rules(
            "[return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id, [Size(\"c\")] int classes) => OneHot(id, classes);", referenced));
        Assert.Equal("k = d", Rules(
            "[return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id, [Dims(\"d\")] Expr x) => OneHot(id, x.SizeOf(\"d\"));", referenced));
        Assert.StartsWith(
            "MDSL012 'classes' 'k' of OneHot is the size of axis 'k': pass",
            Read("[return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id, int classes) => OneHot(id, classes);", referenced).Reports);
    }

    [Fact]
    public void An_index_of_a_value_may_be_along_an_axis_that_only_a_size_gives() => Assert.Equal(
        Nodes(Model("[Kernel] [return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id, [Size(\"k\")] int k) => " +
            "Select(id == Index(\"k\", k), 1, 0);")),
        Nodes(Model("[Kernel] [return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id, [Size(\"k\")] int k) => " +
            "Select(id == id.Index(\"k\"), 1, 0);")));

    [Fact]
    public void A_result_may_be_repeated_along_an_axis_that_only_a_size_gives() =>
        Assert.Equal("", Rules("[return: Dims(\"n k\")] public static Expr F([Dims(\"n\")] Expr x, [Size(\"k\")] int k) => x * 2;"));

    [Fact]
    public void The_text_of_a_constant_size_is_read_back()
    {
        var model = Model("[Kernel] [return: Dims(\"n k\")] public static Expr F([Ids(\"n\")] Expr id) => Select(id == Index(\"k\", 10), 1, 0);");
        Assert.Equal(model, IrText.Parse(IrText.Print(model)));
        Assert.Equal(new KernelSizeRule("k", "", "", 10, 1), Assert.Single(model.Rules));
    }

    [Theory]
    [InlineData("x.Slice(\"t\", into: \"u\", start: 1) + x.Rename(\"t\", into: \"u\")", "MDSL019")]
    [InlineData("x.Slice(\"t\", into: \"u\", start: 1) + x.Slice(\"t\", into: \"v\", start: 1).Slice(\"v\", into: \"u\", trim: 1)", "MDSL019")]
    [InlineData("x.Slice(\"t\", into: \"u\", trim: 1) * Sum(x.Slice(\"t\", into: \"u\", start: 2), over: \"u\")", "")]
    [InlineData("Index(\"u\", 3) + Index(\"v\", 4).Rename(\"v\", into: \"u\") + Sum(x, over: \"t\")", "MDSL019")]
    public void Parts_that_can_never_be_one_are_found(string expression, string id) =>
        Assert.Equal(
            id, Read($"[return: Dims(\"u\")] public static Expr F([Dims(\"t\")] Expr x) => {expression};", referenced: false).Reports.Split(' ')[0]);

    [Fact]
    public void Names_are_shown_as_they_were_written()
    {
        Assert.Equal("u", AxisNames.Written("u__2"));
        Assert.Contains(
            "a value over [u] ('u' made by a view of axis 't')",
            Read(
                "[return: Dims(\"t\")] public static Expr F([Dims(\"t\")] Expr x, [Dims(\"u\")] Expr y) => " +
                "Sum(x.Rename(\"t\", into: \"u\"), over: \"w\") + x * Sum(y, over: \"u\");",
                referenced: false).Reports);
    }
}
