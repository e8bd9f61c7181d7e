using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;
using Xunit;

namespace Generators.Tests.Compiler;

/// <summary>Every kernel of the library through every pass, with the IR verified after each.</summary>
public class LibraryTests
{
    public static IEnumerable<TheoryDataRow<string, bool>> Kernels() =>
        LibraryKernels.All.SelectMany(k => k.Value.Parameters.Any(p => p.Kind == ParameterKind.Bool)
            ? [new TheoryDataRow<string, bool>(k.Key, false), new(k.Key, true)]
            : new[] { new TheoryDataRow<string, bool>(k.Key, false) });

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Is_sound_after_every_pass(string name, bool flags)
    {
        var kernel = LibraryKernels.Find(name);
        for (var id = 0; id < kernel.Nodes.Count; id++) IrVerifier.Check(kernel.Nodes, id);
        var programs = LibraryKernels.Programs(kernel, flags ? [.. kernel.Parameters.Select(p => p.Name)] : []);
        foreach (var program in new[] { programs.Inference, programs.Forward, programs.Backward })
        {
            if (program is null) continue;
            IrVerifier.Check(program);
            IrVerifier.Check(Partitioner.Run(program, fusion: true));
            IrVerifier.Check(Partitioner.Run(program, fusion: false));
        }
    }

    [Fact]
    public void Unfused_kernels_have_more_stages_and_the_same_results()
    {
        foreach (var kernel in LibraryKernels.All.Values)
        {
            var program = LibraryKernels.Programs(kernel).Inference;
            var (fused, unfused) = (Partitioner.Run(program, true), Partitioner.Run(program, false));
            Assert.InRange(unfused.Stages.Count(s => s.Items.Count > 0), fused.Stages.Count(s => s.Items.Count > 0), int.MaxValue);
            Assert.Equal(fused.Program.Outputs.Select(o => o.Buffer), unfused.Program.Outputs.Select(o => o.Buffer));
        }
    }

    [Fact]
    public void Compiling_twice_gives_the_same_text()
    {
        foreach (var kernel in LibraryKernels.All.Values) Assert.Equal(KernelCompiler.Compile(kernel), KernelCompiler.Compile(kernel));
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
