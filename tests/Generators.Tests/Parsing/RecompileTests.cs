using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>[Recompile]: the kernels of a class once more, in another class.</summary>
public class RecompileTests
{
    private static readonly string Source = Class(
        """
        [Kernel] [return: Dims("n")] public static Expr One([Dims("n")] Expr x, float by = 2) => x * by;
        [Kernel(Differentiable = false)] [return: Dims("n")] public static Expr Two([Dims("n")] Expr x) => Floor(x);
        """);

    private const string Target = "namespace Other { [MageDsl.Recompile(typeof(Test.K), Fusion = false)] public static partial class Unfused { } }";

    private static IReadOnlyList<KernelModel> Recompiled(bool referenced)
    {
        var compilation = referenced ? Compilation([Target], "App", [Library("Lib", Source)]) : Compilation([Source, Target]);
        var result = Run(compilation);
        Assert.Null(result.Exception);
        Assert.Empty(result.Diagnostics);
        return [.. Models(result).Where(m => m.TypeName == "Unfused")];
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Every_kernel_is_compiled_again_in_its_new_class(bool referenced)
    {
        var models = Recompiled(referenced);
        Assert.Equal(["Other.Unfused.One", "Other.Unfused.Two"], models.Select(m => $"{m.Namespace}.{m.FullName}"));
        Assert.All(models, m => Assert.False(m.Fusion));
        Assert.Equal([true, false], models.Select(m => m.Differentiable));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void The_definition_stays_where_it_is(bool referenced) =>
        Assert.Equal(["global::Test.K.One", "global::Test.K.Two"], Recompiled(referenced).Select(m => m.Definition));

    [Theory, InlineData(false), InlineData(true)]
    public void The_rest_of_the_model_is_the_same(bool referenced)
    {
        var original = Models(Run(Source))[0];
        var again = Recompiled(referenced)[0];
        Assert.Equal(original, again with { Namespace = original.Namespace, TypeName = original.TypeName, Fusion = original.Fusion });
    }

    [Fact]
    public void Each_has_a_file_of_its_own() => Assert.Equal(
        ["Other.Unfused.One.g.cs", "Other.Unfused.Two.g.cs", "Test.K.One.g.cs", "Test.K.Two.g.cs"],
        Run(Source, Target).GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("[MageDsl.Recompile(typeof(Test.K))] public partial class Y { }", "MDSL022 'Y'")]
    [InlineData("[MageDsl.Recompile(typeof(Test.K))] public static class Y { }", "MDSL022 'Y'")]
    [InlineData("public static class Z { [MageDsl.Recompile(typeof(Test.K))] public static partial class Y { } }", "MDSL022 'Y'")]
    [InlineData("[MageDsl.Recompile(typeof(Test.K))] public partial record Y { }", "MDSL022 'Y'")]
    [InlineData("[MageDsl.Recompile(null!)] public static partial class Y { }", "MDSL022 'MageDsl.Recompile(null!)'")]
    [InlineData("[MageDsl.Recompile(typeof(int[]))] public static partial class Y { }", "MDSL022 'MageDsl.Recompile(typeof(int[]))'")]
    [InlineData("[MageDsl.Recompile(typeof(Test.K))] public static partial class Y { public static int One; }", "MDSL022 'Y'")]
    [InlineData("[MageDsl.Recompile(typeof(Test.K))] public static partial class One { }", "MDSL022 'One'")]
    [InlineData("[MageDsl.Recompile(typeof(Missing))] public static partial class Y { }")]
    [InlineData("[MageDsl.Recompile(typeof(Y))] public static partial class Y { }", "MDSL022 'Y'")]
    [InlineData("[MageDsl.Recompile(typeof(string))] public static partial class Y { }", "MDSL022 'MageDsl.Recompile(typeof(string))'")]
    public void Misuse_is_an_error(string target, params string[] reports) => Assert.Equal(reports, Reports(Source, target));

    [Fact]
    public void A_wrong_kernel_is_reported_once_at_itself() => Assert.Equal(
        ["MDSL002 'Sum(x, \"k\")'"],
        Reports(Class("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => Sum(x, \"k\");"), Target));
}
