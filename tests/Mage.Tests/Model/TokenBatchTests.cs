using Mage.Model;
using MageDsl;

namespace Mage.Tests.Model;

public class TokenBatchTests
{
    private static readonly Vocabulary Words = new(32);

    [Theory]
    [InlineData(1024, 2025, 1100, 2024)]
    [InlineData(64, 1065, 140, 1064)]
    public void TheVocabularyIsTheOfficialOne(int codes, int size, int classToken, int maskToken)
        => Assert.Equal(
            (size, classToken, maskToken), (new Vocabulary(codes).Size, new Vocabulary(codes).ClassToken, new Vocabulary(codes).MaskToken));

    [Fact]
    public void KeptTokensComeInOrderAndMaskedOnesAsMaskTokens()
    {
        using var scope = new TensorScope();
        var plan = MaskPlan.FromNoise([0.9f, 0.1f, 0.5f, 0.3f], 1, 4, maskRate: 0.75, dropRate: 0.5);
        var batch = TokenBatch.Masked([7, 8, 9, 10], plan, Words);
        Assert.Equal([Words.ClassToken, 7, Words.MaskToken], batch.Words.Span<int>().ToArray());
        Assert.Equal([0, 1, 3], batch.Positions.Span<int>().ToArray());
        Assert.Equal([0, 1, 0, 0, 0], batch.Source.Span<int>().ToArray());
        Assert.Equal([0f, 1f, 1f, 1f], batch.Mask.Span<float>().ToArray());
    }

    [Fact]
    public void ClassesTakeThePlaceOfTheClassToken()
    {
        using var scope = new TensorScope();
        var whole = TokenBatch.Whole([7, 8, 9], 3, Words, [-1, 75, 76]);
        Assert.Equal([Words.ClassToken, 7, 32 + 75, 8, 32 + 77, 9], whole.Words.Span<int>().ToArray());
        var masked = TokenBatch.Masked([7, 8], MaskPlan.FromMask([true, false], 2, 1), Words, [3, -1]);
        Assert.Equal([35, Words.MaskToken, Words.ClassToken, 8], masked.Words.Span<int>().ToArray());
        Assert.Throws<ArgumentException>(() => TokenBatch.Whole([7, 8, 9], 3, Words, [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenBatch.Whole([7], 1, Words, [999]));
    }

    [Fact]
    public void NoTwoClassesHaveTheSameWord()
    {
        var words = Enumerable.Range(-1, Vocabulary.MaxClasses + 1).Select(Words.ClassWord).ToArray();
        Assert.Equal(Enumerable.Range(32, 1000), words.Order());
        Assert.Equal(Words.ClassToken, words[0]);
    }

    [Fact]
    public void WholeTokensKeepEverySlot()
    {
        using var scope = new TensorScope();
        var batch = TokenBatch.Whole([7, Words.MaskToken, 9, Words.MaskToken, 1, 2], 2, Words);
        Assert.Equal([Words.ClassToken, 7, Words.MaskToken, 9, Words.ClassToken, Words.MaskToken, 1, 2], batch.Words.Span<int>().ToArray());
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], batch.Positions.Span<int>().ToArray());
        Assert.Equal([0, 1, 0, 3, 0, 0, 2, 3], batch.Source.Span<int>().ToArray());
        Assert.Equal([0f, 1f, 0f, 1f, 0f, 0f], batch.Mask.Span<float>().ToArray());
    }

    [Fact]
    public void CodesOfAnotherLengthAreRefused()
    {
        var plan = MaskPlan.FromNoise([0.9f, 0.1f, 0.5f, 0.3f], 1, 4, 0.5, 0.5);
        Assert.Throws<ArgumentException>(() => TokenBatch.Masked([1, 2, 3], plan, Words));
    }
}
