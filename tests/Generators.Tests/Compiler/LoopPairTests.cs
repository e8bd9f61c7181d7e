using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Compiler;

/// <summary>Which loops along rows run together with one across them.</summary>
public class LoopPairTests
{
    /// <summary>Rows less their mean, which is known when a row has been gone through; and sums across all rows.</summary>
    private const string Rows = "var rows = x - Mean(x, \"d\"); ", Sums = "var sums = Sum(x * x, \"n\"); ";

    [Fact]
    public void Rows_that_are_gone_through_twice_go_with_sums_across_them() =>
        Assert.Equal(["rows; sums"], Launches(Target.Gpu, Rows + Sums));

    /// <summary>There sums across rows are part of the loop at any rate.</summary>
    [Fact]
    public void On_the_processor_there_are_no_pairs() =>
        Assert.Empty(Schedule(Target.Cpu, Kernel(Rows + Sums)).Pairs);

    [Fact]
    public void Rows_that_are_gone_through_once_stay_alone() =>
        Assert.Equal(["rows", "sums"], Launches(Target.Gpu, "var rows = Mean(x, \"d\") + a; " + Sums, rows: "n"));

    [Fact]
    public void Sums_of_something_else_stay_alone() =>
        Assert.Equal(["rows", "sums"], Launches(Target.Gpu, Rows + Sums.Replace("x * x", "y * y")));

    [Fact]
    public void Sums_may_be_of_what_rows_come_to() =>
        Assert.Equal(["rows; sums"], Launches(Target.Gpu, Rows + Sums.Replace("x * x", "rows * x")));

    /// <summary>Of the row before, which another group may have.</summary>
    [Fact]
    public void But_not_of_other_rows() =>
        Assert.Equal(["rows", "sums"], Launches(Target.Gpu, Rows + Sums.Replace("x * x", "rows.Flip(\"n\") * x")));

    [Fact]
    public void Rows_that_need_the_sums_come_after_them() =>
        Assert.Equal(["sums", "rows"], Launches(Target.Gpu, Sums + Rows.Replace("x - Mean(x, \"d\")", "x - Mean(x * sums, \"d\")")));

    /// <summary>What is summed up has to wait for a product of what rows come to.</summary>
    [Fact]
    public void Sums_that_come_later_stay_there() =>
        Assert.Equal(
            ["rows", "", "", "sums"],
            Launches(Target.Gpu, Rows + "var other = Sum(rows * w, \"d\"); var sums = Sum(x * Sum(other, \"m\"), \"n\"); "));

    /// <summary>The largest is found by its place, of which parts cannot be combined.</summary>
    [Fact]
    public void Places_are_not_parts() =>
        Assert.Equal(["rows", "sums"], Launches(Target.Gpu, Rows + "var sums = ArgMax(x, \"n\") * 1f; "));

    /// <summary>Elements lie along what goes across the rows.</summary>
    [Fact]
    public void Rows_lie_along_themselves() =>
        Assert.Equal(["rows", "sums"], Launches(Target.Gpu, "var rows = x - Mean(x, \"n\"); var sums = Sum(x * x, \"d\"); ", sums: "n"));

    [Fact]
    public void Both_are_needed_or_neither()
    {
        var schedule = Schedule(Target.Gpu, LibraryKernels.Find("Normalization.LayerNorm"), programs => programs.Backward!);
        var pair = Assert.Single(schedule.Pairs);
        Assert.Equal([[pair.Rows, pair.Sums]], schedule.Launches);
        var masks = StageMasks.Of(schedule);
        Assert.Equal([0b111, 0b111], pair.Loops.Select(loop => masks[loop.Index]));
    }

    /// <summary>The pass of the rows that has it first combines an element across them; what follows from a sum is for when all are there.</summary>
    [Fact]
    public void Elements_are_combined_across_rows_where_they_are_known()
    {
        var sums = "var sums = 2f * Sum(x * x, \"n\") + Max(rows, \"n\"); ";
        var schedule = Schedule(Target.Gpu, Kernel(Rows + sums));
        var lowered = LoopLowering.Of(schedule, Assert.Single(schedule.Pairs));
        Assert.Equal([[Op.ReduceSum], [Op.ReduceMax]], lowered.Both.Passes.Select(p => p.Across.Select(a => a.Reduction.Op)));
        Assert.Equal([0, 1], lowered.Both.Passes.SelectMany(p => p.Across).Select(a => a.Number));
        Assert.Equal(lowered.Sums.Passes.Single().Rows.Select(r => r.Reduction.Op), [Op.ReduceSum, Op.ReduceMax]);
        Assert.All(lowered.Rows.Passes, pass => Assert.Empty(pass.Across));
        Assert.Equal(lowered.Rows.RowStores.Count, lowered.Both.RowStores.Count);
    }

    private static KernelModel Kernel(string body, string rows = "n d", string sums = "d")
    {
        const string Results = "static (Expr Rows, Expr Sums)", Parameters =
            "[Dims(\"n d\")] Expr x, [Dims(\"n d\")] Expr y, [Dims(\"n\")] Expr a, [Dims(\"m d\")] Expr w";
        return Model(
            $"[Kernel] [return: Dims(\"{rows}\", \"{sums}\")] public {Results} F({Parameters}) {{ {body} return (rows, sums); }}");
    }

    /// <summary>The results that come of each launch.</summary>
    private static string[] Launches(Target target, string body, string rows = "n d", string sums = "d")
    {
        var schedule = Schedule(target, Kernel(body, rows, sums));
        string Name(Item item) => !schedule.Places.TryGetValue(item.Node, out var place) ? "" : place.Buffer.Name switch
        {
            "_result0" => "rows",
            "_result1" => "sums",
            _ => "",
        };
        return [.. schedule.Launches.Select(stages => string.Join("; ", stages.SelectMany(s => s.Items).Select(Name).Where(n => n.Length > 0)))];
    }

    private static Schedule Schedule(
        Target target, KernelModel kernel, Func<MageDsl.Generators.Passes.KernelPrograms, Program>? program = null) =>
        LibraryKernels.For(target).Schedule((program ?? (p => p.Inference))(LibraryKernels.Programs(kernel, target)), fusion: true);
}
