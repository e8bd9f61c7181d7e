using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Compiler;

/// <summary>Which stages a kernel becomes, what goes with what, and what is kept for the backward pass.</summary>
public class StageTests
{
    private static KernelPrograms Kernel(string parameters, string expression, string layout, string attribute = "") =>
        LibraryKernels.Programs(Model($"[Kernel{attribute}] [return: Dims({layout})] public static Expr F({parameters}) => {expression};"));

    private static string Forward(string parameters, string expression, string layout, bool fusion = true)
    {
        var program = Kernel(parameters, expression, $"\"{layout}\"").Inference;
        IrVerifier.Check(program);
        var schedule = LibraryKernels.Schedule(program, fusion);
        IrVerifier.Check(schedule);
        return string.Join(" ", schedule.Stages.Where(s => s.Items.Count > 0).Select(s => s.Template));
    }

    private const string X = "[Dims(\"n d\")] Expr x";
    private const string AB = "[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b";

    [Theory]
    [InlineData(X, "Exp(x) * 2 - x", "n d", "pointwise")]
    [InlineData(X, "Sum(x, \"d\")", "n", "row")]
    [InlineData(X, "Sum(x, \"n\")", "d", "row")]
    [InlineData(X, "x / Sum(Exp(x - Max(x, \"d\")), \"d\")", "n d", "row")]
    [InlineData(X, "x - Sum(x, \"n\")", "n d", "row pointwise")]
    [InlineData(X, "x / Sum(x, \"n d\")", "n d", "row pointwise")]
    [InlineData(X + ", [Ids(\"n\")] Expr i", "Gather(x.Rename(\"n\", \"v\"), \"v\", i)", "n d", "pointwise")]
    [InlineData(AB, "Sum(a * b, \"k\")", "n m", "contraction")]
    [InlineData(AB, "Exp(Sum(a * b, \"k\")) + 1", "n m", "contraction")]
    [InlineData(AB, "Sum((a + 1) * b, \"k\")", "n m", "contraction")]
    [InlineData(AB, "Sum(Exp(a) * b, \"k\")", "n m", "contraction")]
    [InlineData(AB, "Sum(Erf(a) * b, \"k\")", "n m", "pointwise contraction")]
    [InlineData(AB, "Max(Sum(a * b, \"k\"), \"m\")", "n", "contraction row")]
    [InlineData("[Dims(\"n k\")] Expr a, [Dims(\"n k\")] Expr b", "Sum(a * b, \"k\")", "n", "row")]
    [InlineData("[Dims(\"n k\")] Expr a, [Dims(\"k\")] Expr b", "Sum(a * b, \"k\")", "n", "row")]
    [InlineData(AB + ", [Dims(\"m o\")] Expr c", "Sum(Sum(a * b, \"k\") * c, \"m\")", "n o", "contraction contraction")]
    [InlineData(
        AB + ", [Dims(\"m\")] Expr bias, [Dims(\"n m\")] Expr r, int seed",
        "r + Select((Sum(a * b, \"k\") + bias).Random(seed) < 0.5f, 0, Sum(a * b, \"k\") + bias)", "n m", "contraction")]
    public void Values_that_belong_together_are_one_stage(string parameters, string expression, string layout, string stages) =>
        Assert.Equal(stages, Forward(parameters, expression, layout));

    [Theory]
    [InlineData(X, "Exp(x) * 2 - x", "n d", "pointwise pointwise pointwise")]
    [InlineData(X, "Exp(x) / Sum(Exp(x), \"d\")", "n d", "pointwise row pointwise")]
    [InlineData(AB, "Tanh(Sum(a * b, \"k\"))", "n m", "contraction pointwise")]
    public void Unfused_every_primitive_is_one(string parameters, string expression, string layout, string stages) =>
        Assert.Equal(stages, Forward(parameters, expression, layout, fusion: false));

    [Fact]
    public void An_operand_that_is_put_together_is_computed_before_its_contraction()
    {
        // Exp(a) * w is new to the graph, younger than the sum, and too dear to compute while packing.
        Assert.Equal("pointwise contraction", Forward(AB + ", [Dims(\"n k\")] Expr w", "Sum(Exp(a) * b * w, \"k\")", "n m"));
    }

    [Theory]
    [InlineData("Exp(x)", "")]                                   // the result itself is read back
    [InlineData("x * x", "")]
    [InlineData("Tanh(x) * Exp(x)", "")]                         // elementwise: computed again
    [InlineData("Exp(x) * Sum(Exp(x), \"d\")", "[n]")]           // a row's sum
    [InlineData("x * Rsqrt(Mean(x * x, \"d\") + 1)", "[n]")]
    public void Only_reductions_are_kept_for_the_backward_pass(string expression, string kept) =>
        Assert.Equal(kept, string.Join(" ", Kernel(X, expression, "\"n d\"").Saved.Select(b => $"[{string.Join(" ", b.Axes)}]")));

    [Fact]
    public void Layer_norm_keeps_two_numbers_a_row()
    {
        var saved = LibraryKernels.Programs(LibraryKernels.Find("Normalization.LayerNorm")).Saved.ToArray();
        Assert.Equal(2, saved.Length);
        Assert.All(saved, buffer => Assert.Equal(["..."], buffer.Axes));
    }

    [Fact]
    public void Kernels_without_a_backward_pass_keep_nothing()
    {
        var programs = Kernel(X, "Exp(x) * Sum(Exp(x), \"d\")", "\"n d\"", "(Differentiable = false)");
        Assert.Null(programs.Backward);
        Assert.Empty(programs.Saved);
        Assert.Same(programs.Forward, programs.Inference);
    }

    [Fact]
    public void Rows_and_columns_of_an_image_become_one_axis_in_a_group_norm()
    {
        var program = LibraryKernels.Programs(LibraryKernels.Find("Normalization.GroupNorm")).Inference;
        Assert.Equal(["b", "g", "c", "h*w"], Assert.Single(program.Outputs).Buffer.Axes);
    }

    [Theory]
    [InlineData("[Dims(\"a b c\")] Expr x", "Exp(x)", "a b c", "a*b*c")]
    [InlineData("[Dims(\"a b c\")] Expr x", "Sum(x, \"c\")", "a b", "a*b")]
    [InlineData("[Dims(\"a b c\")] Expr x", "Sum(x, \"b\")", "a c", "a c")]
    [InlineData("[Dims(\"a b c\")] Expr x, [Dims(\"b\")] Expr y", "x * y", "a b c", "a b c")]
    [InlineData("[Dims(\"a b c\")] Expr x, [Dims(\"b c\")] Expr y", "x * y", "a b c", "a b*c")]
    [InlineData("[Dims(\"a b c\")] Expr x", "Exp(x)", "b a c", "b a c")]
    [InlineData("[Dims(\"a b c\")] Expr x", "x * x.Index(\"b\")", "a b c", "a b c")]
    [InlineData("[Dims(\"a b c\")] Expr x", "x * x.Random(1)", "a b c", "a*b*c")]
    [InlineData("[Dims(\"a b c\")] Expr x", "x.Slice(\"b\", \"k\", 1) * 2", "a k c", "a k c")]
    public void Axes_that_always_lie_side_by_side_are_one(string parameters, string expression, string layout, string merged) =>
        Assert.Equal(merged, string.Join(" ", Assert.Single(Kernel(parameters, expression, $"\"{layout}\"").Inference.Outputs).Buffer.Axes));

    [Fact]
    public void Attention_computes_its_scores_once_and_its_values_by_contractions()
    {
        var stages = LibraryKernels.Stages(LibraryKernels.Programs(LibraryKernels.Find("Attention.SelfAttention")).Inference).Split(' ');
        Assert.Equal(4, stages.Count(s => s == "contraction")); // qkv, scores, attended, projection
        Assert.InRange(stages.Count(s => s != "contraction"), 2, 3); // layer norm and softmax
    }
}
