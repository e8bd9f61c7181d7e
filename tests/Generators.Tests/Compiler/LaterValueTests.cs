using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Compiler;

/// <summary>Which loop computes the operands of products that a device wants stored.</summary>
public class LaterValueTests
{
    /// <summary>A sum of rows of a; the product with what is made of x; and a sum of rows of x that has to wait for two products.</summary>
    private const string First = "var first = Sum(Exp(a), \"d\"); ", Product = "var product = Sum(Erf(x) * w, \"d\"); ",
        Second = "var second = Sum(Abs(Sum(Sum(a * w, \"d\") * w, \"m\") - first) * x, \"d\"); ", Body = First + Product + Second;

    [Fact]
    public void A_value_is_computed_where_what_it_is_of_is_read_in_any_case() =>
        Assert.Equal(["a", "x"], Read(Target.Gpu, Body + "return first * second * product;"));

    /// <summary>The processor packs nothing in memory, and has few such values.</summary>
    [Fact]
    public void On_the_processor_it_is_computed_in_the_first_loop() =>
        Assert.Equal(["a x", "x"], Read(Target.Cpu, Body + "return first * second * product;"));

    [Fact]
    public void It_stays_where_nothing_less_would_be_read() =>
        Assert.Equal(["a x", "x"], Read(Target.Gpu, Body.Replace("Exp(a)", "Exp(a * x)") + "return first * second * product;"));

    /// <summary>Values come about in the order in which the result wants them.</summary>
    [Fact]
    public void It_stays_where_its_reader_comes_too_early() =>
        Assert.Equal(["a x", "x"], Read(Target.Gpu, Body + "return first * product * second;"));

    /// <summary>Rows are multiplied by their own sums.</summary>
    [Fact]
    public void It_stays_where_its_stage_has_what_it_is_of() =>
        Assert.Equal(["a x", "x"], Read(Target.Gpu, Body.Replace("Erf(x)", "Erf(x * first)") + "return first * second * product;"));

    /// <summary>There threads keep the row, and have no registers to spare.</summary>
    [Fact]
    public void It_stays_where_rows_are_gone_through_twice()
    {
        const string Twice = "var s = (Sum(Sum(a * w, \"d\") * w, \"m\") - first) * x; var second = Sum(Exp(s - Max(s, \"d\")), \"d\"); ";
        Assert.Equal(["a x", "x"], Read(Target.Gpu, First + Product + Twice + "return first * second * product;"));
        Assert.Equal(["a", "x"], Read(Target.Gpu, First + Product + Twice.Replace("Max(s, \"d\")", "1") + "return first * second * product;"));
    }

    /// <summary>What norm 1 left is made again where the gradient of its weight is summed up: the first loop does not read its input.</summary>
    [Fact]
    public void What_is_kept_of_a_norm_is_read_no_more_often_for_the_gradients_of_weights()
    {
        var schedule = Schedule(Target.Gpu, LibraryKernels.Find("Transformer.PreNormBlock"), programs => programs.Backward!);
        Assert.Equal("_grad0 _saved6 _saved7 _saved8", Names(schedule, schedule.Stages[0]));
    }

    /// <summary>What the loops over rows of d read of such rows, a text for each.</summary>
    private static string[] Read(Target target, string body)
    {
        const string Parameters = "[Dims(\"n d\")] Expr a, [Dims(\"n d\")] Expr x, [Dims(\"m d\")] Expr w";
        var kernel = Model($"[Kernel] [return: Dims(\"n m\")] public static Expr F({Parameters}) {{ {body} }}");
        var schedule = Schedule(target, kernel, programs => programs.Inference);
        return [.. schedule.Stages.OfType<LoopStage>().Where(s => s.Space.SetEquals(["n", "d"])).Select(s => Names(schedule, s))];
    }

    private static Schedule Schedule(Target target, KernelModel kernel, Func<MageDsl.Generators.Passes.KernelPrograms, Program> program) =>
        LibraryKernels.For(target).Schedule(program(LibraryKernels.Programs(kernel, target)), fusion: true);

    private static string Names(Schedule schedule, Stage stage) => string.Join(" ", StageReads.FromMemory(schedule, stage)
        .Select(id => schedule.Graph[id]).Where(n => n.Op == Op.Input && n.Axes.Count > 1).Select(n => n.Name).Order(StringComparer.Ordinal));
}
