using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Pipeline;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Compiler;

/// <summary>Which sums are taken of what lies in memory for a product, rather than of what that was computed from.</summary>
public class StoredSumTests
{
    /// <summary>
    /// What is stored for a product, where rows are summed; and a sum across rows, in another loop, of the same but for factors.
    /// </summary>
    private static string Summed(string stored, string summed, string more = "")
    {
        const string Parameters = "[Dims(\"n d\")] Expr a, [Dims(\"n d\")] Expr x, [Dims(\"m d\")] Expr w, [Dims(\"d\")] Expr v, float s, int seed";
        var kernel = Model($$"""
            [Kernel] [return: Dims("n m", "d")] public static (Expr Product, Expr Sum) F({{Parameters}})
            {
                var row = Sum(a * x, "d");
                return (Sum({{stored}} * w, "d") * row, Sum({{summed}}, "n"){{more}});
            }
            """);
        var schedule = LibraryKernels.For(Target.Gpu).Schedule(LibraryKernels.Programs(kernel, Target.Gpu).Inference, fusion: true);
        bool IsSum(Item item) => item.Kind == ItemKind.RowReduction && schedule.Graph[item.Node].Over.Contains("n");
        var loop = schedule.Stages.OfType<LoopStage>().Single(s => s.Items.Any(IsSum));
        return string.Join(" ", StageReads.FromMemory(schedule, loop).Select(id => schedule.Graph[id])
            .Where(n => n.Axes.Count > 1).Select(n => n.Op == Op.Input ? n.Name : "stored").Order(StringComparer.Ordinal));
    }

    private const string Mask = "Select(x.Random(seed) < 0.5f, 0, ", Sums = "Exp(a + x)";

    [Theory]
    [InlineData(Mask + Sums + " / s)", Mask + Sums + ")")]                 // as a dropout leaves it
    [InlineData(Mask + Sums + " / (2 * s))", Mask + Sums + " * 3)")]
    [InlineData(Mask + Sums + " * 2)", Mask + Sums + ")")]
    [InlineData(Mask + Sums + ")", Mask + Sums + " / v)")]                  // does not vary along the sum
    [InlineData(Mask + "-" + Sums + ")", Mask + Sums + " * s)")]
    public void What_lies_in_memory_is_summed_whatever_factor_it_has(string stored, string summed) =>
        Assert.Equal("stored", Summed(stored, summed));

    [Theory]
    [InlineData(Mask + Sums + " * s)", Mask + Sums + ")")]                 // may have been multiplied by zero
    [InlineData(Mask + Sums + " / s)", "Select(x.Random(seed) < 0.25f, 0, " + Sums + ")")]
    [InlineData(Mask + Sums + " / s)", Mask + "Exp(a - x))")]
    [InlineData(Mask + Sums + " / Sum(x, \"d\"))", Mask + Sums + ")")]    // varies along the sum
    public void Other_sums_are_not(string stored, string summed) =>
        Assert.Equal("a x", Summed(stored, summed));

    [Fact]
    public void Nor_is_it_read_where_all_that_it_is_of_is_read_in_any_case() =>
        Assert.Equal("a x", Summed(Mask + Sums + " / s)", Mask + Sums + ")", more: " + Sum(Abs(a - x), \"n\")"));

    [Fact]
    public void The_gradient_of_a_bias_is_summed_from_what_the_gradient_of_its_weight_reads_and_leaves_it_short()
    {
        var kernel = LibraryKernels.Find("Transformer.PreNormBlock");
        var schedule = LibraryKernels.For(Target.Gpu).Plan(new TracedModel(kernel, default)).Variants[^1].Backward!.Schedule;
        int Gradient(string of) => schedule.Program.Outputs.Single(o => o.Buffer.Name == BufferNames.Gradient(of)).Value;
        var stored = schedule.Program.Operands(Gradient("projWeight")).Single(id => schedule.Graph[id].Op != Op.Input);
        Assert.True(schedule.Places[stored].Buffer.IsShort);
        var below = schedule.Graph.Nodes.Reachable([Gradient("projBias")]);
        Assert.Single(below, id => schedule.Graph[id] is { Op: Op.ReduceSum } sum && sum.Args[0] == stored);
    }
}
