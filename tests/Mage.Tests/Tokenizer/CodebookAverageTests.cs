using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Tokenizer;

public class CodebookAverageTests
{
    [Fact]
    public void CodesAreRunningMeansOfTheirVectors()
    {
        using var scope = new TensorScope();
        var codebook = new Parameter("codes", Tensor.From([0f, 0f, 10f, 10f], 2, 2));
        using var average = new CodebookAverage(codebook, decay: 0.5f, epsilon: 1e-5f);
        Assert.False(codebook.RequiresGrad);

        // Three vectors chose the first code, in two batches, and none the second.
        var (z, more) = (Tensor.From([1f, 3f, 2f, 4f], 1, 2, 1, 2), Tensor.From([5f, 6f], 1, 2, 1, 1));
        average.Update([(z, Tensor.From([0, 0], 1, 1, 2)), (more, Tensor.From([0], 1, 1, 1))]);

        // Counts (1, 1) become (2, 0.5), sums (0, 0) and (10, 10) become (4.5, 6) and (5, 5).
        var codes = codebook.Value.ToArray<float>();
        float[] expected = [2.25f, 3f, 10f, 10f];
        Assert.All(codes.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-3));
    }

    [Fact]
    public void ACodeThatNothingChoosesStaysFinite()
    {
        using var scope = new TensorScope();
        var codebook = new Parameter("codes", Tensor.From([1f, 2f], 2, 1));
        using var average = new CodebookAverage(codebook, decay: 0.01f, epsilon: 1e-5f);
        for (var i = 0; i < 100; i++)
        {
            average.Update([(Tensor.From([3f], 1, 1, 1, 1), Tensor.From([0], 1, 1, 1))]);
        }

        Assert.All(codebook.Value.ToArray<float>(), code => Assert.True(float.IsFinite(code)));
        Assert.Equal(3, codebook.Value.ToArray<float>()[0], 1e-3);
    }

    [Fact]
    public void MovedCodesBeginAnew()
    {
        using var scope = new TensorScope();
        var codebook = new Parameter("codes", Tensor.From([0f, 0f], 2, 1));
        using var average = new CodebookAverage(codebook, decay: 0.5f, epsilon: 1e-5f);
        average.Update([(Tensor.From([8f], 1, 1, 1, 1), Tensor.From([0], 1, 1, 1))]);
        codebook.Value.Write([7f], 1);
        average.Restart([1]);
        average.Update([(Tensor.From([9f], 1, 1, 1, 1), Tensor.From([1], 1, 1, 1))]);
        Assert.Equal(8, codebook.Value.ToArray<float>()[1], 1e-4); // halfway from 7 to 9
    }
}
