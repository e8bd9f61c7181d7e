using Generators.Tests.Compiler;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using Xunit;

namespace Generators.Tests.Passes;

/// <summary>An unfused kernel keeps what a tape of primitives would, so that its backward pass computes nothing of the forward pass again.</summary>
public class TapedValuesTests
{
    [Theory]
    [InlineData("Activations.Gelu", nameof(Op.Erf))]
    [InlineData("Activations.Softmax", nameof(Op.Exp))]
    [InlineData("Normalization.LayerNorm", nameof(Op.Rsqrt))]
    [InlineData("Regularization.DropoutResidual", nameof(Op.Random))]
    public void Nothing_costly_is_computed_twice(string name, string op)
    {
        var kernel = LibraryKernels.Find(name);
        var unfused = LibraryKernels.Programs(kernel with { Fusion = false }, "training");
        Assert.Contains(op, Ops(unfused.Forward));
        Assert.DoesNotContain(op, Ops(unfused.Backward!));
    }

    [Fact]
    public void Attention_keeps_its_probabilities()
    {
        var kernel = LibraryKernels.Find("Attention.SelfAttention");
        Assert.DoesNotContain(LibraryKernels.Programs(kernel).Saved, IsScores);
        Assert.Contains(LibraryKernels.Programs(kernel with { Fusion = false }).Saved, IsScores);

        static bool IsScores(BufferModel buffer) => buffer.Axes.Contains("t") && buffer.Axes.Contains("u");
    }

    private static IEnumerable<string> Ops(Program program) =>
        program.Reachable.Select(id => program.Graph[id].Op.ToString());
}
