using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;
using Xunit;

namespace Generators.Tests.Compiler;

/// <summary>Every kernel of the library through every pass, with the IR verified after each.</summary>
public class LibraryTests
{
    public static IEnumerable<TheoryDataRow<string, bool>> Kernels() =>
        LibraryKernels.All.Keys.SelectMany(name => new TheoryDataRow<string, bool>[] { new(name, true), new(name, false) });

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Is_sound_after_every_pass(string name, bool fusion)
    {
        // IrVerifier looks on, and throws.
        IrVerifier.Passes.Clear();
        LibraryKernels.Compile(LibraryKernels.Find(name) with { Fusion = fusion });
        string[] all = ["parse", "specialise", "choose what is saved", "merge axes", "distinct values", "contractions", "partition", "place"];
        Assert.Subset(IrVerifier.Passes.ToHashSet(), all.ToHashSet());
        Assert.Equal(LibraryKernels.Find(name).Differentiable, IrVerifier.Passes.Contains("differentiate"));
    }

    [Fact]
    public void Unfused_kernels_have_more_stages_and_the_same_results()
    {
        foreach (var kernel in LibraryKernels.All.Values)
        {
            var program = LibraryKernels.Programs(kernel).Inference;
            var (fused, unfused) = (LibraryKernels.Schedule(program, true), LibraryKernels.Schedule(program, false));
            Assert.InRange(unfused.Stages.Count(s => s.Items.Count > 0), fused.Stages.Count(s => s.Items.Count > 0), int.MaxValue);
            Assert.Equal(fused.Program.Outputs.Select(o => o.Buffer), unfused.Program.Outputs.Select(o => o.Buffer));
        }
    }

    [Fact]
    public void Compiling_twice_gives_the_same_text()
    {
        foreach (var kernel in LibraryKernels.All.Values) Assert.Equal(LibraryKernels.Compile(kernel), LibraryKernels.Compile(kernel));
    }

    [Theory]
    [InlineData("Normalization.LayerNorm", "row", "row")]
    [InlineData("Activations.Gelu", "pointwise", "pointwise")]
    [InlineData("Activations.Softmax", "row", "row")]
    [InlineData("Projections.Linear", "contraction", "contraction contraction row")]
    [InlineData("Perceptron.Mlp", "contraction contraction", "contraction contraction contraction contraction row row")]
    [InlineData("Embeddings.Embedding", "pointwise", "scatter")]
    [InlineData("Regularization.DropoutResidual", "pointwise", "pointwise")]
    public void Comes_out_in_these_stages(string name, string forward, string backward)
    {
        var programs = LibraryKernels.Programs(LibraryKernels.Find(name), "training");
        Assert.Equal((forward, Sorted(backward)), (LibraryKernels.Stages(programs.Inference), Sorted(LibraryKernels.Stages(programs.Backward!))));

        static string Sorted(string stages) => string.Join(" ", stages.Split(' ').Order(StringComparer.Ordinal));
    }
}
