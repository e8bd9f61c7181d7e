using MageDsl.Generators;
using MageDsl.Generators.Ir;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>What the signature of a definition says.</summary>
public class SignatureTests
{
    [Fact]
    public void Parameters_keep_kind_layout_and_default()
    {
        var model = Model("""
            [Kernel] [return: Dims("b t (h e)")]
            public static Expr F([Dims("b t (s=3 h e)")] Expr qkv, [Ids("b t")] Expr ids, [Size("h")] int heads, double scale,
                float eps = 1e-6f, int seed = -3, bool training = true, double far = double.PositiveInfinity) => qkv["s", 0];
            """);
        Assert.Equal(
        [
            new ParameterModel("qkv", KernelParameterKind.Tensor, Layout.Parse("b t (s=3 h e)")),
            new ParameterModel("ids", KernelParameterKind.Ids, Layout.Parse("b t")),
            new ParameterModel("heads", KernelParameterKind.Size, null, "h"),
            new ParameterModel("scale", KernelParameterKind.Double),
            new ParameterModel("eps", KernelParameterKind.Float, Default: "1E-06F"),
            new ParameterModel("seed", KernelParameterKind.Int, Default: "-3"),
            new ParameterModel("training", KernelParameterKind.Bool, Default: "true"),
            new ParameterModel("far", KernelParameterKind.Double, Default: "double.PositiveInfinity"),
        ], model.Parameters);
    }

    [Fact]
    public void The_model_knows_where_the_definition_is()
    {
        var model = Model("[Kernel(Fusion = false, Differentiable = false)] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x;");
        Assert.Equal(("Test", "K", "F", "K.F", "global::Test.K.F"), (model.Namespace, model.TypeName, model.Name, model.FullName, model.Definition));
        Assert.False(model.Fusion);
        Assert.False(model.Differentiable);
    }

    [Fact]
    public void Kernels_fuse_and_differentiate_unless_told_otherwise()
    {
        var model = Model("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x;");
        Assert.True(model.Fusion);
        Assert.True(model.Differentiable);
    }

    [Fact]
    public void Results_are_in_order_real_ones_before_ids()
    {
        var model = Model("""
            [Kernel] [return: Dims("n", ""), Ids("n")]
            public static (Expr Best, Expr Total, Expr Where) F([Dims("n d")] Expr x) => (Max(x, "d"), Sum(x, "n d"), ArgMax(x, "d"));
            """);
        Assert.Equal(["n", "", "n"], model.Results.Select(r => r.Layout.ToString()));
        Assert.Equal(
            [MageDsl.Generators.Ir.ValueType.Real, MageDsl.Generators.Ir.ValueType.Real, MageDsl.Generators.Ir.ValueType.Ids],
            model.Results.Select(r => r.Type));
        Assert.Equal([Op.ReduceMax, Op.ReduceSum, Op.ArgMax], model.Results.Select(r => model.Nodes[r.Value].Op));
    }

    [Fact]
    public void Into_names_the_memory_of_each_result()
    {
        var model = Model("""
            [Kernel(Differentiable = false)] [return: Dims("n", "n"), Into("w", "m")]
            public static (Expr, Expr) Step([Dims("n")] Expr w, [Dims("n")] Expr g, [Dims("n")] Expr m, float rate)
            {
                m = 0.9 * m + g;
                return (w - rate * m, m);
            }
            """);
        Assert.Equal(["w", "m"], model.Results.Select(r => r.Into));
    }

    [Fact]
    public void A_result_may_lack_axes_of_its_layout() => Assert.Equal(
        "%0 = input x  [b c h w]", Nodes("[Dims(\"b c h w\")] Expr x", "x", "b c (h r=2) (w s=2)"));

    [Fact]
    public void The_ellipsis_is_an_axis() => Assert.Equal(
        "%0 = input x  [... d]\n%1 = reducesum %0 over=d  [...]", Nodes("[Dims(\"... d\")] Expr x", "Sum(x, \"d\")", "..."));

    [Fact]
    public void A_scalar_has_no_axes() => Assert.Equal("%0 = input x  []", Nodes("[Dims(\"\")] Expr x", "x", ""));

    [Fact]
    public void A_size_may_follow_from_a_group() => Assert.Equal(
        "%0 = input x  [n h e]\n%1 = reducesum %0 over=h  [n e]", Nodes("[Dims(\"n (h e)\")] Expr x, [Dims(\"h\")] Expr w", "Sum(x, \"h\")", "n e"));

    [Fact]
    public void Kernels_may_be_in_the_global_namespace()
    {
        var model = Assert.Single(Models(Run(
            "using MageDsl; public static partial class G { [Kernel] [return: Dims(\"n\")] internal static Expr F([Dims(\"n\")] Expr x) => -x; }")));
        Assert.Equal(("", "global::G.F"), (model.Namespace, model.Definition));
    }
}
