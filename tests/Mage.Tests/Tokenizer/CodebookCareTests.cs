using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Tokenizer;

public class CodebookCareTests
{
    [Fact]
    public void FirstCodesAreVectorsOfTheBatchAndFarApart()
    {
        using var scope = new TensorScope();

        // Of 64 vectors in two batches, 61 are the background; the other three must all become codes.
        var z = Enumerable.Range(0, 2)
            .Select(batch => Vectors(32, i => (32 * batch) + i is 5 or 20 or 40 ? ((32 * batch) + i, 2f * ((32 * batch) + i)) : (0, 0)));
        var codebook = Tensor.Zeros(ElementType.Float32, 4, 2);
        CodebookCare.Initialize(codebook, z, new Seed(1));
        var codes = Rows(codebook);
        Assert.Equal([(0f, 0f), (5f, 10f), (20f, 40f), (40f, 80f)], codes.Order());
    }

    [Fact]
    public void MoreCodesThanDistinctVectorsAreFilledWithCopies()
    {
        using var scope = new TensorScope();
        var codebook = Tensor.Full(ElementType.Float32, float.NaN, 5, 2);
        CodebookCare.Initialize(codebook, [Vectors(4, i => (i / 2, 1))], new Seed(1));
        Assert.All(Rows(codebook), row => Assert.True(row is (0f or 1f, 1f)));
    }

    [Fact]
    public void OnlyUnusedCodesMove()
    {
        using var scope = new TensorScope();
        var z = Vectors(8, i => (i < 4 ? 0 : 9, 0));
        var codebook = Tensor.From([0f, 0f, 100f, 100f], 2, 2);
        var moved = CodebookCare.Revive(codebook, [z], [3, 0], new Seed(1));
        Assert.Equal([1], moved);
        Assert.Equal([(0f, 0f), (9f, 0f)], Rows(codebook));
    }

    [Fact]
    public void NothingMovesWhenAllCodesAreUsed()
    {
        using var scope = new TensorScope();
        var codebook = Tensor.From([1f, 2f, 3f, 4f], 2, 2);
        Assert.Empty(CodebookCare.Revive(codebook, [Vectors(8, i => (i, i))], [1, 1], new Seed(1)));
        Assert.Equal([(1f, 2f), (3f, 4f)], Rows(codebook));
    }

    /// <summary>One image of <paramref name="count"/> pixels and two channels, <c>[1, 2, 1, count]</c>.</summary>
    private static Tensor Vectors(int count, Func<int, (float, float)> vector)
    {
        var values = Enumerable.Range(0, count).Select(vector).ToArray();
        return Tensor.From([.. values.Select(v => v.Item1), .. values.Select(v => v.Item2)], 1, 2, 1, count);
    }

    private static (float, float)[] Rows(Tensor codebook)
        => [.. codebook.ToArray<float>().Chunk(2).Select(row => (row[0], row[1]))];
}
