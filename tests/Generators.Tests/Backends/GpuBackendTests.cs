using Generators.Tests.Compiler;
using Generators.Tests.Snapshots;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Pipeline;
using MageDsl.Generators.Scheduling;
using Xunit;

namespace Generators.Tests.Backends;

/// <summary>
/// What is planned and written for devices that ILGPU compiles for. Whether it is right, the suites of kernels say, on each device.
/// </summary>
public class GpuBackendTests
{
    public static TheoryData<string> ClassNames => [.. RepositoryKernels.All.Select(k => k.TypeName).Distinct().Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(ClassNames))]
    public void Every_kernel_has_code_for_devices_fused_and_not(string type)
    {
        foreach (var kernel in RepositoryKernels.All.Where(k => k.TypeName == type))
        {
            foreach (var fusion in new[] { true, false })
            {
                var code = LibraryKernels.Compile(kernel with { Fusion = fusion }, "cpu gpu");
                Assert.Contains("Targets = [\"cpu\", \"gpu\"]", code);
                Assert.Contains("internal static class GpuLaunch<T, S", code);
            }
        }
    }

    [Fact]
    public void Without_the_target_nothing_speaks_of_devices()
    {
        var code = LibraryKernels.Compile(LibraryKernels.Find("Normalization.LayerNorm"));
        Assert.DoesNotContain("Gpu", code);
        Assert.DoesNotContain("ILGPU", code);
    }

    [Fact]
    public void Whatever_is_reduced_is_a_row_and_nothing_is_added_across_rows_but_in_row_blocks()
    {
        foreach (var kernel in RepositoryKernels.All)
        {
            var programs = Programs(kernel);
            foreach (var program in new[] { programs.Inference, programs.Forward, programs.Backward }.OfType<Program>())
            {
                var schedule = Compiler.Schedule(program, kernel.Fusion);
                var stages = schedule.Stages.Where(s => schedule.BlockOf(s) is null);
                Assert.DoesNotContain(stages.SelectMany(s => s.Items), item => item.Kind == ItemKind.ColumnReduction);
            }
        }
    }

    /// <summary>Of the scores' size nothing is stored: neither between launches nor for the backward pass.</summary>
    [Theory]
    [InlineData("Attention.SelfAttention")]
    [InlineData("RowBlockKernels.MaskedWithDropout")]
    [InlineData("RowBlockKernels.LearnedBias")]
    [InlineData("RowBlockKernels.LearnedKeysAndTemperature")]
    [InlineData("RowBlockKernels.SharedBias")]
    [InlineData("RowBlockKernels.OverImages")]
    public void Attention_is_a_launch_that_keeps_no_scores(string name)
    {
        var programs = Programs(RepositoryKernels.All.Single(k => k.FullName == name));
        Assert.DoesNotContain(programs.Saved, IsOfScores);
        foreach (var program in new[] { programs.Inference, programs.Forward, programs.Backward! })
        {
            var schedule = Compiler.Schedule(program, fusion: true);
            Assert.Single(schedule.Blocks);
            Assert.DoesNotContain(schedule.Temporaries, IsOfScores);
        }

        static bool IsOfScores(BufferModel buffer) =>
            buffer.Axes.Contains("b") && buffer.Axes.Any(a => a is "t" or "y" or "y*x") && buffer.Axes.Any(a => a is "u" or "i" or "i*j");
    }

    /// <summary>On the way back of a bias there are four values of that size, of which two are needed at once.</summary>
    [Fact]
    public void Values_take_turns_in_the_memory_of_a_group()
    {
        var kernel = RepositoryKernels.All.Single(k => k.FullName == "RowBlockKernels.LearnedBias");
        var schedule = Compiler.Schedule(Programs(kernel).Backward!, fusion: true);
        var block = Assert.Single(schedule.Blocks);
        var slots = LoweredBlock.Of(schedule, block, block.Parts).Slots;
        Assert.Equal([2, 2], slots.Select(s => s.Count));
    }

    /// <summary>
    /// On the way back of attention scores and their gradients are sums of two products at once, and lie nowhere; only what is multiplied of them
    /// does.
    /// </summary>
    [Fact]
    public void Scores_and_their_gradients_meet_before_they_are_stored()
    {
        var schedule = Compiler.Schedule(Programs(LibraryKernels.Find("Attention.SelfAttention")).Backward!, fusion: true);
        var block = Assert.Single(schedule.Blocks);
        Assert.Equal(4, block.Parts.Count);
        var pair = Assert.IsType<ContractionStage>(block.Parts[0]);
        Assert.NotNull(pair.Beside);
        Assert.Equal(2, pair.Items.Count(i => schedule.Places.TryGetValue(i.Node, out var place) && place.IsScratch));
        Assert.Equal(2, LoweredBlock.Of(schedule, block, block.Parts).Slots.Count);
    }

    /// <summary>A sum is not taken from what it was multiplied into, which may have been by zero.</summary>
    [Theory]
    [InlineData("RowBlockKernels.MaskedWithDropout", false)]
    [InlineData("RowBlockKernels.GatedWithDropout", true)]
    public void Rows_are_gone_through_where_their_sums_cannot_be_told_from_results(string name, bool areGoneThrough)
    {
        var schedule = Compiler.Schedule(Programs(RepositoryKernels.All.Single(k => k.FullName == name)).Backward!, fusion: true);
        var block = Assert.Single(schedule.Blocks);
        Assert.Equal(areGoneThrough, block.Parts.Any(part => part.Items.Any(item => item.Kind == ItemKind.RowReduction)));
    }

    /// <summary>The exponentials of scores stay where the scores were.</summary>
    [Fact]
    public void Costly_values_of_a_row_block_are_computed_once()
    {
        var loops = new[] { "IGpuRowLoop", "IGpuRowPair" }.SelectMany(kind => Structs("Attention.SelfAttention", kind))
            .Where(text => text.Contains("L.Exp(")).ToArray();
        Assert.NotEmpty(loops);
        Assert.All(loops, text => Assert.Equal(2, text.Split("L.Exp(").Length));
    }

    /// <summary>For the largest, and for exponentials and their sum, by which is divided what has been multiplied.</summary>
    [Fact]
    public void Rows_of_scores_are_gone_through_twice()
    {
        var loops = Structs("Attention.SelfAttention", "IGpuRowLoop");
        Assert.NotEmpty(loops);
        Assert.All(loops, text => Assert.Equal(3, text.Split("for (int at").Length));
        Assert.All(loops, text => Assert.DoesNotContain("S.Div(", text));
    }

    /// <summary>
    /// Queries, keys, values and what comes of them, hidden units, and all their gradients; what is normalised, where it is stored, but not what it
    /// is computed of, to which branches are added.
    /// </summary>
    [Fact]
    public void What_products_alone_read_or_leave_may_be_short()
    {
        var plan = Compiler.Plan(new TracedModel(LibraryKernels.Find("Transformer.PreNormBlock"), default)).Variants[^1];
        string[] saved = ["_saved2", "_saved5", "_saved9"];
        Assert.Equal(["_t1", "_t2", "_t3", "_t5", "_t6"], Short(plan.Inference));
        Assert.Equal([.. saved, "_t1", "_t2", "_t3"], Short(plan.Forward));
        // What norms made (_t11, _t12), and the gradients of that as well (_t4, _t10).
        Assert.Equal(
            ["_s1", "_s2", .. saved, "_t1", "_t10", "_t11", "_t12", "_t13", "_t2", "_t3", "_t4", "_t7", "_t8"], Short(plan.Backward!));
        Assert.Equal(saved, plan.Programs.Saved.Where(b => b.IsShort).Select(b => b.Name));

        var scores = Compiler.Plan(new TracedModel(LibraryKernels.Find("Attention.SelfAttention"), default)).Variants[^1];
        Assert.DoesNotContain(scores.Forward.Schedule.Places.Values, place => place.IsScratch && place.Buffer.IsShort);

        static string[] Short(ProgramPlan plan) => [.. plan.Schedule.Places.Values.Select(p => p.Buffer).Where(b => b.IsShort)
            .Select(b => b.Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>What is packed in memory in any case is stored, unless it is larger than what it is made of.</summary>
    [Theory]
    [InlineData("[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b", "Sum((a + 1) * b, over: \"k\")", "pointwise contraction")]
    [InlineData("[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b", "Sum(a * b, over: \"k\")", "contraction")]
    [InlineData("[Ids(\"n\")] Expr a, [Dims(\"m k\")] Expr b", "Sum(Select(a == b.Index(\"k\"), 2, 1) * b, over: \"k\")", "contraction")]
    public void Operands_are_stored_where_they_are_computed(string parameters, string expression, string stages)
    {
        var model = GeneratorHarness.Model($"[Kernel] [return: Dims(\"n m\")] public static Expr F({parameters}) => {expression};");
        var schedule = Compiler.Plan(new TracedModel(model, default)).Variants[^1].Inference.Schedule;
        Assert.Equal(stages, string.Join(" ", schedule.Stages.Select(s => s.Template.Split(' ')[0])));
    }

    /// <summary>
    /// Hidden units times the second layer, along what is summed; the gradient with respect to them, whose weights are turned; and that of weights,
    /// of two operands along their own axes.
    /// </summary>
    [Theory]
    [InlineData(
        "(new(true, true, false, false, true, true), new(true, true, false, false, true, true), true)",
        "leftMatrix: {0}.Of(_stage.p__t2, 0, _n_f), rightMatrix: @fc2Weight.GpuMatrix(_device, 0, _n_f)")]
    [InlineData(
        "(new(true, true, false, false, true, true), new(false, true, false, false, true, true), true)",
        "leftMatrix: {0}.Of(_stage.p__t1, 0, _n_d), rightMatrix: @fc2Weight.GpuMatrix(_device, 0, _n_f)")]
    [InlineData(
        "(new(false, true, false, false, true, true), new(false, true, false, false, true, true), true)",
        "leftMatrix: {0}.Of(_stage.p__t1, 0, _n_d), rightMatrix: {0}.Of(_stage.p__t5, 0, _n_f)")]
    public void Products_are_told_where_words_lie(string form, string words)
    {
        var code = LibraryKernels.Compile(LibraryKernels.Find("Perceptron.MlpBlock"), "cpu gpu");
        Assert.Contains(form, code);
        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, words, "global::MageDsl.Devices.Gpu.GpuMatrix"), code);
    }

    /// <summary>Batch and time, and the parts of queries, keys and values: in memory they are one, though not in the kernel.</summary>
    [Fact]
    public void Axes_that_lie_as_one_are_not_taken_apart()
    {
        var products = Structs("Attention.SelfAttention", "IGpuContraction");
        Assert.NotEmpty(products);
        Assert.All(products, text => Assert.DoesNotContain(" % (", text));
        Assert.Contains(products, text => text.Contains("const int i_b = 0;"));

        // Here the bias goes along one of the two alone.
        Assert.Contains(Structs("Convolutions.Conv3x3Bias", "IGpuContraction"), text => text.Contains(" % ("));
    }

    /// <summary>Sums over all rows of what is computed for each would be in one thread's hands: they have a launch of their own.</summary>
    [Fact]
    public void A_layer_norm_goes_back_in_two_launches()
    {
        var kernel = LibraryKernels.Find("Normalization.LayerNorm");
        var stages = Compiler.Schedule(Programs(kernel).Backward!, fusion: true).Stages.Cast<LoopStage>().Where(s => s.Items.Count > 0).ToArray();
        Assert.Equal(["d", "..."], stages.Select(s => Assert.Single(s.Inner!)));
    }

    [Theory]
    [InlineData("Embeddings.Embedding", "GpuGather.Checked")]
    [InlineData("Normalization.LayerNorm", "R.Sum(shared, L.Sum(")]
    [InlineData("Normalization.LayerNorm", "GpuReduce<V, L>.SumY(shared, ")]
    [InlineData("Normalization.LayerNorm", "IGpuSplit<")]
    [InlineData("Projections.Linear", "GpuGemm.Run<")]
    [InlineData("Regularization.Dropout", "L.RandomBelow(seed_seed, 0u, ")]
    public void Templates_are_those_of_the_library(string name, string text) =>
        Assert.Contains(text, LibraryKernels.Compile(LibraryKernels.Find(name), "cpu gpu"));

    /// <summary>By fours goes what is dense along the last axis, or the same along it; not what is strided, bounded or looked up there.</summary>
    [Theory]
    [InlineData("Activations.Gelu", "Elements", "_n_0, _n_0 % 4 == 0")]
    [InlineData("Regularization.DropoutResidual", "Elements", "_n_0, _n_0 % 4 == 0")]
    [InlineData("Embeddings.Embedding", "Elements", "((nint)_n_0 * _n_d), _n_d % 4 == 0")]
    [InlineData("Normalization.LayerNorm", "Kept", "_n_0, _n_d, _n_d % 4 == 0")]
    [InlineData("Normalization.LayerNorm", "Run", "_sums, _n_0, _n_d, 2, _n_d % 4 == 0")]
    [InlineData("Normalization.LayerNorm", "Split", "_sums, _n_d, _n_0, 2, true, _n_d % 4 == 0")]
    [InlineData("Losses.SmoothedCrossEntropy", "Kept", "_n_0, _n_u, _n_u % 4 == 0")]
    [InlineData("Convolutions.UpsampleNearest2x2", "Elements", "((nint)_n_b * _n_c * _n_h * _n_w), false")]
    public void Launches_say_when_threads_take_four(string name, string kind, string arguments)
    {
        var code = LibraryKernels.Compile(LibraryKernels.Find(name), "cpu gpu").Split('\n');
        Assert.Contains(code, line => line.Contains($"Launcher.{kind}<") && line.Contains($", {arguments}"));
    }

    private static string[] Structs(string kernel, string kind) =>
        [.. LibraryKernels.Compile(LibraryKernels.Find(kernel), "cpu gpu").Split("internal struct ")
            .Where(text => text.Split('\n')[0].Contains($".{kind}<"))];

    private static MageDsl.Generators.Pipeline.Compiler Compiler => LibraryKernels.For(Target.Gpu);

    private static KernelPrograms Programs(KernelModel kernel) => LibraryKernels.Programs(kernel, Target.Gpu);
}
