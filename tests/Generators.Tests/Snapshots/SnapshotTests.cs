using Generators.Tests.Compiler;
using MageDsl.Generators.Ir;
using Xunit;

namespace Generators.Tests.Snapshots;

/// <summary>
/// What the compiler makes of every kernel in the repository, kept as text beside this test: the structure of all (launches,
/// templates, what is saved), the code of some. So a change of what is generated is seen in review.
/// </summary>
public class SnapshotTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, KernelModel[]>> Classes = new(
        () => RepositoryKernels.All.GroupBy(k => k.TypeName).ToDictionary(g => g.Key, g => g.ToArray()));

    public static TheoryData<string> ClassNames => [.. Classes.Value.Keys.Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(ClassNames))]
    public void Structure(string name) => Snapshot.Verify($"Structure.{name}", string.Join("\n", Classes.Value[name].Select(StructureText.Of)));

    [Theory]
    [InlineData("Normalization.LayerNorm")]
    [InlineData("Activations.Gelu")]
    [InlineData("Attention.SelfAttention")]
    [InlineData("Convolutions.Conv3x3Bias")]
    [InlineData("Losses.SmoothedCrossEntropy")]
    public void Code(string name) => Snapshot.Verify($"Code.{name}", LibraryKernels.Compile(RepositoryKernels.All.Single(k => k.FullName == name)));

    [Theory]
    [InlineData("Activations.Gelu")]
    [InlineData("Normalization.LayerNorm")]
    [InlineData("Projections.Linear")]
    [InlineData("Embeddings.Embedding")]
    [InlineData("RowBlockKernels.LearnedBias")]
    public void Device_code(string name)
    {
        var code = LibraryKernels.Compile(RepositoryKernels.All.Single(k => k.FullName == name), "cpu gpu");
        Snapshot.Verify($"Device.{name}", code[code.IndexOf("    internal static class GpuLaunch<T, S>", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void No_file_is_left_of_a_class_that_went() => Assert.Empty(
        Snapshot.Names("Structure.").Except(Classes.Value.Keys.Select(name => $"Structure.{name}")));
}
