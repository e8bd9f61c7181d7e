using Generators.Tests.Compiler;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Lowering;

/// <summary>What a backend is told of a stage.</summary>
public class LoweringTests
{
    private const string X = "[Dims(\"n d\")] Expr x";

    private static IReadOnlyList<LoweredStage> Lowered(string parameters, string expression, string layout)
    {
        var kernel = Model($"[Kernel] [return: Dims(\"{layout}\")] public static Expr F({parameters}) => {expression};");
        var schedule = LibraryKernels.Schedule(LibraryKernels.Programs(kernel).Inference, fusion: true);
        return [.. schedule.Launches.SelectMany(parts => parts).Select(stage => StageLowering.Of(schedule, stage))];
    }

    private static LoweredLoop Loop(string parameters, string expression, string layout) =>
        Assert.IsType<LoweredLoop>(Assert.Single(Lowered(parameters, expression, layout)));

    private static Computation[] Stored(LoweredLoop loop) =>
        [.. Value.Reachable(loop.Passes.SelectMany(p => p.Stores).Select(s => s.Value)).Select(v => v.Computation)];

    [Fact]
    public void The_same_value_is_one_object()
    {
        var ratio = Assert.IsType<Operation>(Assert.Single(Assert.Single(Loop(X, "Exp(x) / Tanh(Exp(x))", "n d").Passes).Stores).Value.Computation);
        var tanh = Assert.IsType<Operation>(ratio.Arguments[1].Computation);
        Assert.Same(ratio.Arguments[0], tanh.Arguments[0]);
    }

    [Fact]
    public void Elements_that_a_view_reads_apart_are_two()
    {
        var loads = Stored(Loop("[Dims(\"n d=4\")] Expr x",
            "x.Slice(\"d\", \"k\", trim: 2) * Exp(x.Slice(\"d\", \"k\", start: 2))", "n k")).OfType<Load>().ToArray();
        Assert.Equal([0, 2], loads.Select(l => l.Access.Axes[1].Index.Offset));
        Assert.Equal(loads[0].Place, loads[1].Place);
    }

    [Theory]
    [InlineData("Exp(x)", 2)]
    [InlineData("Exp(row)", 1)]
    [InlineData("Exp(column)", 2)]
    [InlineData("Exp(scale)", 0)]
    public void A_value_knows_how_far_out_it_is_constant(string value, int level)
    {
        var loop = Loop($"{X}, [Dims(\"n\")] Expr row, [Dims(\"d\")] Expr column, float scale", $"x + {value} * x", "n d");
        var root = Assert.Single(Assert.Single(loop.Passes).Stores).Value;
        Assert.Equal(level, Value.Reachable([root]).Single(v => v.Computation is Operation { Op: Op.Exp }).Level);
    }

    [Fact]
    public void A_product_that_something_is_added_to_is_one_rounding() =>
        Assert.Single(Stored(Loop($"{X}, [Dims(\"n d\")] Expr y", "x * y + y", "n d")).OfType<MultiplyAdd>());

    [Fact]
    public void What_divides_a_whole_row_is_inverted_once()
    {
        var reciprocal = Assert.Single(Stored(Loop(X, "x / Sum(Exp(x), \"d\")", "n d")).OfType<Reciprocal>());
        Assert.IsType<RowResult>(reciprocal.Argument.Computation);
    }

    [Fact]
    public void A_softmax_is_three_passes_and_keeps_its_exponentials()
    {
        var loop = Loop(X, "Exp(x - Max(x, \"d\")) / Sum(Exp(x - Max(x, \"d\")), \"d\")", "n d");
        Assert.Equal(["ReduceMax", "ReduceSum", ""], loop.Passes.Select(p => string.Join(" ", p.Rows.Select(r => r.Reduction.Op))));
        var put = Assert.Single(loop.Passes[1].Puts);
        Assert.Equal(Assert.Single(loop.Slots), put.Slot);
        Assert.Equal(put.Slot, Assert.Single(Stored(loop).OfType<PutAside>()).Slot);
    }

    [Fact]
    public void Columns_are_partial_results_of_the_rows()
    {
        var loop = Loop(X, "Sum(x, \"n\")", "d");
        var column = Assert.Single(Assert.Single(loop.Passes).Columns);
        Assert.False(column.IsAlongDense);
        Assert.Equal(column.Place, loop.Partials[column.Partial!.Value].Place);
    }

    [Fact]
    public void The_index_of_a_gather_is_looked_up_within_its_axis()
    {
        var load = Stored(Loop("[Dims(\"v d\")] Expr table, [Ids(\"n\")] Expr ids", "Gather(table, \"v\", ids)", "n d")).OfType<Load>().Single();
        var lookup = Assert.IsType<Lookup>(Assert.Single(load.Access.Axes[0].Index.Terms).Variable);
        Assert.Equal(("ids", "v"), (lookup.Place.Name, lookup.Axis));
        Assert.True(load.Access.IsDense(new LoopVariable("d", 2)));
    }

    [Theory]
    [InlineData("a", true, true)]
    [InlineData("(a + 1)", false, true)]
    [InlineData("a", true, false)]
    public void An_operand_lies_in_memory_or_is_packed(string left, bool isInMemory, bool isDirect)
    {
        var product = $"Sum({left} * b, \"k\")";
        var parameters = "[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b";
        var contraction = Assert.IsType<LoweredContraction>(Assert.Single(Lowered(parameters, isDirect ? product : $"Exp({product})", "n m")));
        Assert.Equal(isInMemory, new[] { contraction.Left, contraction.Right }.All(o => o.IsInMemory));
        Assert.Equal(isDirect, contraction.Direct != null);
        Assert.Contains(contraction.Epilogue.Sum, Value.Reachable(contraction.Epilogue.Stores.Select(s => s.Value)));
    }

    [Fact]
    public void A_window_bounds_what_is_read()
    {
        var parameters = "[Dims(\"n t\")] Expr x, [Dims(\"i\")] Expr w";
        var loop = Loop(parameters, "Max(x.Window(\"t\", into: \"u\", by: \"i\", like: w, pad: 1) + w, \"i\")", "n u");
        var values = Value.Reachable(loop.Passes.SelectMany(p => p.Roots)).Select(v => v.Computation);
        var bound = Assert.Single(values.OfType<Load>().Single(l => l.Place.Name == "x").Bounds);
        Assert.Equal(("t", -1), (bound.Axis, bound.Index.Offset));
    }

    [Fact]
    public void What_a_stage_computes_is_text_in_its_documentation()
    {
        var stage = Assert.Single(Lowered($"{X}, int i, int j", "x * ((i & j) < 3 ? 1f : 2f)", "n d"));
        Assert.Contains("((i &amp; j) &lt; 3)", CpuBackend.Print(stage, "Stage").Struct());
    }
}
